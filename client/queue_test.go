package client

import (
	"context"
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

// A bounded is a queue whose lanes have room for so many events.
type bounded struct{ *queue }

func newBounded(high, medium, low int) bounded {
	lanes := [3]Lane{{Events: high}, {Events: medium}, {Events: low}}
	for i := range lanes {
		lanes[i].Bytes = DefaultLaneBytes
	}
	return bounded{newQueue(lanes)}
}

// push adds one event and returns what had to make room for it.
func (q bounded) push(env events.Envelope) (fates []fate) {
	_, fates = q.queue.push([]entry{newEntry(env)}, nil)
	return fates
}

// fill is the queue's, without what it replaced.
func (q bounded) fill(ctx context.Context, env events.Envelope) error {
	_, err := q.queue.fill(ctx, env)
	return err
}

// pop returns the next item, and the entry in hand if it is none. What it returned
// before has been handled.
func (q bounded) pop() (it item, e entry, ok bool) {
	it, ok = q.next()
	if len(q.hand.entries) > 0 {
		e = q.hand.entries[0]
	}
	return it, e, ok
}

// drain handles all that is queued but the last of it, each as a short word.
func drain(q bounded) (words []string) {
	for {
		q.mu.Lock()
		q.hand.entries, q.hand.gap = q.hand.entries[:0], false
		it, ok := q.take()
		q.mu.Unlock()
		switch {
		case !ok:
			return words
		case it.change != nil:
			words = append(words, it.change.To.String())
		case it.gap != nil:
			words = append(words, fmt.Sprintf("%s %s #%d", it.gap.Cause, it.gap.Stage, it.gap.Number))
		default:
			for _, e := range q.hand.entries {
				words = append(words, e.env.Type.Priority().String()+" "+string(e.env.Data))
			}
		}
	}
}

func TestLanesAreServedInOrderOfPriority(t *testing.T) {
	q := newBounded(10, 10, 10)
	q.push(low(1))
	q.push(medium(2))
	q.push(high(3))
	q.push(medium(4))
	q.push(high(5))
	q.tell(Change{To: Connected})
	assert.Equal(t, []string{"connected", "high 3", "high 5", "medium 2", "medium 4", "low 1"}, drain(q))
}

func TestAGapKeepsItsPlaceInEveryLane(t *testing.T) {
	q := newBounded(10, 10, 10)
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
	q := newBounded(3, 10, 10)
	push := func(n int, wantDropped, wantOpened bool) {
		fates := q.push(high(n))
		require.Equal(t, wantDropped, len(fates) == 1, n)
		require.Equal(t, wantOpened, wantDropped && fates[0].opened, n)
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
	q := newBounded(2, 1, 1)
	for n := 1; n <= 6; n++ {
		q.push(high(n))
	}
	var closed *events.Gap
	for {
		it, _, ok := q.pop()
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
	q := newBounded(4, 1, 1)
	for n := range 6 {
		q.push(high(n))
	}
	for range 4 { // the notice and three of the four that are left
		_, _, ok := q.pop()
		require.True(t, ok)
	}
	q.push(high(6))
	for n := 7; n < 12; n++ {
		q.push(high(n))
	}
	assert.Equal(t, []string{
		"overflow closed #1", "overflow opened #2", "high 8", "high 9", "high 10", "high 11", "overflow closed #2",
	}, drain(q), "a second flood is a second episode")
}

func TestAnOverflowOfOneLaneLeavesTheOthersAlone(t *testing.T) {
	q := newBounded(10, 1, 10)
	q.push(medium(1))
	q.push(medium(2))
	q.push(high(3))
	q.push(low(4))
	assert.Equal(t, []string{
		"overflow opened #1", "high 3", "medium 2", "overflow closed #1", "low 4",
	}, drain(q))
}

func TestALostEventBeforeAGapIsToldBeforeIt(t *testing.T) {
	q := newBounded(2, 1, 1)
	q.push(high(1))
	q.push(high(2))
	q.open(events.Gap{Cause: events.GapByDisconnect, From: time.Unix(2, 0)})
	q.push(high(3)) // loses 1, which came before the disconnect
	assert.Equal(t, []string{
		"overflow opened #2", "high 2", "disconnect opened #1", "high 3", "overflow closed #2",
	}, drain(q))
}

func TestThereIsAHandlerGoroutineOnlyWhileThereIsSomethingToHandle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newBounded(1, 1, 1)
		begun := 0
		var got []string
		serve := func() {
			begun++
			go func() {
				for {
					_, e, ok := q.pop()
					if !ok {
						return
					}
					got = append(got, string(e.env.Data))
				}
			}()
		}
		q.push(high(1))
		assert.Zero(t, begun, "not before the run")
		q.starts(serve)
		synctest.Wait()
		assert.Equal(t, []string{"1"}, got)
		assert.Equal(t, 1, begun)
		q.push(low(2))
		synctest.Wait()
		assert.Equal(t, []string{"1", "2"}, got)
		assert.Equal(t, 2, begun)
		q.push(low(3))
		q.close()
		<-q.idle
		assert.Equal(t, []string{"1", "2", "3"}, got)
		q.push(low(4))
		synctest.Wait()
		assert.Equal(t, 3, begun, "it is over")
	})
}

func TestCloseTellsTheCountOfAnOpenOverflow(t *testing.T) {
	q := newBounded(2, 1, 1)
	for n := range 4 {
		q.push(high(n))
	}
	q.close()
	assert.Equal(t, []string{"overflow opened #1", "overflow closed #1", "high 2", "high 3"}, drain(q))
}

func TestDiscardCountsWhatIsLeft(t *testing.T) {
	q := newBounded(5, 5, 5)
	q.push(high(1))
	q.push(high(2))
	q.push(low(3))
	q.open(events.Gap{Cause: events.GapByDisconnect, From: time.Unix(1, 0)})
	assert.Equal(t, [3]int{2, 0, 1}, q.discard())
	assert.Empty(t, drain(q))
}

func TestAnIdleLaneCostsNothingAndAFullOneItsBound(t *testing.T) {
	r := ring{}
	assert.Empty(t, r.buf)
	for n := range 1000 {
		if r.n == 100 {
			r.pop()
		}
		r.push(&entry{env: high(n)})
	}
	assert.Len(t, r.buf, 128)
	first := r.pop()
	assert.Equal(t, "900", string(first.env.Data))
	r.unpop(&first)
	assert.Equal(t, "900", string(r.head().env.Data))
	assert.Equal(t, 300, r.bytes)
}

func TestQueueDoesNotAllocatePerEvent(t *testing.T) {
	q := newBounded(1000, 1000, 1000)
	batch := []entry{newEntry(high(1)), newEntry(low(2)), newEntry(medium(3))}
	fates := make([]fate, 0, len(batch))
	for range 1001 {
		q.queue.push(batch, fates)
	}
	assert.Zero(t, testing.AllocsPerRun(1000, func() {
		q.queue.push(batch, fates)
		q.next()
	}))
}

// One event at a time, as on a quiet stream, and as many as a reader collects.
func BenchmarkQueue(b *testing.B) {
	for _, size := range []int{1, maxBatch} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			q := newBounded(1000, 500, 100)
			batch := make([]entry, size)
			for i := range batch {
				batch[i] = newEntry(high(1))
			}
			b.ReportAllocs()
			for n := 0; n < b.N; n += size {
				q.queue.push(batch, nil)
				for ok := true; ok; {
					_, ok = q.next()
					q.hand.at.Store(int32(len(q.hand.entries)))
				}
			}
		})
	}
}
