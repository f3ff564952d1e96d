package transport_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/internal/transport"
)

// When a NAT has forgotten the client, or its address has changed, the idle
// connections of its HTTP client are as dead as the stream was, and say nothing
// either. The next attempt must not begin on one of them.
func TestWhatWasSilentIsNotUsedAgain(t *testing.T) {
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		bubble(t, by.String(), func(t *testing.T) {
			network := start(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/v1/tips":
					_, _ = w.Write([]byte(`{"tips":[]}`))
				case "/v1/sse/events":
					s := openStream(w)
					s.say(sseTips(1))
					<-r.Context().Done()
				default:
					upgrade(t, w, r).answer(func(frame) {})
				}
			})
			d := dialer(t, network, func(c *transport.Config) { c.PingInterval, c.IdleTimeout = 2*time.Second, 4*time.Second })
			s := open(t, d, by, someTypes)
			_, err := d.REST().Tips(t.Context(), rest.Fact)
			require.NoError(t, err)
			_, err = s.Next() // what is on its way is lost
			require.NoError(t, err)
			network.Strand("node")
			for err == nil {
				_, err = s.Next()
			}
			var idle *transport.IdleError
			require.ErrorAs(t, err, &idle)
			synctest.Wait()
			begun := time.Now()
			again := open(t, d, by, someTypes)
			assert.Zero(t, time.Since(begun))
			again.Close()
			network.Reset("node")
		})
	}
}
