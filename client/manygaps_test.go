package client

import (
	"testing"
	"time"

	"github.com/adic/adic-go/subscription/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// drainGaps takes all notices that are due.
func drainGaps(q *queue) (told []events.Gap) {
	for {
		it, ok := q.next()
		if !ok {
			return told
		}
		if it.gap != nil {
			told = append(told, *it.gap)
		}
	}
}

func second(n int) time.Time { return time.Unix(int64(n), 0) }

// While a handler does not return, the notices that wait for it are bounded: from some
// number on one gap stands for all others, from the beginning of the first to the end of
// the last.
func TestNoticesThatWaitAreBounded(t *testing.T) {
	t.Parallel()
	q := newQueue([3]Lane{{Events: 1, Bytes: 1}, {Events: 1, Bytes: 1}, {Events: 1, Bytes: 1}})
	const episodes = 100_000
	q.ledger.families = func(events.Priority) []events.Family { return []events.Family{events.Notice} }
	for n := range episodes {
		g := q.open(events.Gap{Cause: events.GapByStall, Lane: events.Low, From: second(n)})
		q.shut(g, second(n+1))
	}
	assert.LessOrEqual(t, q.notices(), mostWait+3)
	assert.LessOrEqual(t, len(q.ledger.all()), mostOpen+remembered)

	told := drainGaps(q)
	var covered time.Time
	var many []events.Gap
	for _, g := range told {
		if g.Cause == events.GapByMany {
			many = append(many, g)
		}
		if g.Stage == events.GapClosed {
			require.False(t, g.From.After(covered) && !covered.IsZero(), "a hole before %v", g)
			covered = g.To
		}
	}
	assert.Equal(t, second(episodes), covered)
	require.Len(t, many, 3, "opened, closed, settled")
	assert.Equal(t, []events.GapStage{events.GapOpened, events.GapClosed, events.GapSettled}, []events.GapStage{many[0].Stage, many[1].Stage, many[2].Stage})
	assert.Equal(t, events.AnyPriority, many[1].Lane)
	assert.Equal(t, events.GapUnrepairable, many[2].Outcome)
	assert.Zero(t, q.ledger.opened())

	g := q.open(events.Gap{Cause: events.GapByStall, Lane: events.Low, From: second(1)})
	assert.Equal(t, events.GapByStall, g.Cause, "each stands for itself again")
}

// A gap that stands for others lasts as long as the longest of them, reaches back to the
// earliest and counts what a full lane lost.
func TestOneGapForManyHidesNothing(t *testing.T) {
	t.Parallel()
	l := &ledger{families: func(events.Priority) []events.Family { return []events.Family{events.Fact} }}
	first, fresh := l.begin(events.Gap{Cause: events.GapByDead, From: second(100)}, mostWait)
	require.True(t, fresh)
	long, fresh := l.begin(events.Gap{Cause: events.GapByDisconnect, From: second(50)}, 0)
	require.False(t, fresh)
	full, _ := l.begin(events.Gap{Cause: events.GapByOverflow, Lane: events.Low, From: second(110)}, 0)
	assert.Empty(t, l.close(full, second(120), losses{facts: 2, notices: 3}, 0))
	assert.Empty(t, l.close(first, second(200), losses{}, 0))
	assert.Equal(t, 1, l.opened())
	assert.Empty(t, l.relieve(0), "one is not over")
	assert.Empty(t, l.close(long, second(150), losses{}, mostWait), "there is no room")
	closed := l.relieve(mostWait / 2)
	require.Len(t, closed, 1)
	assert.Equal(t, events.GapByMany, closed[0].Cause)
	assert.Equal(t, second(50), closed[0].From)
	assert.Equal(t, second(200), closed[0].To)
	assert.Equal(t, 5, closed[0].Dropped)
	assert.Len(t, l.settle(l.mark(), false), 1)
}

// Gaps that REST cannot settle are bounded, too.
func TestGapsThatAreNotSettledAreBounded(t *testing.T) {
	t.Parallel()
	q := newQueue([3]Lane{{Events: 1, Bytes: 1}, {Events: 1, Bytes: 1}, {Events: 1, Bytes: 1}})
	q.ledger.families = func(events.Priority) []events.Family { return []events.Family{events.Fact} }
	var told []events.Gap
	for n := range 10 * mostOpen {
		g := q.open(events.Gap{Cause: events.GapByDisconnect, From: second(n)})
		q.shut(g, second(n+1))
		told = append(told, drainGaps(q)...)
	}
	assert.LessOrEqual(t, len(q.ledger.open), mostOpen+1)
	assert.Equal(t, 1, q.ledger.opened())
	for _, g := range q.ledger.settle(q.ledger.mark(), false) {
		q.announce(g)
	}
	told = append(told, drainGaps(q)...)
	last := told[len(told)-1]
	assert.Equal(t, events.GapByMany, last.Cause)
	assert.Equal(t, events.GapClosed, last.Stage)
	assert.Equal(t, second(10*mostOpen), last.To)
	assert.Len(t, q.ledger.settle(q.ledger.mark(), false), 1)
	assert.Empty(t, q.ledger.open)
}

// Of changes of state that wait the last leads to where all further ones do.
func TestChangesThatWaitAreBounded(t *testing.T) {
	t.Parallel()
	q := newQueue([3]Lane{})
	from := Idle
	for n := range 10_000 {
		to := []State{Connecting, Waiting}[n%2]
		q.tell(Change{From: from, To: to, At: second(n)})
		from = to
	}
	q.tell(Change{From: from, To: Closed})
	assert.Len(t, q.changes, mostChanges)
	was := Idle
	for {
		it, ok := q.next()
		if !ok {
			break
		}
		assert.Equal(t, was, it.change.From, "none is missing in between")
		was = it.change.To
	}
	assert.Equal(t, Closed, was)
}
