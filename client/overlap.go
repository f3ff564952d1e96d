package client

import (
	"slices"
	"sync"

	"github.com/adic/adic-go/internal/overlap"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/subscription/events"
)

// An overlapping compares what two connections to one node carry, so that the new
// one can take over exactly where the old one ends. Safe for concurrent use.
type overlapping struct {
	common []events.Type // that both ask for; nil: all

	mu  sync.Mutex // guards cut
	cut overlap.Cut
}

// carries reports whether both connections carry t.
func (o *overlapping) carries(t events.Type) bool {
	return o.common == nil || slices.Contains(o.common, t)
}

// old notes an event that the old connection has delivered.
func (o *overlapping) old(f *transport.Frame) {
	if o.carries(f.Type) {
		o.mu.Lock()
		o.cut.Old(f.Type, f.Time, f.Data)
		o.mu.Unlock()
	}
}

// new notes an event that the new one has brought.
func (o *overlapping) new(f *transport.Frame) {
	if o.carries(f.Type) {
		o.mu.Lock()
		o.cut.New(f.Type, f.Time, f.Data)
		o.mu.Unlock()
	}
}

// confirm notes an event of the new one that the old one should have delivered, and
// reports whether it has.
func (o *overlapping) confirm(f *transport.Frame) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.cut.Confirm(f.Type, f.Time, f.Data)
}

func (o *overlapping) done() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.cut.Done()
}

// skip returns how many of the new one's events in lane i, counted from its first,
// the old one has delivered; ok is false if that is not known.
func (o *overlapping) skip(i int) (n int, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.cut.Skip(priorities[i])
}

// shared returns the types in both sets, where nil is all.
func shared(a, b []events.Type) []events.Type {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	both := []events.Type{}
	for _, t := range a {
		if slices.Contains(b, t) {
			both = append(both, t)
		}
	}
	return both
}

// skips are events of each lane that are still to come and that the connection
// before has delivered.
type skips struct {
	both *overlapping
	left [3]int
}

// take reports whether f is one of them. differs says that it should have been: the
// two connections do not carry the same there.
func (s *skips) take(f *transport.Frame) (one, differs bool) {
	if s.both == nil {
		return false, false
	}
	i := lane(f.Type.Lane())
	if s.left[i] == 0 || !s.both.carries(f.Type) {
		return false, false
	}
	if one = s.both.confirm(f); one {
		s.left[i]--
	} else {
		s.left[i] = 0
		_, same := s.both.skip(i)
		differs = !same
	}
	if s.left == [3]int{} {
		s.both = nil
	}
	return one, differs
}
