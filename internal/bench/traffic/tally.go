package traffic

import (
	"fmt"
	"sync/atomic"
	"time"
)

// A Tally counts what came, so that it can be told whether anything was skipped.
// Add may be called by one goroutine at a time; everything else by any other,
// once Done has been closed.
type Tally struct {
	counts [Kinds]int
	sum    int // of the last digits of the messages' ids
	left   int
	done   atomic.Pointer[chan struct{}]

	late []time.Duration // of each message, if it is to be noted
}

// Note has the tally keep how late each of the next n messages is.
func (t *Tally) Note(n int) { t.late = make([]time.Duration, 0, n) }

// Late returns what was kept.
func (t *Tally) Late() []time.Duration { return t.late }

// Message counts a MessageAdded, whose depth may say when it was sent.
func (t *Tally) Message(id string, depth uint64) {
	if t.late != nil {
		t.late = append(t.late, time.Duration(time.Now().UnixNano()-int64(depth)))
	}
	t.Add(Added, id)
}

// Expect makes the tally wait for n events, and returns a channel that is closed
// when they have come. Nobody may call Add meanwhile.
func (t *Tally) Expect(n int) <-chan struct{} {
	done := make(chan struct{})
	t.counts, t.sum, t.left = [Kinds]int{}, 0, n
	t.done.Store(&done)
	return done
}

// Add counts one event. id is that of its message or its last tip, "" if it has
// none.
func (t *Tally) Add(k Kind, id string) {
	t.counts[k]++
	if id != "" {
		t.sum += int(id[len(id)-1])
	}
	if t.left--; t.left == 0 { // negative: nobody waits
		close(*t.done.Load())
	}
}

// Only says what is wrong with a tally of n events of one kind.
func (t *Tally) Only(k Kind, n int) error {
	if t.counts[k] != n && t.counts[Raw] != n {
		return fmt.Errorf("came %d events of %v, want %d", t.counts[k], k, n)
	}
	return nil
}

// Check says what is wrong with a tally of n events of the mix, which began at
// message first. A frame that nobody decoded is but counted.
func (t *Tally) Check(first uint64, n int) error {
	if t.counts[Raw] == n {
		return nil
	}
	var want Tally
	want.left = -1
	for e := range n {
		group, at := e/Group, e%Group
		base := first + uint64(group)*added
		before := [2]int{}
		for _, k := range order[:at] {
			if k <= Finalized {
				before[k]++
			}
		}
		switch k := order[at]; k {
		case Added, Finalized:
			want.Add(k, digit(base+uint64(before[k])))
		case Tips:
			want.Add(k, digit(base+uint64(before[Added])-1))
		default:
			want.Add(k, "")
		}
	}
	if t.counts != want.counts {
		return fmt.Errorf("came %v, want %v", t.counts, want.counts)
	}
	if t.sum != want.sum {
		return fmt.Errorf("other ids came than were sent: %d, want %d", t.sum, want.sum)
	}
	return nil
}

func digit(n uint64) string { return hexDigits[n&15:][:1] }
