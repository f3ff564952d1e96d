package rivals

import (
	"context"
	"sync/atomic"

	"github.com/lxzan/gws"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// gwsCases are lxzan/gws, which calls back.
func gwsCases() []Case {
	_, generated, twoPass := ways()
	return []Case{
		{Name: "gws-tuned/decoder", Group: WS, Form: traffic.WebSocket, Connect: connectGWS(generated, large)},
		{Name: "gws/json", Group: WS, Form: traffic.WebSocket, Connect: connectGWS(twoPass, 0)},
	}
}

// A gwsHandler takes the messages.
type gwsHandler struct {
	gws.BuiltinEventHandler

	decode decode
	tally  *traffic.Tally
	failed atomic.Pointer[error]
}

// OnMessage implements gws.Event.
func (h *gwsHandler) OnMessage(_ *gws.Conn, m *gws.Message) {
	if err := h.decode(m.Bytes(), h.tally); err != nil {
		h.failed.Store(&err)
	}
	_ = m.Close()
}

func connectGWS(w way, buffer int) connect {
	return func(_ context.Context, t Target, tally *traffic.Tally) (*Client, error) {
		h := &gwsHandler{decode: w.new(traffic.WebSocket), tally: tally}
		conn, _, err := gws.NewClient(h, &gws.ClientOption{Addr: t.URL("ws", "v1/ws/events"), ReadBufferSize: buffer}) //nolint:bodyclose // the library has it
		if err != nil {
			return nil, err
		}
		c := reading(conn.NetConn().Close, func() error { conn.ReadLoop(); return nil })
		c.Check = told(&h.failed)
		return c, nil
	}
}

// told returns a check that fails if a callback has stored an error.
func told(failed *atomic.Pointer[error]) func(int) error {
	return func(int) error {
		if err := failed.Load(); err != nil {
			return *err
		}
		return nil
	}
}
