package overlap_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/overlap"
	"github.com/adic/adic-go/subscription/events"
)

// The naive rule counts what is equal on both. Three equal transfers T T T came on
// the old connection, and the new one was opened after the first of them: T T are
// the second and the third.
func TestMatchTheOverlapByCountTwins(t *testing.T) {
	a, twin, b := made(tips, 99, "a"), made(transfer, 100, "T"), made(tips, 102, "a")
	for subscribed := range 4 { // so many of the twins came before
		for delivered := range 4 { // and so many after the beat, on the old one
			var c overlap.Cut
			older(&c, a, twin, twin, twin)
			newer(&c, []event{twin, twin, twin}[subscribed:]...)
			_, ok := c.Skip(events.High)
			require.False(t, ok, "equal events say nothing")
			older(&c, b)
			newer(&c, b)
			later := made(transfer, 102, "T")
			older(&c, []event{later, later, later}[:delivered]...)
			newer(&c, later, later, later)
			n, ok := c.Skip(events.High)
			if subscribed == 3 { // the beat is the new one's first event
				assert.False(t, ok)
				continue
			}
			require.True(t, ok)
			assert.Equal(t, 3-subscribed+1+delivered, n, "%d before, %d after", subscribed, delivered)
		}
	}
}

// The naive rule takes the first equal beat. A node sent two k-core beats 0.1 s
// apart, byte for byte the same, with a notice between them (12.780 s and 12.882 s
// of the recording); the new connection was opened after the first of them.
func TestMatchTheOverlapAtTheFirstEqualBeat(t *testing.T) {
	ws, _ := recorded(t, "node-0.1.10.jsonl")
	seq := lane(ws, events.Medium)
	first, second := twinBeats(t, seq)
	require.Equal(t, reputation, seq[second-1].of, "the notice that would be lost or doubled")

	for opened := first + 1; opened <= second; opened++ {
		var c overlap.Cut
		older(&c, seq[:second+1]...)
		newer(&c, seq[opened:second+1]...)
		_, ok := c.Skip(events.Medium)
		require.False(t, ok, "opened before event %d: its second was not seen whole", opened)

		older(&c, seq[second+1:]...)
		newer(&c, seq[second+1:]...)
		n, ok := c.Skip(events.Medium)
		require.True(t, ok)
		assert.Equal(t, len(seq)-opened, n)
	}
}

// twinBeats returns the places of the first two k-core beats that are the same.
func twinBeats(t *testing.T, seq []event) (first, second int) {
	t.Helper()
	for i, e := range seq {
		for j := range i {
			if e.of == kcore && seq[j] == e {
				return j, i
			}
		}
	}
	t.Fatal("there are none")
	return 0, 0
}

// Both twins are seen, from an earlier second on: the first is the first, and the
// second the second.
func TestEqualBeatsOfASecondAreNumbered(t *testing.T) {
	seq := []event{
		made(kcore, 99, "a"), made(reputation, 99, "x"),
		made(kcore, 100, "a"), made(reputation, 100, "x"), made(kcore, 100, "a"), made(reputation, 100, "x"), made(kcore, 100, "a"),
	}
	for delivered := 3; delivered <= len(seq); delivered++ {
		for received := 2; received < len(seq); received++ {
			var c overlap.Cut
			older(&c, seq[:delivered]...)
			newer(&c, seq[1:1+received]...)
			n, ok := c.Skip(events.Medium)
			require.True(t, ok)
			assert.Equal(t, delivered-1, n, "%d delivered, %d received", delivered, received)
		}
	}
}

// A second in which the old one was first heard of is as little known.
func TestTheSecondInWhichTheOldOneBeginsIsLeftOut(t *testing.T) {
	var c overlap.Cut
	older(&c, made(tips, 100, "a"))                                            // the second of them
	newer(&c, made(tips, 99, "a"), made(tips, 100, "a"), made(tips, 100, "a")) // both
	_, ok := c.Skip(events.High)
	assert.False(t, ok)
}

// Whatever pair of moments the two are opened at, and wherever they are when the
// question comes: over a WebSocket and an SSE stream of the recording, each lane goes
// on exactly.
func TestEveryCutOfARecordingIsExact(t *testing.T) {
	for _, file := range []string{"node-0.1.10.jsonl", "node-0.3.0-twins.jsonl"} {
		ws, sse := recorded(t, file)
		for _, in := range []events.Priority{events.High, events.Medium} {
			old, fresh := lane(ws, in), lane(sse, in)
			cuts := 0
			for opened := range old {
				for subscribed := range fresh {
					for delivered := opened; delivered <= len(old); delivered++ {
						var c overlap.Cut
						older(&c, old[opened:delivered]...)
						newer(&c, fresh[subscribed:]...)
						if n, ok := c.Skip(in); ok {
							cuts++
							require.Equal(t, delivered-subscribed, n)
						}
					}
				}
			}
			if file == "node-0.1.10.jsonl" {
				assert.Greater(t, cuts, 100, "%s lane", in)
			}
		}
	}
}
