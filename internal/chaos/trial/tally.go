package trial

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/subscription/events"
)

// A tally is what one client was told. Safe for concurrent use.
type tally struct {
	mu         sync.Mutex
	added      map[string]int
	finals     map[string]int
	notices    map[int][]time.Time // by number: when each came
	early      int                 // finalizations before their messages
	counted    bool                // it was told how many messages are final
	gaps       map[uint64]events.Gap
	arrivals   []time.Time
	changes    []client.Change
	transports map[fallback.Transport]time.Time // when each was connected first
}

func newTally() *tally {
	return &tally{
		added: make(map[string]int), finals: make(map[string]int), notices: make(map[int][]time.Time),
		gaps: make(map[uint64]events.Gap), transports: make(map[fallback.Transport]time.Time),
	}
}

// event is the handler of everything.
func (y *tally) event(_ context.Context, env events.Envelope) error {
	payload, err := events.DecodeAny(env)
	if err != nil {
		return err
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	switch e := payload.(type) {
	case events.Gap:
		y.gaps[e.Number] = e
		return nil
	case events.MessageAdded:
		y.added[e.MessageID]++
	case events.MessageFinalized:
		y.finals[e.MessageID]++
		if y.added[e.MessageID] == 0 {
			y.early++
		}
	case events.KCoreUpdated:
		y.counted = true
	case events.TransferRecorded:
		if n, ok := noticeNumber(e.Amount); ok {
			y.notices[n] = append(y.notices[n], env.Received)
		}
	}
	y.arrivals = append(y.arrivals, env.Received)
	return nil
}

// change is told each change of state.
func (y *tally) change(c client.Change) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.changes = append(y.changes, c)
	if _, ok := y.transports[c.Transport]; !ok && c.To == client.Connected {
		y.transports[c.Transport] = c.At
	}
}

// next returns when the first event after a time came.
func (y *tally) next(after time.Time) (time.Time, bool) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, at := range y.arrivals {
		if at.After(after) {
			return at, true
		}
	}
	return time.Time{}, false
}

// pause returns the longest time between two events, or between an event and one of
// the bounds, from a time to another.
func (y *tally) pause(from, to time.Time) (longest time.Duration) {
	y.mu.Lock()
	defer y.mu.Unlock()
	last := from
	for _, at := range slices.SortedFunc(slices.Values(y.arrivals), time.Time.Compare) {
		if at.After(from) && at.Before(to) {
			longest, last = max(longest, at.Sub(last)), at
		}
	}
	return max(longest, to.Sub(last))
}

// Tries returns how often the client said that it opens a transport.
func (y *tally) Tries(t fallback.Transport) (n int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, c := range y.changes {
		if c.To == client.Connecting && c.Transport == t {
			n++
		}
	}
	return n
}

// episodes returns the gaps as they were last told.
func (y *tally) episodes() []events.Gap {
	y.mu.Lock()
	defer y.mu.Unlock()
	return slices.Collect(maps.Values(y.gaps))
}

// knows reports whether the client was told how many messages are final.
func (y *tally) knows() bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.counted
}
