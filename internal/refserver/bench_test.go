package refserver

import (
	"testing"

	"github.com/adic/adic-go/subscription/events"
)

// BenchmarkEmit measures what an event costs the server until it is in the ring,
// with a hundred idle receivers.
func BenchmarkEmit(b *testing.B) {
	for _, d := range []Dialect{Guide, Node} {
		b.Run(d.String(), func(b *testing.B) {
			s := New(Config{Dialect: d})
			defer s.Close()
			for range 100 {
				defer s.bus.leave(s.bus.join(s.now()))
			}
			b.ReportAllocs()
			for b.Loop() {
				s.beat(events.TypeKCoreUpdated)
			}
		})
	}
}

// BenchmarkPump measures what an event costs each connection before it is
// written.
func BenchmarkPump(b *testing.B) {
	s := New(Config{Dialect: Node})
	defer s.Close()
	p := s.newPump(s.bus.join(s.now()), WebSocket)
	f := Node.frame(events.TypeKCoreUpdated, []byte(`{"finalized_count":0,"pending_count":0,"current_k_value":3,"timestamp":946684800}`))
	b.ReportAllocs()
	for b.Loop() {
		s.bus.publish(f)
		if p.next() != f {
			b.Fatal("lost")
		}
		wsFrame(opText, f.text)
	}
}
