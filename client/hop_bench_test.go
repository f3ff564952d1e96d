package client

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// A hop is a client without a transport: its frames are made here, as a stream
// would return them.
type hop struct {
	m     *ConnectionManager
	d     *dispatcher
	c     *connection
	frame transport.Frame
	data  []byte
}

func newHop(b *testing.B, mux *handlers.Mux) *hop {
	lane := Lane{Overflow: Block}
	m, err := New("http://node", mux, &Options{Lanes: [3]Lane{lane, lane, lane}, Witness: WitnessOff})
	require.NoError(b, err)
	h := &hop{
		m: m, d: &dispatcher{m: m, ctx: b.Context(), base: time.Now()},
		data: fmt.Appendf(nil, `{"message_id":"%064d","depth":1,"parents":[],"timestamp":1760554622}`, 0),
	}
	h.c = newConnection(b.Context(), &trial{stream: stubStream{}, opened: time.Now()}, m.nodes[0])
	m.books.Begin(time.Now())
	m.intake.looks(&m.consumers)
	m.intake.stop = b.Context().Done()
	return h
}

// receive lets the reader have an event: of 20 six messages, four finalizations and
// ten others, each message with an id of its own.
func (h *hop) receive(n int) {
	t, id := events.TypeEnergyUpdated, n
	switch n % 20 {
	case 0, 3, 6, 9, 12, 15:
		t = events.TypeMessageAdded
	case 1, 4, 7, 10:
		t, id = events.TypeMessageFinalized, n-1
	}
	for at := len(`{"message_id":"`) + 63; id > 0; at, id = at-1, id/10 {
		h.data[at] = byte('0' + id%10)
	}
	h.frame = transport.Frame{
		Message:  wire.Message{Kind: wire.Event, Type: t, Dialect: wire.Node, Data: h.data, Time: time.Unix(1760554622, 0)},
		Received: h.m.clocks.base, Size: len(h.data),
	}
	h.m.receive(h.c, &h.frame)
}

// Handlers called on the reader's goroutine, and through the lanes: what the hop from
// one goroutine to the other costs.
func BenchmarkHop(b *testing.B) {
	var mux handlers.Mux
	mux.OnAny(func(context.Context, events.Envelope) error { return nil })
	b.Run("inline", func(b *testing.B) {
		h := newHop(b, &mux)
		b.ReportAllocs()
		for n := range b.N {
			h.receive(n)
			for in := &h.m.intake; len(in.batch) == maxBatch-1; in.batch = in.batch[:0] {
				h.m.counters.AddInput(&in.tally)
				for i := range in.batch {
					h.d.event(&in.batch[i])
				}
				h.m.counters.AddOutput(&h.d.out)
			}
		}
	})
	b.Run("lanes", func(b *testing.B) {
		h := newHop(b, &mux)
		h.m.queue.starts(h.d.begin)
		b.ReportAllocs()
		for n := range b.N {
			h.receive(n)
		}
		h.m.flush()
		h.m.queue.close()
		<-h.m.queue.idle
	})
	b.Run("unhandled", func(b *testing.B) {
		h := newHop(b, nil)
		b.ReportAllocs()
		for n := range b.N {
			h.receive(n)
		}
	})
}
