package transport_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
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

var someTypes = []events.Type{events.TypeTipsUpdated, events.TypeKCoreUpdated}

// open opens a WebSocket and closes it at the end of the test.
func open(t *testing.T, d *transport.Dialer, tr fallback.Transport, types []events.Type) transport.Stream {
	t.Helper()
	s, err := d.Open(t.Context(), tr, types)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

// next returns the next frame.
func next(t *testing.T, s transport.Stream) transport.Frame {
	t.Helper()
	f, err := s.Next()
	require.NoError(t, err)
	return f
}

// nextEvent passes over all that is no event.
func nextEvent(t *testing.T, s transport.Stream) transport.Frame {
	t.Helper()
	for {
		if f := next(t, s); f.Kind == wire.Event {
			return f
		}
	}
}

// A node says nothing of itself: the Pong is the barrier and the proof.
func TestNodeDialect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		network := start(t, sockets(t, func(p *peer) {
			assert.Equal(t, "/v1/ws/events", p.request.URL.Path)
			assert.Equal(t, "events=TipsUpdated,tips.update,KCoreUpdated,kcore.update", p.request.URL.RawQuery)
			assert.Empty(t, p.request.Header.Get("Sec-WebSocket-Extensions"))
			f, ok := p.next()
			assert.True(t, ok)
			assert.Equal(t, frame{opText, `{"type":"Ping"}`}, f)
			time.Sleep(3 * time.Second)
			p.text(`{"type":"Pong"}`)
			p.text(tips(7))
			p.answer(nil)
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, someTypes)
		assert.Equal(t, 3*time.Second, time.Since(begun), "Open waits for the Pong")
		assert.Equal(t, wire.Node, s.Dialect())
		assert.Equal(t, fallback.WebSocket, s.Transport())
		assert.Equal(t, time.Now(), s.Opened())
		assert.Equal(t, begun.UTC(), s.ServerTime())
		assert.Equal(t, wire.Pong, next(t, s).Kind)

		f := next(t, s)
		assert.Equal(t, wire.Event, f.Kind)
		assert.Equal(t, wire.Node, f.Dialect)
		assert.Equal(t, events.TypeTipsUpdated, f.Type)
		assert.JSONEq(t, `{"tips":[],"count":7,"timestamp":1760554622}`, string(f.Data))
		assert.Equal(t, len(tips(7)), f.Size)
		assert.Equal(t, events.OriginLive, f.Origin)
		assert.Equal(t, time.Now(), f.Received)
		assert.Equal(t, time.Now(), s.LastFrame())
	})
}

// The guide dialect greets, maybe before it answers; nothing is lost.
func TestGuideDialect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			p.text(`{"type":"Subscribed","events":["TipsUpdated"]}`)
			p.text(guideTips(1))
			p.text(guideTips(2))
			p.answer(nil)
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		assert.Equal(t, wire.Guide, s.Dialect())
		f := next(t, s)
		assert.Equal(t, wire.Subscribed, f.Kind)
		assert.Equal(t, wire.Guide, f.Dialect)
		for _, count := range []string{`"count":1`, `"count":2`} {
			f = next(t, s)
			assert.Equal(t, wire.Guide, f.Dialect)
			assert.Contains(t, string(f.Data), count)
		}
		f = next(t, s)
		assert.Equal(t, wire.Pong, f.Kind)
		assert.Equal(t, wire.UnknownDialect, f.Dialect, "this Pong proves nothing")
		assert.Equal(t, wire.Guide, s.Dialect())
	})
}

// A server that knows no JSON Ping is usable for what it sends.
func TestProofWithoutPong(t *testing.T) {
	for name, proof := range map[string]string{
		"a greeting": `{"type":"Subscribed","events":[]}`,
		"an event":   guideTips(1),
	} {
		bubble(t, name, func(t *testing.T) {
			network := start(t, sockets(t, func(p *peer) {
				time.Sleep(time.Second)
				p.text(proof)
				time.Sleep(10 * time.Second)
				p.text(guideTips(10))
				p.text(guideTips(11))
				p.answer(nil)
			}))
			begun := time.Now()
			s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
			assert.Equal(t, 3*time.Second, time.Since(begun), "2 s of grace after the proof")
			next(t, s)
			assert.Contains(t, string(next(t, s).Data), `"count":10`)
			assert.Contains(t, string(next(t, s).Data), `"count":11`)
		})
	}
}

// Close while the first frame after the grace is being waited for.
func TestCloseWithoutPong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			p.text(`{"type":"Subscribed","events":[]}`)
			for ok := true; ok; _, ok = p.next() {
			}
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		next(t, s)
		time.AfterFunc(time.Second, s.Close)
		_, err := s.Next()
		require.ErrorIs(t, err, transport.ErrClosed)
	})
}

func TestSilentAfterTheUpgrade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			p.text(`not JSON`) // proves nothing
			for ok := true; ok; _, ok = p.next() {
			}
		}))
		begun := time.Now()
		_, err := dialer(t, network, nil).Open(t.Context(), fallback.WebSocket, nil)
		var silent *transport.SilentError
		require.ErrorAs(t, err, &silent)
		assert.Equal(t, 10*time.Second, silent.After)
		assert.Equal(t, 10*time.Second, time.Since(begun))
		assert.Equal(t, "transport: websocket: http://node/v1/ws/events?events=all: opened, then silent for 10s", err.Error())
		assert.Equal(t, fallback.Silent, transport.Classify(fallback.WebSocket, err).Kind)
		synctest.Wait()
		assert.Zero(t, network.Conns("node"))
	})
}

// A server that talks without end before the Pong fills no memory: with proof
// the stream is usable, without it is not.
func TestFloodBeforeThePong(t *testing.T) {
	const frames = 3000
	flood := func(text string) http.HandlerFunc {
		return sockets(t, func(p *peer) {
			for range frames {
				p.text(text)
			}
			p.answer(nil)
		})
	}
	bubble(t, "of events", func(t *testing.T) {
		s := open(t, dialer(t, start(t, flood(guideTips(1))), nil), fallback.WebSocket, nil)
		for range frames {
			require.Equal(t, wire.Event, next(t, s).Kind)
		}
		assert.Equal(t, wire.Pong, next(t, s).Kind)
	})
	bubble(t, "of garbage", func(t *testing.T) {
		_, err := dialer(t, start(t, flood(`{}`)), nil).Open(t.Context(), fallback.WebSocket, nil)
		require.ErrorAs(t, err, new(*transport.SilentError))
	})
	bubble(t, "of bytes", func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			for range 10 {
				p.text(`"` + strings.Repeat("x", 300) + `"`)
			}
			p.answer(nil)
		}))
		d := dialer(t, network, func(c *transport.Config) { c.MaxFrame = 1000 })
		_, err := d.Open(t.Context(), fallback.WebSocket, nil)
		require.ErrorAs(t, err, new(*transport.SilentError))
	})
}

// What happens to a stream before it is usable.
func TestEndsBeforeThePong(t *testing.T) {
	bubble(t, "without proof", func(t *testing.T) {
		network := start(t, sockets(t, func(*peer) {}))
		_, err := dialer(t, network, nil).Open(t.Context(), fallback.WebSocket, nil)
		require.ErrorAs(t, err, new(*transport.ClosedError))
		assert.Equal(t, fallback.Dropped, transport.Classify(fallback.WebSocket, err).Kind)
	})
	bubble(t, "with proof", func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) { p.text(guideTips(1)) }))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		assert.Contains(t, string(next(t, s).Data), `"count":1`)
		_, err := s.Next()
		require.ErrorAs(t, err, new(*transport.ClosedError))
	})
	bubble(t, "by its context", func(t *testing.T) {
		for _, text := range []string{`{}`, guideTips(1)} {
			network := start(t, sockets(t, func(p *peer) {
				p.text(text)
				for ok := true; ok; _, ok = p.next() {
				}
			}))
			ctx, cancel := context.WithCancelCause(t.Context())
			why := errors.New("enough")
			time.AfterFunc(time.Second, func() { cancel(why) })
			_, err := dialer(t, network, nil).Open(ctx, fallback.WebSocket, nil)
			require.ErrorIs(t, err, why)
			synctest.Wait()
			assert.Zero(t, network.Conns("node"))
			network.Reset("node")
		}
	})
}

// The context of Open is not the stream's.
func TestStreamOutlivesTheContext(t *testing.T) {
	for _, tr := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		bubble(t, tr.String(), func(t *testing.T) {
			network := start(t, func(w http.ResponseWriter, r *http.Request) {
				if tr == fallback.WebSocket {
					sockets(t, func(p *peer) {
						go func() { time.Sleep(time.Second); p.text(tips(1)) }()
						p.answer(nil)
					})(w, r)
					return
				}
				s := openStream(w)
				time.Sleep(time.Second)
				s.say(sseTips(1))
				<-r.Context().Done()
			})
			ctx, cancel := context.WithCancel(t.Context())
			s, err := dialer(t, network, nil).Open(ctx, tr, nil)
			require.NoError(t, err)
			defer s.Close()
			cancel()
			synctest.Wait()
			assert.Equal(t, events.TypeTipsUpdated, nextEvent(t, s).Type)
		})
	}
}

func TestBinaryFrameIsGarbage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			p.answerOne()
			p.send(opBinary, "\x00\xff")
			p.text("<html>")
			p.text(tips(1))
			p.answer(nil)
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		next(t, s)
		for _, reason := range []wire.GarbageReason{wire.Binary, wire.NotJSON} {
			f := next(t, s)
			assert.Equal(t, wire.Garbage, f.Kind)
			var garbage *wire.GarbageError
			require.ErrorAs(t, f.Err, &garbage)
			assert.Equal(t, reason, garbage.Reason)
		}
		assert.Equal(t, wire.Event, next(t, s).Kind, "the stream goes on")
	})
}

// A message may come in many frames, with control frames between them.
func TestFragments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			p.answerOne()
			text := tips(12345)
			p.frame(opText, text[:10])
			p.send(opPing, "?")
			p.frame(opContinue, text[10:50])
			p.send(opContinue, text[50:])
			pong, _ := p.next()
			assert.Equal(t, frame{opPong, "?"}, pong)
			p.answer(nil)
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		assert.Contains(t, string(nextEvent(t, s).Data), `"count":12345`)
	})
}

// A 134 kB frame is ordinary: 2,000 tips.
func TestLargeFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		id := `"` + strings.Repeat("0123456789abcdef", 4) + `"`
		large := `{"type":"Event","event":{"type":"TipsUpdated","data":{"tips":[` + strings.Repeat(id+",", 19_999) + id + `],"count":20000,"timestamp":1760554622}}}`
		require.Len(t, large, 1_340_102)
		network := start(t, sockets(t, func(p *peer) {
			p.answerOne()
			p.text(large)
			p.text(tips(1))
			p.answer(nil)
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		f := nextEvent(t, s)
		assert.Equal(t, len(large), f.Size)
		assert.Contains(t, string(f.Data), `"count":20000`)
		assert.Contains(t, string(next(t, s).Data), `"count":1,`)
	})
}

func TestFrameTooBig(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		said := make(chan frame, 1)
		network := start(t, sockets(t, func(p *peer) {
			p.answerOne()
			p.text(`"` + strings.Repeat("x", 998) + `"`)
			p.text(`"` + strings.Repeat("x", 999) + `"`)
			p.answer(func(f frame) { said <- f })
		}))
		d := dialer(t, network, func(c *transport.Config) { c.MaxFrame = 1000 })
		s := open(t, d, fallback.WebSocket, nil)
		next(t, s)
		assert.Equal(t, 1000, next(t, s).Size)
		_, err := s.Next()
		require.EqualError(t, err, "transport: websocket: a message is larger than 1000 bytes; raise option MaxFrame")
		assert.Equal(t, &transport.FrameTooBigError{Transport: fallback.WebSocket, Limit: 1000, Option: "MaxFrame"}, err)
		assert.Equal(t, fallback.Refused, transport.Classify(fallback.WebSocket, err).Kind, "the next connection would get it too")
		assert.Equal(t, "\x03\xf1", (<-said).payload[:2], "close code 1009")
		_, again := s.Next()
		assert.Equal(t, err, again)
		synctest.Wait()
		assert.Zero(t, network.Conns("node"))
	})
}

// RFC 6455 wants the connection to fail, and no JSON reader would notice.
func TestInvalidUTF8(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		said := make(chan frame, 1)
		network := start(t, sockets(t, func(p *peer) {
			p.answerOne()
			p.text(`{"type":"Event","event":{"type":"NodeStarted","node_id":"` + "\xff" + `"}}`)
			p.answer(func(f frame) { said <- f })
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		next(t, s)
		_, err := s.Next()
		require.ErrorAs(t, err, new(*transport.UTF8Error))
		require.EqualError(t, err, "transport: websocket: invalid UTF-8 in a text frame of 61 bytes")
		assert.Equal(t, "utf8", transport.Reason(err))
		assert.Equal(t, "\x03\xef", (<-said).payload[:2], "close code 1007")
		assert.Equal(t, fallback.Dropped, transport.Classify(fallback.WebSocket, err).Kind)
		_, again := s.Next()
		assert.Equal(t, err, again)
	})
}

// How streams end, and what that is called.
func TestEnds(t *testing.T) {
	tests := map[string]struct {
		end    func(p *peer)
		code   int
		text   string
		reason string
	}{
		"FIN": {func(*peer) {}, 0, "transport: websocket: ended: EOF", "eof"},
		"FIN in a frame": {func(p *peer) { _, _ = p.conn.Write([]byte{0x81, 100, 'x'}) }, 0,
			"transport: websocket: ended: failed to read: failed to read frame payload: unexpected EOF", "eof"},
		"close":             {func(p *peer) { p.send(opClose, "\x03\xe9bye") }, 1001, "transport: websocket: closed by the server: code 1001 bye", "close 1001"},
		"close, no status":  {func(p *peer) { p.send(opClose, "") }, 1005, "transport: websocket: closed by the server: code 1005", "close 1005"},
		"no WebSocket":      {func(p *peer) { _, _ = p.conn.Write([]byte("<html>")) }, 0, "", "protocol"},
		"a masked nonsense": {func(p *peer) { p.frame(0x83, "opcode 3") }, 0, "", "protocol"},
	}
	for name, test := range tests {
		bubble(t, name, func(t *testing.T) {
			network := start(t, sockets(t, func(p *peer) {
				p.answerOne()
				test.end(p)
			}))
			s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
			next(t, s)
			_, err := s.Next()
			var closed *transport.ClosedError
			require.ErrorAs(t, err, &closed)
			assert.Equal(t, test.code, closed.Code)
			if test.text != "" {
				require.EqualError(t, err, test.text)
			}
			assert.Equal(t, test.reason, transport.Reason(err))
			assert.Equal(t, fallback.Outcome{Transport: fallback.WebSocket, Kind: fallback.Dropped}, transport.Classify(fallback.WebSocket, err))
			begun := time.Now()
			s.Close()
			assert.Zero(t, time.Since(begun), "there is nobody to be polite to")
		})
	}
}

func TestReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) { p.answer(nil) }))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		next(t, s)
		time.AfterFunc(time.Second, func() { network.Reset("node") })
		_, err := s.Next()
		require.ErrorAs(t, err, new(*transport.ClosedError))
		assert.Equal(t, "reset", transport.Reason(err))
	})
}

// Server pings are answered while Next waits.
func TestServerPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			p.answerOne()
			p.send(opPing, "are you there")
			f, ok := p.next()
			assert.True(t, ok)
			assert.Equal(t, frame{opPong, "are you there"}, f)
			p.text(tips(1))
			p.answer(nil)
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		nextEvent(t, s)
	})
}

// Close while Next waits, and while nobody reads.
func TestErrClosed(t *testing.T) {
	for _, tr := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		bubble(t, tr.String(), func(t *testing.T) {
			network := start(t, func(w http.ResponseWriter, r *http.Request) {
				if tr == fallback.WebSocket {
					sockets(t, func(p *peer) { p.answer(nil) })(w, r)
					return
				}
				openStream(w).say(": hello\n")
				<-r.Context().Done()
			})
			s := open(t, dialer(t, network, nil), tr, nil)
			next(t, s)
			time.AfterFunc(time.Second, s.Close)
			begun := time.Now()
			_, err := s.Next()
			require.ErrorIs(t, err, transport.ErrClosed)
			require.ErrorIs(t, err, net.ErrClosed)
			assert.LessOrEqual(t, time.Since(begun), 2*time.Second)
			_, err = s.Next()
			require.ErrorIs(t, err, transport.ErrClosed)
			s.Close()
			assert.False(t, s.Widen(someTypes))
			s.Probe()
			assert.Equal(t, "closed", transport.Reason(err))
			assert.Equal(t, fallback.Dropped, transport.Classify(tr, err).Kind)
			synctest.Wait()
			assert.Zero(t, network.Conns("node"))
		})
	}
}
