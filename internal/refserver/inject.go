package refserver

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// Refuse answers requests to p with a, until it has done so a.Times or p is
// healed. Live connections go on.
func (s *Server) Refuse(p Part, a Answer) {
	s.faults.set(p, func(f *fault) { one := a; f.refuse = &one })
}

// RefusePath answers requests to one path with a, until it has done so a.Times
// or REST is healed. It goes before Refuse.
func (s *Server) RefusePath(path string, a Answer) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.paths[path] = &a
}

// TakeAway refuses requests to p and ends its live connections, until p is
// healed: a transport that is suddenly blocked.
func (s *Server) TakeAway(p Part, a Answer) {
	s.Refuse(p, a)
	s.Drop(p)
}

// Heal ends all faults of p; those of single events and of the main loop stay.
func (s *Server) Heal(p Part) {
	s.faults.set(p, func(f *fault) { *f = fault{} })
	if p&REST != 0 {
		s.faults.mu.Lock()
		defer s.faults.mu.Unlock()
		clear(s.faults.paths)
	}
}

// Freeze stops every byte to clients of p, until p is healed. Connections stay
// and new ones are accepted; requests are not answered.
func (s *Server) Freeze(p Part) { s.faults.set(p, func(f *fault) { f.frozen = true }) }

// Mute stops every byte of the streams in p behind the head, heartbeats and
// pongs too, until p is healed.
func (s *Server) Mute(p Part) { s.faults.set(p, func(f *fault) { f.mute = true }) }

// DieAfter ends each connection of the streams in p by a FIN once it has been
// sent so many events, 0: as soon as it is open, until p is healed. Connections
// that were sent more already die with their next event.
func (s *Server) DieAfter(p Part, events int) {
	s.faults.set(p, func(f *fault) { f.mortal, f.life = true, events })
}

// Drip sends to clients of p so many bytes at a time with a pause after each,
// until p is healed.
func (s *Server) Drip(p Part, size int, pause time.Duration) {
	s.faults.set(p, func(f *fault) { f.drip, f.pause = size, pause })
}

// Hold keeps back what is sent on the streams in p until there are so many
// bytes, as a buffering proxy does, until p is healed; then what is held goes
// out with what comes next.
func (s *Server) Hold(p Part, size int) { s.faults.set(p, func(f *fault) { f.hold = size }) }

// Dead stops the main loop, or lets it go on: no event any more, while
// heartbeats, pongs, health and REST go on, and the ledger may grow.
func (s *Server) Dead(on bool) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.dead = on
}

// Garble breaks the JSON of the next n events.
func (s *Server) Garble(n int) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.garble = n
}

// Duplicate sends each of the next n events twice.
func (s *Server) Duplicate(n int) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.twice = n
}

// Swap sends the next n pairs of events in the wrong order. The first of a pair
// waits for the second.
func (s *Server) Swap(n int) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.swap = n
}

// Raw sends bytes to every connection of the streams in p: as the payload of a
// WebSocket text frame, and as they are on SSE. They take their place among the
// events of the high lane and pass every filter and every fault of single
// events.
func (s *Server) Raw(p Part, b []byte) { s.raw(p, opText, b) }

// RawBinary sends a binary frame to every WebSocket.
func (s *Server) RawBinary(b []byte) { s.raw(WebSocket, opBinary, b) }

// Bye sends a close frame to every WebSocket, without a code if that is 0. The
// connections stay open until their clients end them, or Drop does.
func (s *Server) Bye(code uint16, reason string) {
	var payload []byte
	if code != 0 {
		payload = append(binary.BigEndian.AppendUint16(nil, code), reason...)
	}
	s.raw(WebSocket, opClose, payload)
}

func (s *Server) raw(p Part, op byte, b []byte) {
	s.bus.publish(&frame{raw: p & Streams, op: op, text: b, sse: b, at: s.now()})
}

// Oversize emits a TipsUpdated with a payload of at least so many bytes. Its
// tips are not those of the ledger.
func (s *Server) Oversize(size int) {
	id := strings.Repeat("0", 64)
	tips := make([]string, size/(len(id)+3)+1)
	for i := range tips {
		tips[i] = id
	}
	payload := tipsPayload{tips, len(tips), s.cfg.Dialect.stamp(s.now())}
	s.publish(s.cfg.Dialect.frame(events.TypeTipsUpdated, encode(payload)))
}

// Drop ends all live connections of the streams in p by a FIN and returns how
// many they were.
func (s *Server) Drop(p Part) int { return s.endLinks(p, false) }

// Reset ends all live connections of the streams in p by a reset and returns how
// many they were. On a network without resets it is Drop.
func (s *Server) Reset(p Part) int { return s.endLinks(p, true) }
