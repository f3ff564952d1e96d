package source

import (
	"encoding/json"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// greet is what a server says when the connection is there. On forms with a
// handshake of their own the stream begins after that.
func (s *session) greet(l *link) {
	switch s.form {
	case traffic.Discord:
		_, _ = l.Write(traffic.Frame(nil, `{"op":10,"d":{"heartbeat_interval":41250}}`))
	case traffic.Ethereum, traffic.Comet:
	default:
		s.takes(l)
	}
}

// call answers a request, and begins the stream when it was the one for it.
func (s *session) call(l *link, text []byte) error {
	var request struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
		Op     int             `json:"op"`
	}
	if err := json.Unmarshal(text, &request); err != nil {
		return err
	}
	var reply string
	const heartbeat, identify = 1, 2
	switch {
	case s.form == traffic.Ethereum:
		reply = `{"jsonrpc":"2.0","id":` + string(request.ID) + `,"result":"0x1"}`
	case s.form == traffic.Comet:
		reply = `{"jsonrpc":"2.0","id":` + string(request.ID) + `,"result":{}}`
	case request.Op == identify:
		reply = `{"op":0,"s":1,"t":"READY","d":{"v":9,"session_id":"s","user":{"id":"1"},"guilds":[]}}`
	case request.Op == heartbeat:
		_, err := l.Write(traffic.Frame(nil, `{"op":11}`))
		return err
	default:
		return nil
	}
	if _, err := l.Write(traffic.Frame(nil, reply)); err != nil {
		return err
	}
	s.takes(l)
	return nil
}
