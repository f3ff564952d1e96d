package client

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

// newPolicy is a queue whose high lane has a policy and room for so many events.
func newPolicy(o Overflow, room int) bounded {
	q := newBounded(room, 10, 10)
	q.lanes[0].lane.Overflow = o
	return q
}

// offer pushes an event and says what it cost: "owed 1", "gone 2", "coalesced 3", or
// "blocked".
func offer(q bounded, env events.Envelope) string {
	blocked, fates := q.queue.push([]entry{newEntry(env)}, nil)
	var words []string
	for _, f := range fates {
		word := "gone "
		switch {
		case f.owed:
			word = "owed "
		case f.coalesced:
			word = "coalesced "
		}
		words = append(words, word+string(f.entry.env.Data))
	}
	if len(blocked) > 0 {
		words = append(words, "blocked")
	}
	return strings.Join(words, ", ")
}

// Two notices of the high lane, beside its state and its facts.
func moved(n int) events.Envelope  { return numbered(events.TypeTransferRecorded, n) }
func joined(n int) events.Envelope { return numbered(events.TypePeerConnected, n) }

func TestWhatEachPolicyLetsGo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy Overflow
		events []events.Envelope
		costs  []string
		handed []string
	}{{
		DropOldest,
		[]events.Envelope{high(1), added(2), high(3), high(4), high(5)},
		[]string{"", "", "gone 1", "owed 2", "gone 3"},
		[]string{"overflow opened #1", "high 4", "high 5", "overflow closed #1", "high 2"},
	}, {
		DropNewest,
		[]events.Envelope{high(1), added(2), high(3), added(4), high(5)},
		[]string{"", "", "gone 3", "owed 4", "gone 5"},
		[]string{"high 1", "high 2", "overflow opened #1", "overflow closed #1", "high 4"},
	}, {
		CoalesceLatest,
		[]events.Envelope{high(1), added(2), high(3), added(4), high(5)},
		[]string{"", "", "coalesced 1", "gone 3", "owed 2"},
		[]string{"overflow opened #1", "high 4", "high 5", "overflow closed #1", "high 2"},
	}, {
		Block,
		[]events.Envelope{high(1), added(2), high(3), added(4)},
		[]string{"", "", "blocked", "blocked"},
		[]string{"high 1", "high 2"},
	}} {
		t.Run(c.policy.String(), func(t *testing.T) {
			q := newPolicy(c.policy, 2)
			for i, env := range c.events {
				assert.Equal(t, c.costs[i], offer(q, env), "%s", env.Data)
			}
			assert.Equal(t, c.handed, drain(q))
		})
	}
}

// The new event has the place of the one it replaces, so it may come before what was
// received earlier, but never before a gap that was told in between.
func TestCoalescing(t *testing.T) {
	t.Parallel()
	disconnect := func(q bounded) {
		q.open(events.Gap{Cause: events.GapByDisconnect, From: time.Unix(2, 0)})
	}
	stall := func(lane events.Priority) func(bounded) {
		return func(q bounded) { q.open(events.Gap{Cause: events.GapByStall, Lane: lane, From: time.Unix(2, 0)}) }
	}
	nothing := func(bounded) {}
	for _, c := range []struct {
		name    string
		first   events.Envelope
		between func(bounded)
		second  events.Envelope
		cost    string
		handed  []string
	}{
		{"a state", high(1), nothing, high(2), "coalesced 1", []string{"high 2", "high 9"}},
		{"a notice", moved(1), nothing, moved(2), "coalesced 1", []string{"high 2", "high 9"}},
		{"two types", high(1), nothing, moved(2), "", []string{"high 1", "high 9", "high 2"}},
		{"a fact", added(1), nothing, added(2), "", []string{"high 1", "high 9", "high 2"}},
		{"over a gap", high(1), disconnect, high(2), "", []string{"high 1", "high 9", "disconnect opened #1", "high 2"}},
		{"over a gap of the lane", high(1), stall(events.High), high(2), "", []string{"high 1", "high 9", "stall opened #1", "high 2"}},
		{"over a gap of another lane", high(1), stall(events.Low), high(2), "coalesced 1", []string{"stall opened #1", "high 2", "high 9"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := newPolicy(CoalesceLatest, 10)
			require.Empty(t, offer(q, c.first))
			require.Empty(t, offer(q, joined(9)))
			c.between(q)
			assert.Equal(t, c.cost, offer(q, c.second))
			assert.Equal(t, c.handed, drain(q))
		})
	}
}

// What the handlers have is not replaced: it was handed out.
func TestWhatIsHandledIsNotReplaced(t *testing.T) {
	t.Parallel()
	q := newPolicy(CoalesceLatest, 10)
	require.Empty(t, offer(q, high(1)))
	_, e, ok := q.pop()
	require.True(t, ok)
	require.Equal(t, "1", string(e.env.Data))
	assert.Empty(t, offer(q, high(2)))
	assert.Equal(t, "coalesced 2", offer(q, high(3)))
	assert.Equal(t, "1", string(q.hand.entries[0].env.Data))
	assert.Equal(t, []string{"high 3"}, drain(q))
}

// A lane that coalesces finds the last of each type wherever the ring has it.
func TestCoalescingAroundTheRing(t *testing.T) {
	t.Parallel()
	q := newPolicy(CoalesceLatest, 6)
	for n := range 100 {
		require.Empty(t, offer(q, added(n)), n)
		require.Empty(t, offer(q, high(1000+n)), n)
		require.Equal(t, fmt.Sprint("coalesced ", 1000+n), offer(q, high(2000+n)), n)
		for _, want := range []int{n, 2000 + n} {
			_, e, ok := q.pop()
			require.True(t, ok)
			require.Equal(t, fmt.Sprint(want), string(e.env.Data))
		}
	}
	assert.Empty(t, q.lanes[0].latest, "what is gone is not remembered")
}

func TestDropNewestKeepsAnUnbrokenBeginning(t *testing.T) {
	t.Parallel()
	q := newPolicy(DropNewest, 4)
	for n := 1; n <= 7; n++ {
		q.push(high(n))
	}
	q.pop()
	assert.Empty(t, offer(q, high(8)), "there is room, and the gap stays open until half of it is free")
	assert.Equal(t, []string{
		"high 2", "high 3", "high 4", "overflow opened #1", "high 8", "overflow closed #1",
	}, drain(q))
	g := q.ledger.all()[0]
	assert.Equal(t, 3, g.Dropped)
	assert.Equal(t, time.Unix(7, 0), g.To, "when the last of the lost was received")
}

// What is accepted when half of the lane is free comes behind the gap.
func TestDropNewestClosesItsGapBehindTheBeginning(t *testing.T) {
	t.Parallel()
	q := newPolicy(DropNewest, 4)
	for n := 1; n <= 7; n++ {
		q.push(high(n))
	}
	q.pop()
	q.pop()
	assert.Empty(t, offer(q, high(8)))
	assert.Equal(t, []string{"high 3", "high 4", "overflow opened #1", "overflow closed #1", "high 8"}, drain(q))
}

func TestALaneThatBlocksTellsWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	q := newPolicy(Block, 2)
	batch := []entry{newEntry(high(1)), newEntry(low(2)), newEntry(high(3)), newEntry(high(4)), newEntry(medium(5))}
	left, fates := q.queue.push(batch, nil)
	require.Len(t, left, 2, "from the first that has no room on, whatever their lanes")
	require.Empty(t, fates)
	room := q.roomFor()
	require.NotNil(t, room)
	select {
	case <-room:
		t.Fatal("there is no room")
	default:
	}
	q.pop()
	<-room
	assert.Nil(t, q.roomFor())
	left, _ = q.queue.push(left, nil)
	assert.Empty(t, left)
	assert.Equal(t, []string{"high 3", "high 4", "medium 5", "low 2"}, drain(q))
	assert.Empty(t, q.ledger.all(), "nothing is lost")
}

// A wait for all that is queued includes what has been received and waits for room.
func TestAWaitIncludesWhatIsBlocked(t *testing.T) {
	t.Parallel()
	q := newPolicy(Block, 1)
	q.lanes[1].lane.Overflow = CoalesceLatest
	left, _ := q.queue.push([]entry{
		newEntry(medium(1)), newEntry(high(2)), newEntry(high(3)), newEntry(medium(4)), newEntry(low(5)),
	}, nil)
	require.Len(t, left, 3)
	all := q.all()
	_, _, ok := q.pop()
	require.True(t, ok)
	left, fates := q.queue.push(left, nil)
	require.Empty(t, left)
	require.Len(t, fates, 1)
	q.all() // begins another epoch
	q.push(low(6))
	for _, want := range []string{"3", "4", "5"} {
		_, e, ok := q.pop()
		require.True(t, ok)
		require.Equal(t, want, string(e.env.Data))
		select {
		case <-all:
			t.Fatalf("%s is not handled", want)
		default:
		}
	}
	q.pop()
	<-all
}

// At the end of a run what has been read goes in, whatever the bound.
func TestALaneThatBlocksTakesAllInTheEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		lane Lane
	}{
		{"events", Lane{Events: 2, Bytes: DefaultLaneBytes, Overflow: Block}},
		{"bytes", Lane{Events: 1000, Bytes: 2, Overflow: Block}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := newBounded(1, 1, 1)
			q.lanes[0].lane = c.lane
			require.Empty(t, offer(q, high(1)))
			require.Empty(t, offer(q, high(2)))
			require.Equal(t, "blocked", offer(q, high(3)))
			q.unblock()
			assert.Empty(t, offer(q, high(3)))
			assert.Empty(t, offer(q, high(4)))
			assert.Equal(t, []string{"high 1", "high 2", "high 3", "high 4"}, drain(q))
		})
	}
}

// A state that was read again takes the place of the one that waits, too, and is
// followed by newer ones in that place.
func TestCoalescingTakesInWhatIsReadAgain(t *testing.T) {
	t.Parallel()
	q := newBounded(10, 10, 10)
	q.lanes[1].lane.Overflow = CoalesceLatest
	q.push(medium(1))
	replaced, err := q.queue.fill(t.Context(), medium(2))
	require.NoError(t, err)
	require.Len(t, replaced, 1)
	assert.True(t, replaced[0].coalesced)
	assert.Equal(t, "1", string(replaced[0].entry.env.Data))
	q.push(medium(3))
	assert.Equal(t, []string{"medium 3"}, drain(q))
}
