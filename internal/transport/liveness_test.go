package transport_test

import (
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

// A quiet server that answers pings is alive, for a day if need be.
func TestPongsAreLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			time.AfterFunc(24*time.Hour+time.Second, func() { p.text(tips(1)) })
			pings := 0
			defer func() { assert.InDelta(t, 24*60*4, pings, 1, "one every 15 s, but for the pause after the first") }()
			for {
				f, ok := p.next()
				switch {
				case !ok:
					return
				case f.op == opPing:
					pings++
					p.send(opPong, f.payload)
				default:
					p.text(`{"type":"Pong"}`)
				}
			}
		}))
		begun := time.Now()
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		assert.Equal(t, wire.Pong, next(t, s).Kind)
		done := make(chan transport.Frame)
		go func() {
			f, _ := s.Next()
			done <- f
		}()
		time.Sleep(12 * time.Hour)
		synctest.Wait()
		assert.Less(t, time.Since(s.LastFrame()), 15*time.Second, "the last pong")
		assert.Equal(t, wire.Event, (<-done).Kind)
		assert.Equal(t, 24*time.Hour+time.Second, time.Since(begun))
	})
}

func TestDeadLinks(t *testing.T) {
	tests := map[string]func(p *peer, network *memnet.Network){
		"half-open": func(p *peer, network *memnet.Network) {
			time.Sleep(7 * time.Second)
			network.Freeze("node", true)
			p.answer(nil)
		},
		"no pongs, then nothing": func(p *peer, _ *memnet.Network) {
			time.Sleep(7 * time.Second)
			p.text(tips(1))
			for ok := true; ok; _, ok = p.next() {
			}
		},
	}
	for name, fault := range tests {
		bubble(t, name, func(t *testing.T) {
			var network *memnet.Network
			network = start(t, sockets(t, func(p *peer) {
				p.answerOne()
				fault(p, network)
			}))
			begun := time.Now()
			s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
			var err error
			for err == nil {
				_, err = s.Next()
			}
			var idle *transport.IdleError
			require.ErrorAs(t, err, &idle)
			assert.GreaterOrEqual(t, idle.After, 15*time.Second)
			assert.Equal(t, 30*time.Second, time.Since(begun), "two ping intervals")
			assert.Equal(t, fallback.Dropped, transport.Classify(fallback.WebSocket, err).Kind)
			assert.Equal(t, "idle", transport.Reason(err))
			begun = time.Now()
			s.Close()
			assert.Zero(t, time.Since(begun), "there is nobody to be polite to")
		})
	}
}

func TestIdleErrorText(t *testing.T) {
	err := &transport.IdleError{Transport: fallback.SSE, After: 31*time.Second + 1}
	require.EqualError(t, err, "transport: sse: not a byte for 31s")
}

// Any byte is life: events of a server that knows no pings, and the bytes of one
// large frame behind which a pong would have to wait.
func TestAnyByteIsLife(t *testing.T) {
	bubble(t, "events", func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			p.answerOne()
			for range 60 {
				time.Sleep(10 * time.Second)
				p.text(tips(1))
			}
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		for range 60 {
			nextEvent(t, s)
		}
		_, err := s.Next()
		require.ErrorAs(t, err, new(*transport.ClosedError))
	})
	bubble(t, "parts of a frame", func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			p.answerOne()
			text := tips(1)
			_, _ = p.conn.Write([]byte{0x81, byte(len(text))})
			for i := range len(text) {
				time.Sleep(10 * time.Second)
				_, _ = p.conn.Write([]byte{text[i]})
			}
		}))
		begun := time.Now()
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		nextEvent(t, s)
		assert.Equal(t, time.Duration(len(tips(1)))*10*time.Second, time.Since(begun))
	})
}

// A consumer that does not read for an hour finds the stream as he left it.
func TestSlowConsumerIsNoDeadLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(512)
		serve(t, network, "node", sockets(t, func(p *peer) {
			p.answerOne()
			go p.answer(nil)
			for i := range 20 {
				p.text(tips(i)) // until the buffers are full
			}
			<-t.Context().Done()
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		next(t, s)
		for i := range 20 {
			if i%5 == 0 {
				time.Sleep(time.Hour / 4)
			}
			nextEvent(t, s)
		}
		network.Freeze("node", true)
		begun := time.Now()
		_, err := s.Next()
		require.ErrorAs(t, err, new(*transport.IdleError), "once he waits, time counts again")
		assert.GreaterOrEqual(t, time.Since(begun), 15*time.Second)
		assert.LessOrEqual(t, time.Since(begun), 30*time.Second)
	})
}

func TestPingsSwitchedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			p.answerOne()
			f, ok := p.next()
			assert.False(t, ok, "not a frame in an hour, but %v", f)
		}))
		d := dialer(t, network, func(c *transport.Config) { c.PingInterval = -1 })
		s := open(t, d, fallback.WebSocket, nil)
		next(t, s)
		time.AfterFunc(time.Hour, func() { network.Reset("node") })
		begun := time.Now()
		_, err := s.Next()
		require.ErrorAs(t, err, new(*transport.ClosedError))
		assert.Equal(t, time.Hour, time.Since(begun))
	})
}

// A peer that does not take what is sent to it is gone, too.
func TestPeerThatDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(200)
		serve(t, network, "node", sockets(t, func(p *peer) {
			p.answerOne()
			<-t.Context().Done()
		}))
		begun := time.Now()
		s := open(t, dialer(t, network, nil), fallback.WebSocket, someTypes)
		next(t, s)
		assert.True(t, s.Widen([]events.Type{"A"}))
		assert.True(t, s.Widen([]events.Type{events.Type(strings.Repeat("B", 60))}))
		assert.False(t, s.Widen([]events.Type{events.Type(strings.Repeat("C", 60))}))
		assert.Equal(t, 5*time.Second, time.Since(begun))
		_, err := s.Next()
		require.Error(t, err)
	})
}
