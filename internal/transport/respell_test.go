package transport_test

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A refusal after the Pong costs no wait and no stream: Next asks in the next
// spelling.
func TestErrorAfterThePong(t *testing.T) {
	tests := map[string]struct {
		known   func(string) bool
		asked   []string
		missing []events.Type
	}{
		"variant names":     {knowsVariant, []string{both, variant}, nil},
		"dotted names":      {knowsDotted, []string{both, variant, dotted}, nil},
		"the guide's eight": {knowsGuide, []string{both, variant, dotted, guideOnly}, []events.Type{events.TypeNodeStarted}},
	}
	for name, test := range tests {
		bubble(t, name, func(t *testing.T) {
			server := &picky{t: t, late: time.Second, known: test.known}
			d := dialer(t, start(t, server.ServeHTTP), nil)
			begun := time.Now()
			s := open(t, d, fallback.WebSocket, askedFor)
			assert.Equal(t, begun, s.Opened())
			for i := range test.asked {
				f := next(t, s)
				assert.Equal(t, wire.Pong, f.Kind)
				assert.Equal(t, i > 0, f.Renewed, "the connection is another")
				assert.Equal(t, begun.Add(time.Duration(i)*time.Second), s.Opened(), "at once after the Error")
				assert.Equal(t, s.Opened(), s.LastFrame())
				assert.Equal(t, begun.Add(time.Duration(i)*time.Second).UTC(), s.ServerTime())
			}
			f := next(t, s)
			assert.Equal(t, wire.Subscribed, f.Kind)
			assert.False(t, f.Renewed, "it is told once")
			assert.Equal(t, wire.Guide, s.Dialect())
			assert.Equal(t, test.asked, server.queries())
			assert.Equal(t, test.missing, d.Missing())
			assert.Equal(t, fallback.WebSocket, s.Transport())
			assert.True(t, s.Widen([]events.Type{events.TypeKCoreUpdated}))
			s.Probe()
			assert.Equal(t, wire.Pong, next(t, s).Kind)

			server.learn(nil)
			open(t, d, fallback.WebSocket, askedFor)
			assert.Equal(t, test.asked[len(test.asked)-1], server.queries()[0], "it is remembered")
		})
	}
}

// Each spelling is tried once in the life of a stream.
func TestErrorAfterEveryPong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &picky{t: t, late: time.Second, known: knowsNothing}
		d := dialer(t, start(t, server.ServeHTTP), nil)
		for range 2 { // nothing is remembered
			begun := time.Now()
			s := open(t, d, fallback.WebSocket, askedFor)
			for range 4 {
				assert.Equal(t, wire.Pong, next(t, s).Kind)
			}
			for range 2 {
				_, err := s.Next()
				assert.Equal(t, &transport.FilterError{Text: "Invalid event type"}, err)
				assert.Equal(t, fallback.Refused, transport.Classify(fallback.WebSocket, err).Kind)
			}
			assert.Equal(t, 4*time.Second, time.Since(begun))
			assert.Equal(t, []string{both, variant, dotted, guideOnly}, server.queries())
		}
	})
}

// Whoever refuses late what it took before has become another server: all
// spellings are tried.
func TestErrorAfterThePongOfARememberedSpelling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &picky{t: t, known: knowsDotted, node: true}
		d := dialer(t, start(t, server.ServeHTTP), nil)
		open(t, d, fallback.WebSocket, askedFor).Close()
		server.queries()
		server.learn(knowsVariant)
		server.late = time.Second
		s := open(t, d, fallback.WebSocket, askedFor)
		for range 3 {
			next(t, s)
		}
		assert.Equal(t, []string{dotted, both, variant}, server.queries())
	})
}

// If the connection cannot be replaced, the stream ends, by that.
func TestErrorAfterThePongOfAServerThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &picky{t: t, late: time.Second, known: knowsVariant}
		network := start(t, server.ServeHTTP)
		s := open(t, dialer(t, network, nil), fallback.WebSocket, askedFor)
		next(t, s)
		network.Refuse("node", true)
		for range 2 {
			_, err := s.Next()
			require.ErrorAs(t, err, new(*transport.DialError))
			assert.Equal(t, fallback.Failed, transport.Classify(fallback.WebSocket, err).Kind)
		}
		s.Close()
		assert.Equal(t, []string{both}, server.queries())
	})
}

func TestCloseWhileTheConnectionIsReplaced(t *testing.T) {
	closing := func(t *testing.T, s transport.Stream, after time.Duration) {
		t.Helper()
		var closer sync.WaitGroup
		closer.Go(func() {
			time.Sleep(after)
			assert.False(t, s.Widen([]events.Type{events.TypeNodeStopped}), "not now")
			s.Close()
		})
		next(t, s)
		for range 2 {
			_, err := s.Next()
			assert.Equal(t, transport.ErrClosed, err)
		}
		closer.Wait()
	}
	bubble(t, "in the dial", func(t *testing.T) {
		server := &picky{t: t, late: time.Second, known: knowsVariant}
		network := start(t, server.ServeHTTP)
		begun := time.Now()
		s := open(t, dialer(t, network, nil), fallback.WebSocket, askedFor)
		network.Hang("node", true)
		closing(t, s, 3*time.Second)
		assert.Equal(t, 3*time.Second, time.Since(begun))
		assert.Zero(t, network.Conns("node"))
	})
	bubble(t, "at the barrier", func(t *testing.T) {
		var connections int
		network := start(t, func(w http.ResponseWriter, r *http.Request) {
			sockets(t, func(p *peer) {
				if connections++; connections == 1 {
					p.answerOne()
					p.text(`{"type":"Error","message":"Invalid event type"}`)
				}
				_, _ = p.in.WriteTo(new(discard))
			})(w, r)
		})
		s := open(t, dialer(t, network, nil), fallback.WebSocket, askedFor)
		closing(t, s, 3*time.Second)
		synctest.Wait()
		assert.Zero(t, network.Conns("node"))
	})
}

// discard takes everything.
type discard struct{}

func (*discard) Write(b []byte) (int, error) { return len(b), nil }
