package transport_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// eventsOf serves an SSE stream of what fn says; it ends when fn returns.
func eventsOf(fn func(s eventStream, r *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { fn(openStream(w), r) }
}

func TestSSE(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		network := start(t, func(w http.ResponseWriter, r *http.Request) {
			assert.Equal(t, http.MethodGet, r.Method)
			assert.Equal(t, "/v1/sse/events", r.URL.Path)
			assert.Equal(t, "events=TipsUpdated,tips.update,KCoreUpdated,kcore.update", r.URL.RawQuery)
			assert.Equal(t, "text/event-stream", r.Header.Get("Accept"))
			assert.Equal(t, "identity", r.Header.Get("Accept-Encoding"))
			assert.Equal(t, "no-cache", r.Header.Get("Cache-Control"))
			assert.Equal(t, "adic-go", r.Header.Get("User-Agent"))
			s := openStream(w)
			time.Sleep(15 * time.Second)
			s.say(": heartbeat\n\n")
			time.Sleep(time.Second)
			s.say(sseTips(7))
			s.say("event: TipsUpdated\ndata: {\"tips\":[],\"count\":8}\n\n")
			s.say("data: nonsense\n\n")
			s.say("event: NodeStarted\ndata: {\"node_id\":\"\xff\"}\n\n")
			<-r.Context().Done()
		})
		s := open(t, dialer(t, network, nil), fallback.SSE, someTypes)
		assert.Equal(t, begun, time.Now(), "the head is enough")
		assert.Equal(t, begun, s.Opened())
		assert.Equal(t, begun.UTC(), s.ServerTime())
		assert.Equal(t, fallback.SSE, s.Transport())
		assert.Equal(t, wire.UnknownDialect, s.Dialect())

		f := next(t, s)
		assert.Equal(t, transport.Frame{Message: wire.Message{Kind: wire.Alive}, Received: begun.Add(15 * time.Second)}, f)
		assert.Equal(t, begun.Add(15*time.Second), s.LastFrame())

		f = next(t, s)
		assert.Equal(t, wire.Event, f.Kind)
		assert.Equal(t, events.TypeTipsUpdated, f.Type)
		assert.Equal(t, wire.Node, f.Dialect)
		assert.JSONEq(t, `{"tips":[],"count":7,"timestamp":1760554622}`, string(f.Data))
		assert.Equal(t, len(`{"type":"TipsUpdated","data":{"tips":[],"count":7,"timestamp":1760554622}}`), f.Size)
		assert.Equal(t, wire.Node, s.Dialect())

		f = next(t, s)
		assert.Equal(t, wire.Guide, f.Dialect)
		assert.Equal(t, wire.Guide, s.Dialect())
		assert.Equal(t, wire.Garbage, next(t, s).Kind)
		f = next(t, s)
		assert.Equal(t, 1, f.Replaced, "the format's rule for bytes that are no UTF-8")
		assert.Equal(t, "{\"node_id\":\"\uFFFD\"}", string(f.Data))
	})
}

func TestSSEContentType(t *testing.T) {
	tests := map[string]struct {
		header http.Header
		got    string // "" if it is right
	}{
		"plain":            {http.Header{"Content-Type": {"text/event-stream"}}, ""},
		"with charset":     {http.Header{"Content-Type": {"Text/Event-Stream; charset=utf-8"}}, ""},
		"not compressed":   {http.Header{"Content-Type": {"text/event-stream"}, "Content-Encoding": {"identity"}}, ""},
		"a captive portal": {http.Header{"Content-Type": {"text/html; charset=utf-8"}}, "text/html; charset=utf-8"},
		"broken":           {http.Header{"Content-Type": {"text/event-stream; ="}}, "text/event-stream; ="},
		"none":             {http.Header{"Content-Type": nil}, "nothing"},
		"compressed":       {http.Header{"Content-Type": {"text/event-stream"}, "Content-Encoding": {"gzip"}}, "gzip"},
	}
	for name, test := range tests {
		bubble(t, name, func(t *testing.T) {
			network := start(t, refuse(http.StatusOK, test.header, "<html>Please log in</html>"))
			s, err := dialer(t, network, nil).Open(t.Context(), fallback.SSE, nil)
			if test.got == "" {
				require.NoError(t, err)
				s.Close()
				return
			}
			var wrong *transport.ContentTypeError
			require.ErrorAs(t, err, &wrong)
			if body := "<html>Please log in</html>"; name == "compressed" {
				assert.Empty(t, wrong.Body, "nobody could read it")
			} else {
				assert.Equal(t, body, string(wrong.Body))
			}
			require.EqualError(t, err, "transport: sse: http://node/v1/sse/events?events=all: not an event stream but "+test.got)
			assert.Equal(t, fallback.Refused, transport.Classify(fallback.SSE, err).Kind)
			assert.Equal(t, "content type", transport.Reason(err))
		})
	}
}

// What holds a stream back, a proxy with a buffer, never shows a byte.
func TestSSESilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, eventsOf(func(_ eventStream, r *http.Request) { <-r.Context().Done() }))
		begun := time.Now()
		s := open(t, dialer(t, network, func(c *transport.Config) { c.IdleTimeout = -1 }), fallback.SSE, nil)
		_, err := s.Next()
		require.EqualError(t, err, "transport: sse: http://node/v1/sse/events?events=all: opened, then silent for 20s")
		assert.Equal(t, 20*time.Second, time.Since(begun))
		assert.Equal(t, fallback.Silent, transport.Classify(fallback.SSE, err).Kind)
		assert.Equal(t, "silent", transport.Reason(err))
		synctest.Wait()
		assert.Zero(t, network.Conns("node"))
	})
}

func TestSSEIdle(t *testing.T) {
	bubble(t, "nothing after the first byte", func(t *testing.T) {
		network := start(t, eventsOf(func(s eventStream, r *http.Request) {
			time.Sleep(19 * time.Second)
			s.say(":")
			<-r.Context().Done()
		}))
		begun := time.Now()
		s := open(t, dialer(t, network, nil), fallback.SSE, nil)
		_, err := s.Next()
		var idle *transport.IdleError
		require.ErrorAs(t, err, &idle)
		assert.Equal(t, 50*time.Second, time.Since(begun))
		assert.Equal(t, 31*time.Second, idle.After)
		assert.Equal(t, fallback.Dropped, transport.Classify(fallback.SSE, err).Kind)
	})
	bubble(t, "a limit below that of the first byte", func(t *testing.T) {
		network := start(t, eventsOf(func(s eventStream, r *http.Request) {
			time.Sleep(2 * time.Second)
			s.say(":")
			<-r.Context().Done()
		}))
		begun := time.Now()
		s := open(t, dialer(t, network, func(c *transport.Config) { c.IdleTimeout = 5 * time.Second }), fallback.SSE, nil)
		_, err := s.Next()
		require.ErrorAs(t, err, new(*transport.IdleError))
		assert.Equal(t, 7*time.Second, time.Since(begun))
	})
	bubble(t, "heartbeats for a day", func(t *testing.T) {
		const beats = 24 * 60 * 2
		network := start(t, eventsOf(func(s eventStream, _ *http.Request) {
			for range beats {
				time.Sleep(15 * time.Second)
				s.say(": heartbeat\n\n")
				time.Sleep(15 * time.Second)
				s.say(":") // a part of one is a byte, too
				s.say("\n")
			}
		}))
		s := open(t, dialer(t, network, nil), fallback.SSE, nil)
		begun := time.Now()
		for range 2 * beats {
			require.Equal(t, wire.Alive, next(t, s).Kind)
		}
		assert.Equal(t, 24*time.Hour, time.Since(begun))
	})
	bubble(t, "switched off", func(t *testing.T) {
		network := start(t, eventsOf(func(s eventStream, _ *http.Request) {
			s.say(":\n")
			time.Sleep(time.Hour)
			s.say(":\n")
		}))
		s := open(t, dialer(t, network, func(c *transport.Config) { c.IdleTimeout = -1 }), fallback.SSE, nil)
		next(t, s)
		next(t, s)
	})
	bubble(t, "a slow consumer", func(t *testing.T) {
		network := memnet.New(256)
		serve(t, network, "node", eventsOf(func(s eventStream, r *http.Request) {
			for i := range 100 {
				s.say(sseTips(i))
			}
			<-r.Context().Done()
		}))
		s := open(t, dialer(t, network, nil), fallback.SSE, nil)
		for range 100 {
			time.Sleep(10 * time.Minute)
			next(t, s)
		}
		begun := time.Now()
		_, err := s.Next()
		require.ErrorAs(t, err, new(*transport.IdleError))
		assert.LessOrEqual(t, time.Since(begun), 31*time.Second)
	})
}

// A stream that ends is lost, cleanly or not, and an event that the end cuts off
// is not delivered.
func TestSSEEnds(t *testing.T) {
	tests := map[string]struct {
		end    func(s eventStream, network *memnet.Network)
		text   string
		reason string
		retry  time.Duration
	}{
		"clean":      {func(eventStream, *memnet.Network) {}, "transport: sse: ended: EOF", "eof", 0},
		"in a chunk": {func(eventStream, *memnet.Network) { panic(http.ErrAbortHandler) }, "transport: sse: ended: EOF", "eof", 0},
		"in an event": {func(s eventStream, _ *memnet.Network) {
			s.say(strings.TrimSuffix(sseTips(2), "\n"))
		}, "transport: sse: ended: EOF", "eof", 0},
		"reset": {func(_ eventStream, n *memnet.Network) { n.Reset("node") },
			"transport: sse: ended: read mem dialer:1->node:80: read: connection reset by peer", "reset", 0},
		"with a wish":           {func(s eventStream, _ *memnet.Network) { s.say("retry: 5000\n\n") }, "transport: sse: ended: EOF", "eof", 5 * time.Second},
		"with a wish too large": {func(s eventStream, _ *memnet.Network) { s.say("retry: 999999999999\n\n") }, "transport: sse: ended: EOF", "eof", time.Minute},
	}
	for name, test := range tests {
		bubble(t, name, func(t *testing.T) {
			var network *memnet.Network
			network = start(t, eventsOf(func(s eventStream, _ *http.Request) {
				s.say(sseTips(1))
				time.Sleep(time.Second)
				test.end(s, network)
			}))
			s := open(t, dialer(t, network, nil), fallback.SSE, nil)
			next(t, s)
			_, err := s.Next()
			require.ErrorAs(t, err, new(*transport.ClosedError))
			require.EqualError(t, err, test.text)
			assert.Equal(t, test.reason, transport.Reason(err))
			assert.Equal(t, fallback.Outcome{Transport: fallback.SSE, Kind: fallback.Dropped, RetryAfter: test.retry}, transport.Classify(fallback.SSE, err))
			_, again := s.Next()
			assert.Equal(t, err, again)
		})
	}
}

func TestSSEEventTooBig(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, eventsOf(func(s eventStream, r *http.Request) {
			s.say("data: \"" + strings.Repeat("x", 998) + "\"\n\n")
			s.say("data: \"" + strings.Repeat("x", 9990) + "\"\n\n")
			<-r.Context().Done()
		}))
		s := open(t, dialer(t, network, func(c *transport.Config) { c.MaxFrame = 1000 }), fallback.SSE, nil)
		assert.Equal(t, 1000, next(t, s).Size)
		_, err := s.Next()
		assert.Equal(t, &transport.FrameTooBigError{Transport: fallback.SSE, Limit: 1000, Option: "MaxFrame"}, err)
		assert.Equal(t, fallback.Refused, transport.Classify(fallback.SSE, err).Kind)
		assert.Equal(t, "too big", transport.Reason(err))
		synctest.Wait()
		assert.Zero(t, network.Conns("node"))
	})
}

// The set of an SSE stream is that of its request.
func TestSSEWiden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, eventsOf(func(_ eventStream, r *http.Request) { <-r.Context().Done() }))
		d := dialer(t, network, nil)
		s := open(t, d, fallback.SSE, someTypes)
		assert.True(t, s.Widen(someTypes[1:]))
		assert.False(t, s.Widen(nil))
		assert.False(t, s.Widen([]events.Type{events.TypeTipsUpdated, events.TypeMessageAdded}))
		s.Probe() // says nothing and does nothing

		all := open(t, d, fallback.SSE, nil)
		assert.True(t, all.Widen(nil))
		assert.True(t, all.Widen(someTypes))
	})
}

// The connection goes with the stream.
func TestSSEClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := make(chan time.Time, 1)
		network := start(t, eventsOf(func(_ eventStream, r *http.Request) {
			<-r.Context().Done()
			gone <- time.Now()
		}))
		s := open(t, dialer(t, network, nil), fallback.SSE, nil)
		s.Close()
		assert.Equal(t, time.Now(), <-gone)
		synctest.Wait()
		assert.Zero(t, network.Conns("node"))
	})
}

// A head that comes together with the end of the context is too late.
func TestSSEHeadTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done() // and answers all the same
			header := http.Header{"Content-Type": {"text/event-stream"}}
			return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(strings.NewReader(":\n")), Request: r}, nil
		})}
		d := dialer(t, memnet.New(0), func(c *transport.Config) { c.Client = client })
		_, err := d.Open(t.Context(), fallback.SSE, nil)
		require.ErrorAs(t, err, new(*transport.DialError))
		assert.Equal(t, "timeout", transport.Reason(err))
	})
}
