package transport_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/stretchr/testify/assert"
)

// A collector takes frames, and hands them on when the stream parks.
type collector struct {
	stream transport.Stream
	held   int // frames that have not been handed on
	parks  int
}

func collect(s transport.Stream) *collector {
	c := &collector{stream: s}
	s.OnPark(func() { c.held, c.parks = 0, c.parks+1 })
	return c
}

func (c *collector) next(t *testing.T) transport.Frame {
	t.Helper()
	f := next(t, c.stream)
	c.held++
	return f
}

// Whoever collects frames until the stream parks keeps none while it waits.
func TestParkingBeforeEveryWait(t *testing.T) {
	const rounds, each = 5, 3
	for _, tr := range streams {
		bubble(t, tr.String(), func(t *testing.T) {
			network := start(t, func(w http.ResponseWriter, r *http.Request) {
				var say func(string)
				event, wait := sseTips(1), func() { <-r.Context().Done() }
				if tr == fallback.WebSocket {
					p := upgrade(t, w, r)
					defer p.conn.Close()
					p.answerOne()
					say, event = func(s string) { _, _ = io.WriteString(p.conn, s) }, textFrame(tips(1))
					wait = func() { p.answer(nil) }
				} else {
					say = openStream(w).say
				}
				for range rounds {
					time.Sleep(time.Second)
					say(strings.Repeat(event, each))
				}
				wait()
			})
			c := collect(open(t, dialer(t, network, nil), tr, nil))
			for i := range rounds * each {
				now := time.Now()
				for c.next(t).Kind != wire.Event {
				}
				if i%each == 0 {
					assert.Equal(t, time.Second, time.Since(now))
					assert.Equal(t, 1, c.held, "nothing was held while Next waited")
				}
			}
		})
	}
}

func TestParkingOfAPoll(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		c := collect(rig.open())
		for polls := range 3 {
			began := time.Now()
			for c.next(t).Kind != wire.Alive {
			}
			assert.Equal(t, polls, c.parks, "not within a poll")
			assert.Equal(t, polls > 0, time.Since(began) > 0)
		}
	})
}

// A stream that opens another connection waits, too.
func TestParkingBeforeARenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &picky{t: t, late: time.Second, known: knowsVariant}
		c := collect(open(t, dialer(t, start(t, server.ServeHTTP), nil), fallback.WebSocket, askedFor))
		assert.Equal(t, wire.Pong, c.next(t).Kind)
		assert.True(t, c.next(t).Renewed)
		assert.Equal(t, 1, c.held)
		parks := c.parks
		assert.Equal(t, wire.Subscribed, c.next(t).Kind)
		assert.Greater(t, c.parks, parks, "the new connection parks, too")
	})
}

// textFrame returns the bytes of a frame.
func textFrame(text string) string {
	var b strings.Builder
	(&peer{conn: into{nil, &b}}).text(text)
	return b.String()
}
