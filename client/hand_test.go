package client

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

// words are the payloads of what is in the hand.
func (q bounded) words() (words []string) {
	for i := range q.hand.entries {
		words = append(words, string(q.hand.entries[i].env.Data))
	}
	return words
}

// grab takes a hand of the lane that only has n events, from first on.
func grab(t *testing.T, q bounded, event func(int) events.Envelope, first, n int) {
	t.Helper()
	for i := range n {
		require.Empty(t, q.push(event(first+i)))
	}
	_, ok := q.next()
	require.True(t, ok)
	require.Greater(t, len(q.hand.entries), 1)
	require.False(t, q.hand.urgent.Load())
}

func TestAHandIsOfOneLaneAndOneEpoch(t *testing.T) {
	t.Parallel()
	q := newBounded(1000, 1000, 1000)
	for n := range 3 {
		q.push(low(n))
	}
	all := q.all()
	q.push(low(3))
	q.push(medium(4))
	q.push(medium(5))
	var hands [][]string
	for {
		if _, ok := q.next(); !ok {
			break
		}
		hands = append(hands, q.words())
		q.hand.at.Store(int32(len(q.hand.entries) - 1))
	}
	assert.Equal(t, [][]string{{"4", "5"}, {"0", "1", "2"}, {"3"}}, hands)
	<-all
}

func TestAHandIsAnEighthOfItsLane(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ room, want int }{{1, 1}, {15, 1}, {16, 2}, {100, 12}, {1000, maxHand}} {
		q := newBounded(c.room, 1, 1)
		for n := range c.room {
			require.Empty(t, q.push(high(n)))
		}
		q.next()
		assert.Len(t, q.hand.entries, c.want, "%d", c.room)
	}
}

// What is more urgent comes after the event that is being handled, and then the rest
// of the hand in its order.
func TestWhatIsUrgentOvertakesTheHand(t *testing.T) {
	t.Parallel()
	gap := events.Gap{Cause: events.GapByDisconnect}
	for _, c := range []struct {
		name  string
		comes func(q bounded)
		want  []string
	}{
		{"high", func(q bounded) { q.push(high(9)) }, []string{"high 9", "low 2", "low 3", "low 4"}},
		{"medium", func(q bounded) { q.push(medium(9)) }, []string{"medium 9", "low 2", "low 3", "low 4"}},
		{"a state", func(q bounded) { q.tell(Change{To: Waiting}) }, []string{"waiting", "low 2", "low 3", "low 4"}},
		{"a gap, in its place", func(q bounded) { q.open(gap) }, []string{"low 2", "low 3", "low 4", "disconnect opened #1"}},
		{"what is late, in its turn", func(q bounded) { require.NoError(t, q.fill(t.Context(), added(9))) }, []string{"low 2", "high 9", "low 3", "low 4"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := newBounded(1000, 1000, 1000)
			grab(t, q, low, 0, 5)
			q.hand.at.Store(1) // the second is being handled
			c.comes(q)
			assert.True(t, q.hand.urgent.Load())
			q.mu.Lock()
			q.finish()
			q.mu.Unlock()
			assert.Equal(t, c.want, drain(q))
		})
	}
}

func TestWhatIsNotUrgentLeavesTheHandAlone(t *testing.T) {
	t.Parallel()
	q := newBounded(1000, 1000, 1000)
	grab(t, q, medium, 0, 5)
	q.push(medium(5))
	q.push(low(6))
	assert.False(t, q.hand.urgent.Load())
}

// The rest of a hand is part of its lane: it has the room that it had.
func TestALaneKeepsItsBoundWhileAHandIsOut(t *testing.T) {
	t.Parallel()
	const room = 64
	for at := range room / 8 {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			q := newBounded(room, 1, 1)
			grab(t, q, high, 0, room)
			q.hand.at.Store(int32(at))
			for n := range at + 1 {
				assert.Empty(t, q.push(high(room+n)), "the place of one that has begun")
			}
			fates := q.push(high(1000))
			require.Len(t, fates, 1)
			assert.Equal(t, fmt.Sprint(room/8), string(fates[0].entry.env.Data), "the oldest that is not in the hand")
			assert.True(t, q.hand.urgent.Load(), "the gap has its place behind the hand")
			q.mu.Lock()
			q.finish()
			q.mu.Unlock()
			assert.Equal(t, room, q.lanes[0].n)
			var want []string
			for n := at + 1; n < room/8; n++ {
				want = append(want, fmt.Sprint("high ", n))
			}
			want = append(want, "overflow opened #1")
			assert.Equal(t, want, drain(q)[:len(want)])
		})
	}
}

func TestDiscardCountsTheRestOfTheHand(t *testing.T) {
	t.Parallel()
	q := newBounded(1000, 1000, 1000)
	all := q.all()
	grab(t, q, low, 0, 5)
	q.hand.at.Store(1)
	q.push(low(6))
	q.push(high(7))
	assert.Equal(t, [3]int{1, 0, 4}, q.discard(), "three of the hand")
	assert.True(t, q.hand.urgent.Load())
	_, ok := q.next()
	assert.False(t, ok, "the rest does not come back")
	<-all
}

// A wait for all that is queued ends when the last of a hand has been handled, not
// when it was taken, and not for what was pushed since.
func TestAWaitForAHand(t *testing.T) {
	t.Parallel()
	q := newBounded(1000, 1000, 1000)
	grab(t, q, low, 0, 3)
	first := q.all()
	require.True(t, q.hand.urgent.Load(), "to know what has been handled of it")
	q.push(low(3))
	second := q.all()
	ended := func(c <-chan struct{}) bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	}
	for n := range 3 {
		assert.False(t, ended(first), n)
		q.hand.at.Store(0)
		q.next()
	}
	assert.True(t, ended(first))
	assert.False(t, ended(second))
	assert.Equal(t, []string{"3"}, q.words())
	q.next()
	assert.True(t, ended(second))
}

func TestWhoIsRunning(t *testing.T) {
	t.Parallel()
	q := newBounded(1000, 1000, 1000)
	running := func() string {
		typ, onState := q.running()
		return fmt.Sprint(typ, " ", onState)
	}
	assert.Equal(t, " false", running())
	q.push(low(0))
	q.push(numbered(events.TypeAdmissibilityUpdated, 1))
	q.open(events.Gap{Cause: events.GapByDisconnect})
	q.tell(Change{To: Connected})
	q.next()
	assert.Equal(t, " true", running())
	q.next()
	for i := range q.hand.entries {
		q.hand.at.Store(int32(i))
		assert.Equal(t, string(q.hand.entries[i].env.Type)+" false", running())
	}
	lent := q.hand.entries[1]
	q.lend(&lent)
	assert.True(t, q.works(&lent))
	q.next()
	assert.Equal(t, string(events.TypeGap)+" false", running())
	q.next()
	assert.Equal(t, string(events.TypeAdmissibilityUpdated)+" false", running(), "what a crew has")
	q.returned(&lent)
	assert.Equal(t, " false", running())
}
