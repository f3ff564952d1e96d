package transport_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/subscription/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a node is told when the client leaves: to take everything out of the set,
// which turns it into all, so that the next event frees the slot.
func TestLeave(t *testing.T) {
	normal := frame{opClose, "\x03\xe8"}
	tests := map[string]struct {
		types []events.Type
		more  []events.Type
		want  []frame
	}{
		"all": {nil, nil, []frame{normal}},
		"some": {someTypes, nil, []frame{
			{opText, `{"type":"Unsubscribe","events":["TipsUpdated","tips.update","KCoreUpdated","kcore.update"]}`}, normal,
		}},
		"widened": {someTypes[:1], []events.Type{events.TypeMessageAdded}, []frame{
			{opText, `{"type":"Subscribe","events":["MessageAdded","message.new"]}`},
			{opText, `{"type":"Unsubscribe","events":["TipsUpdated","tips.update","MessageAdded","message.new"]}`}, normal,
		}},
	}
	for name, test := range tests {
		bubble(t, name, func(t *testing.T) {
			var got []frame
			network := start(t, sockets(t, func(p *peer) { p.answer(func(f frame) { got = append(got, f) }) }))
			s := open(t, dialer(t, network, nil), fallback.WebSocket, test.types)
			if test.more != nil {
				require.True(t, s.Widen(test.more))
			}
			begun := time.Now()
			s.Close()
			assert.Equal(t, time.Second, time.Since(begun), "a node never answers")
			synctest.Wait()
			assert.Equal(t, test.want, got)
			assert.Zero(t, network.Conns("node"))
		})
	}
}

// Whoever answers the Close frame is not waited for any longer.
func TestLeaveIsAnswered(t *testing.T) {
	for name, reading := range map[string]bool{"while Next waits": true, "while nobody reads": false} {
		bubble(t, name, func(t *testing.T) {
			network := start(t, sockets(t, func(p *peer) {
				p.answer(func(f frame) {
					if f.op == opClose {
						p.send(opClose, f.payload)
					}
				})
			}))
			s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
			next(t, s)
			if reading {
				go func() { _, _ = s.Next() }()
			}
			synctest.Wait()
			begun := time.Now()
			s.Close()
			assert.Zero(t, time.Since(begun))
			synctest.Wait()
			assert.Zero(t, network.Conns("node"))
		})
	}
}

// A second is the bound whatever the link is like.
func TestLeaveIsBounded(t *testing.T) {
	tests := map[string]func(*memnet.Network, *peer){
		"frozen": func(n *memnet.Network, _ *peer) { n.Freeze("node", true) },
		"busy": func(_ *memnet.Network, p *peer) {
			go func() {
				for p.text(tips(1)) {
					time.Sleep(time.Millisecond) // or fake time stands still
				}
			}()
		},
	}
	for name, fault := range tests {
		bubble(t, name, func(t *testing.T) {
			network := memnet.New(256)
			ready := make(chan *peer, 1)
			serve(t, network, "node", sockets(t, func(p *peer) {
				p.answerOne()
				ready <- p
				p.answer(nil)
			}))
			s := open(t, dialer(t, network, nil), fallback.WebSocket, events.Types())
			fault(network, <-ready)
			begun := time.Now()
			s.Close()
			assert.LessOrEqual(t, time.Since(begun), time.Second)
			network.Freeze("node", false)
			time.Sleep(time.Second)
			assert.Zero(t, network.Conns("node"))
		})
	}
}

// All who close wait until it is done, and one of them says goodbye.
func TestConcurrentClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		closes := 0
		network := start(t, sockets(t, func(p *peer) {
			p.answer(func(f frame) {
				if f.op == opClose {
					closes++
				}
			})
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		gone := make(chan time.Time, 3)
		for range cap(gone) {
			go func() {
				s.Close()
				gone <- time.Now()
			}()
		}
		want := time.Now().Add(time.Second)
		for range cap(gone) {
			assert.Equal(t, want, <-gone)
		}
		synctest.Wait()
		assert.Equal(t, 1, closes)
	})
}

func TestWiden(t *testing.T) {
	bubble(t, "websocket", func(t *testing.T) {
		var got []frame
		network := start(t, sockets(t, func(p *peer) { p.answer(func(f frame) { got = append(got, f) }) }))
		d := dialer(t, network, nil)
		s := open(t, d, fallback.WebSocket, someTypes)
		assert.True(t, s.Widen(someTypes[1:]), "it has them")
		assert.False(t, s.Widen(nil), "no way to all on a running stream")
		assert.True(t, s.Widen([]events.Type{events.TypeTipsUpdated, events.TypeNodeStarted}))
		synctest.Wait()
		assert.Equal(t, []frame{{opText, `{"type":"Subscribe","events":["NodeStarted","node.started"]}`}}, got)
		assert.Empty(t, d.Missing())

		all := open(t, d, fallback.WebSocket, nil)
		assert.True(t, all.Widen(someTypes))
		assert.True(t, all.Widen(nil))
		synctest.Wait()
		assert.Len(t, got, 1, "a name would narrow a node's set to it")
	})
}

// Probe makes a quiet server say something that Next returns.
func TestProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) { p.answer(nil) }))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, nil)
		next(t, s)
		time.AfterFunc(time.Minute, s.Probe)
		begun := time.Now()
		next(t, s)
		assert.Equal(t, time.Minute, time.Since(begun))
	})
}
