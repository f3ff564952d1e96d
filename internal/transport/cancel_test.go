package transport_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/internal/transport"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whenever the context ends, Open returns at once with its cause or with a
// stream, and nothing is left behind.
func TestContextEndsAtEveryStage(t *testing.T) {
	for _, tr := range streams {
		bubble(t, tr.String(), func(t *testing.T) {
			const stage = 100 * time.Millisecond
			network := start(t, func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(stage)
				if r.Header.Get("Upgrade") == "" {
					openStream(w)
					<-r.Context().Done()
					return
				}
				p := upgrade(t, w, r)
				defer p.conn.Close()
				time.Sleep(stage)
				p.text(`{"type":"Subscribed","events":[]}`)
				time.Sleep(stage)
				p.answer(nil)
			})
			network.Hang("node", true)
			idle := func() {}
			d := dialer(t, network, func(c *transport.Config) { idle = c.Client.CloseIdleConnections })
			for after := time.Duration(0); after < 5*stage; after += stage / 4 {
				release := time.AfterFunc(stage, func() { network.Hang("node", false) })
				ctx, cancel := context.WithTimeout(t.Context(), after)
				begun := time.Now()
				s, err := d.Open(ctx, tr, nil)
				if err != nil {
					require.ErrorIs(t, err, context.DeadlineExceeded)
					assert.NotErrorIs(t, err, transport.ErrClosed)
					assert.Equal(t, after, time.Since(begun))
				} else {
					assert.LessOrEqual(t, time.Since(begun), after)
					s.Close()
				}
				cancel()
				release.Stop()
				network.Hang("node", true)
				time.Sleep(5 * stage)
				idle() // a dial that nobody waited for any more
				synctest.Wait()
				require.Zero(t, network.Conns("node"), after)
			}
		})
	}
}
