package client

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

// An event of each lane; the payload tells which.
func high(n int) events.Envelope   { return numbered(events.TypeTipsUpdated, n) }
func medium(n int) events.Envelope { return numbered(events.TypeEnergyUpdated, n) }
func low(n int) events.Envelope    { return numbered(events.TypeEconomicsUpdated, n) }

func numbered(t events.Type, n int) events.Envelope {
	return events.Envelope{Type: t, Data: fmt.Appendf(nil, "%d", n), Received: time.Unix(int64(n), 0)}
}

// drain takes all that is queued, each as a short word.
func drain(q *queue) (words []string) {
	for {
		q.mu.Lock()
		it, ok := q.take()
		q.mu.Unlock()
		if !ok {
			return words
		}
		switch {
		case it.change != nil:
			words = append(words, it.change.To.String())
		case it.gap != nil:
			words = append(words, fmt.Sprintf("%s %s #%d", it.gap.Cause, it.gap.Stage, it.gap.Number))
		default:
			words = append(words, it.entry.env.Type.Priority().String()+" "+string(it.entry.env.Data))
		}
	}
}

func TestLanesAreServedInOrderOfPriority(t *testing.T) {
	q := newQueue([3]int{10, 10, 10})
	q.push(low(1))
	q.push(medium(2))
	q.push(high(3))
	q.push(medium(4))
	q.push(high(5))
	q.tell(Change{To: Connected})
	assert.Equal(t, []string{"connected", "high 3", "high 5", "medium 2", "medium 4", "low 1"}, drain(q))
}

func TestAGapKeepsItsPlaceInEveryLane(t *testing.T) {
	q := newQueue([3]int{10, 10, 10})
	q.push(low(1))
	q.push(high(2))
	g := q.open(events.Gap{Cause: events.GapByDisconnect, Families: []events.Family{events.Fact}, From: time.Unix(2, 0)})
	q.push(high(3))
	q.shut(g, time.Unix(3, 0))
	q.push(high(4))
	q.push(low(5))
	assert.Equal(t, []string{
		"high 2", "low 1", "disconnect opened #1", "high 3", "disconnect closed #1", "high 4", "low 5",
	}, drain(q))
}

func TestOverflowDropsTheOldestAndIsOneGap(t *testing.T) {
	q := newQueue([3]int{3, 10, 10})
	push := func(n int, wantDropped, wantOpened bool) {
		f := q.push(high(n))
		require.Equal(t, wantDropped, f.lost != nil, n)
		require.Equal(t, wantOpened, f.opened, n)
	}
	for n := range 3 {
		push(n, false, false)
	}
	push(3, true, true)
	push(4, true, false)
	q.push(medium(5))
	assert.Equal(t, []string{
		"overflow opened #1", "high 2", "high 3", "high 4", "overflow closed #1", "medium 5",
	}, drain(q))
}

func TestOverflowSaysHowManyAndWhen(t *testing.T) {
	q := newQueue([3]int{2, 1, 1})
	for n := 1; n <= 6; n++ {
		q.push(high(n))
	}
	var closed *events.Gap
	for {
		q.mu.Lock()
		it, ok := q.take()
		q.mu.Unlock()
		if !ok {
			break
		}
		if it.gap != nil && it.gap.Stage == events.GapClosed {
			closed = it.gap
		}
	}
	require.NotNil(t, closed)
	assert.Equal(t, events.Gap{
		Number: 1, Stage: events.GapClosed, Cause: events.GapByOverflow, Lane: events.High,
		From: time.Unix(1, 0), To: time.Unix(4, 0), Dropped: 4,
	}, *closed)
}

func TestAnOverflowEndsWhenTheLaneHasRoomAgain(t *testing.T) {
	q := newQueue([3]int{4, 1, 1})
	for n := range 6 {
		q.push(high(n))
	}
	q.mu.Lock()
	for range 4 { // the notice and three of the four that are left
		_, ok := q.take()
		require.True(t, ok)
	}
	q.mu.Unlock()
	q.push(high(6))
	for n := 7; n < 12; n++ {
		q.push(high(n))
	}
	assert.Equal(t, []string{
		"overflow closed #1", "overflow opened #2", "high 8", "high 9", "high 10", "high 11", "overflow closed #2",
	}, drain(q), "a second flood is a second episode")
}

func TestAnOverflowOfOneLaneLeavesTheOthersAlone(t *testing.T) {
	q := newQueue([3]int{10, 1, 10})
	q.push(medium(1))
	q.push(medium(2))
	q.push(high(3))
	q.push(low(4))
	assert.Equal(t, []string{
		"overflow opened #1", "high 3", "medium 2", "overflow closed #1", "low 4",
	}, drain(q))
}

func TestALostEventBeforeAGapIsToldBeforeIt(t *testing.T) {
	q := newQueue([3]int{2, 1, 1})
	q.push(high(1))
	q.push(high(2))
	q.open(events.Gap{Cause: events.GapByDisconnect, From: time.Unix(2, 0)})
	q.push(high(3)) // loses 1, which came before the disconnect
	assert.Equal(t, []string{
		"overflow opened #2", "high 2", "disconnect opened #1", "high 3", "overflow closed #2",
	}, drain(q))
}

func TestPopWaitsAndEndsWhenClosedAndEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue([3]int{1, 1, 1})
		var got []string
		go func() {
			for {
				it, ok := q.pop()
				if !ok {
					got = append(got, "end")
					return
				}
				got = append(got, string(it.entry.env.Data))
			}
		}()
		synctest.Wait()
		assert.Empty(t, got)
		q.push(high(1))
		synctest.Wait()
		assert.Equal(t, []string{"1"}, got)
		q.push(low(2))
		q.close()
		synctest.Wait()
		assert.Equal(t, []string{"1", "2", "end"}, got)
	})
}

func TestCloseTellsTheCountOfAnOpenOverflow(t *testing.T) {
	q := newQueue([3]int{2, 1, 1})
	for n := range 4 {
		q.push(high(n))
	}
	q.close()
	assert.Equal(t, []string{"overflow opened #1", "overflow closed #1", "high 2", "high 3"}, drain(q))
}

func TestDiscardCountsWhatIsLeft(t *testing.T) {
	q := newQueue([3]int{5, 5, 5})
	q.push(high(1))
	q.push(high(2))
	q.push(low(3))
	q.open(events.Gap{Cause: events.GapByDisconnect, From: time.Unix(1, 0)})
	assert.Equal(t, [3]int{2, 0, 1}, q.discard())
	assert.Empty(t, drain(q))
}

func TestAnIdleLaneCostsNothingAndAFullOneItsBound(t *testing.T) {
	r := ring{bound: 100}
	assert.Empty(t, r.buf)
	for n := range 1000 {
		if r.full() {
			r.pop()
		}
		r.push(entry{env: high(n)})
	}
	assert.Len(t, r.buf, 100)
	assert.Equal(t, "900", string(r.pop().env.Data))
}

func TestQueueDoesNotAllocatePerEvent(t *testing.T) {
	q := newQueue([3]int{1000, 1000, 1000})
	env := high(1)
	for range 1000 {
		q.push(env)
	}
	drain(q)
	assert.Zero(t, testing.AllocsPerRun(1000, func() {
		q.push(env)
		q.mu.Lock()
		q.take()
		q.mu.Unlock()
	}))
}

func BenchmarkQueue(b *testing.B) {
	q := newQueue([3]int{1000, 500, 100})
	env := high(1)
	b.ReportAllocs()
	for b.Loop() {
		q.push(env)
		q.pop()
	}
}
