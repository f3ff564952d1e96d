package client

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

// added is a fact; it travels on the high lane.
func added(n int) events.Envelope { return numbered(events.TypeMessageAdded, n) }

func TestAFactThatLeavesAFullLaneComesLate(t *testing.T) {
	t.Parallel()
	q := newBounded(2, 10, 10)
	for n := range 4 {
		fates := q.push(added(n))
		require.Equal(t, n >= 2, len(fates) == 1, n)
		assert.Equal(t, n >= 2, n >= 2 && fates[0].owed, n)
	}
	assert.Equal(t, 2, q.owed())
	assert.Equal(t, []string{
		"overflow opened #1", "high 2", "high 3", "overflow closed #1", "high 0", "high 1",
	}, drain(q))
	assert.Equal(t, 1, q.owed(), "the last one is being handled")
	q.mu.Lock()
	q.finish()
	q.mu.Unlock()
	assert.Zero(t, q.owed())
}

func TestWhatComesLateTakesTurnsWithTheLowerLanes(t *testing.T) {
	t.Parallel()
	q := newBounded(10, 10, 10)
	for n := range 3 {
		require.NoError(t, q.fill(t.Context(), added(n)))
		q.push(medium(10 + n))
	}
	q.push(high(20))
	q.push(low(30))
	assert.Equal(t, []string{
		"high 20", "high 0", "medium 10", "high 1", "medium 11", "high 2", "medium 12", "low 30",
	}, drain(q), "the high lane waits for nobody")
}

// 50,000 repaired messages leave live events alone: who reads them waits.
func TestBackfillIsNotThroughTheLanes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newBounded(10, 10, 10)
		ctx, cancel := context.WithCancelCause(t.Context())
		filled := 0
		ended := make(chan error, 1)
		go func() {
			for filled < 50_000 {
				if err := q.fill(ctx, added(filled)); err != nil {
					ended <- err
					return
				}
				filled++
			}
			ended <- nil
		}()
		synctest.Wait()
		assert.Equal(t, backRoom, filled, "it waits for room")
		for n := range 10 {
			assert.Empty(t, q.push(high(n)))
		}
		for n := range 10 {
			_, e, ok := q.pop()
			require.True(t, ok)
			assert.Equal(t, events.TypeTipsUpdated, e.env.Type, n)
		}
		for range 7 {
			_, _, ok := q.pop()
			require.True(t, ok)
		}
		synctest.Wait()
		assert.Equal(t, backRoom+7, filled, "one for one")
		stop := errors.New("stop")
		cancel(stop)
		assert.Equal(t, stop, <-ended)
	})
}

func TestTooManyOwedFactsAreLost(t *testing.T) {
	t.Parallel()
	q := newBounded(1, 1, 1)
	for n := range maxOwed + 3 {
		q.push(added(n))
	}
	assert.Equal(t, maxOwed, q.owed())
	fates := q.push(added(0))
	require.Len(t, fates, 1)
	assert.False(t, fates[0].owed)
	q.close()
	var closed events.Gap
	for _, g := range q.ledger.all() {
		closed = g
	}
	assert.Equal(t, maxOwed+3, closed.Dropped)
	settled := q.ledger.settle(q.ledger.mark(), false)
	require.Len(t, settled, 1)
	assert.Equal(t, events.GapUnrepairable, settled[0].Outcome)
	assert.Equal(t, 3, settled[0].Lost)
	assert.Equal(t, maxOwed, settled[0].Repaired)
}

func TestOwedPayloadsAreBounded(t *testing.T) {
	t.Parallel()
	q := newBounded(1, 1, 1)
	large := added(0)
	large.Data = make([]byte, owedBytes/2)
	for range 4 {
		q.push(large)
	}
	assert.Equal(t, 2, q.owed())
}

// final is the finalization of message m1, or of another one.
func final(id string) events.Envelope {
	env := numbered(events.TypeMessageFinalized, 1)
	env.Data = fmt.Appendf(nil, `{"message_id":%q}`, id)
	return env
}

func TestAFinalizationIsHeldForItsMessage(t *testing.T) {
	t.Parallel()
	q := newBounded(10, 10, 10)
	q.push(final("m1"))
	_, e, ok := q.pop()
	require.True(t, ok)
	require.True(t, q.hold(&e))
	assert.False(t, q.hold(&e), "once")
	assert.Equal(t, 1, q.owed())

	q.freed(func(string) bool { return true })
	_, ok = q.release("m2")
	assert.False(t, ok)
	got, ok := q.release("m1")
	assert.True(t, ok)
	assert.Equal(t, `{"message_id":"m1"}`, string(got.env.Data))
	assert.Equal(t, 1, q.owed(), "it is being handled")
	q.handled(&got)
	assert.Zero(t, q.owed())

	require.True(t, q.hold(&e))
	q.freed(func(id string) bool { return id != "m1" })
	assert.Equal(t, []string{`high {"message_id":"m1"}`}, drain(q), "it need not wait any more")
}

func TestAWaitForAllThatIsQueued(t *testing.T) {
	t.Parallel()
	q := newBounded(2, 10, 10)
	done := func(c <-chan struct{}) bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	}
	assert.True(t, done(q.all()), "nothing is queued")
	q.push(low(1))
	for n := range 3 {
		q.push(added(n)) // the last one makes the first late
	}
	first := q.all()
	second := q.all()
	q.push(high(9))
	third := q.all()
	for {
		_, e, ok := q.pop()
		require.True(t, ok)
		if e.env.Type == events.TypeEconomicsUpdated {
			break
		}
		assert.False(t, done(first), "low 1 is not handled")
	}
	assert.False(t, done(first), "it is being handled")
	q.close()
	for ok := true; ok; {
		_, _, ok = q.pop()
	}
	for i, c := range []<-chan struct{}{first, second, third} {
		assert.True(t, done(c), i)
	}
}

func TestAWaitIncludesWhatIsHeld(t *testing.T) {
	t.Parallel()
	q := newBounded(2, 10, 10)
	q.push(final("m1"))
	all := q.all()
	_, e, _ := q.pop()
	require.True(t, q.hold(&e))
	q.push(low(2))
	q.pop()
	q.mu.Lock()
	q.finish()
	q.mu.Unlock()
	select {
	case <-all:
		t.Fatal("it is not handled")
	default:
	}
	got, ok := q.release("m1")
	require.True(t, ok)
	q.handled(&got)
	<-all
}

func TestALedgerKeepsWhatIsOpenAndTheLast(t *testing.T) {
	t.Parallel()
	l := &ledger{}
	open, _ := l.begin(events.Gap{Cause: events.GapByDead}, 0)
	for n := range 2 * remembered {
		g, _ := l.begin(events.Gap{Cause: events.GapByStall, Families: []events.Family{events.Notice}, From: time.Unix(int64(n), 0)}, 0)
		require.Len(t, l.close(g, time.Unix(int64(n)+1, 0), losses{}, 0), 2, "closed and settled")
		require.Empty(t, l.close(g, time.Unix(int64(n)+1, 0), losses{}, 0), "once")
	}
	all := l.all()
	require.Len(t, all, remembered+1)
	assert.Equal(t, open, all[0])
	assert.Equal(t, uint64(2*remembered+1), all[len(all)-1].Number)
	assert.Equal(t, 1, l.opened())
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	notice, fact, state := events.Notice, events.Fact, events.State
	for _, c := range []struct {
		name     string
		cause    events.GapCause
		families []events.Family
		lost     losses
		want     events.GapOutcome
		repaired int
		gone     int
		at       string // when it is settled
	}{
		{"all kinds", events.GapByStall, []events.Family{notice, fact, state}, losses{}, events.GapUnrepairable, 2, events.LostUnknown, "pass"},
		{"facts", events.GapByStall, []events.Family{fact, state}, losses{}, events.GapRepaired, 2, 0, "pass"},
		{"states", events.GapByDeaf, []events.Family{state}, losses{}, events.GapReread, 0, 0, "pass"},
		{"notices", events.GapBySwitch, []events.Family{notice}, losses{}, events.GapUnrepairable, 0, events.LostUnknown, "close"},
		{"overflow of facts", events.GapByOverflow, []events.Family{notice, fact}, losses{facts: 7}, events.GapRepaired, 7, 0, "pass"},
		{"overflow of states", events.GapByOverflow, []events.Family{notice, state}, losses{states: 7}, events.GapReread, 0, 0, "pass"},
		{"overflow of notices", events.GapByOverflow, []events.Family{notice, state}, losses{notices: 7}, events.GapUnrepairable, 0, 7, "close"},
		{"overflow of all", events.GapByOverflow, nil, losses{facts: 1, states: 2, notices: 3, gone: 4}, events.GapUnrepairable, 1, 7, "pass"},
		{"a cursor that was too small", events.GapByResume, []events.Family{fact}, losses{gone: 5}, events.GapUnrepairable, 2, 5, "pass"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := &ledger{}
			l.delivered() // before
			before := l.mark()
			g, _ := l.begin(events.Gap{Cause: c.cause, Families: c.families, From: time.Unix(5, 0)}, 0)
			l.delivered()
			l.delivered()
			notices := l.close(g, time.Unix(4, 0), c.lost, 0)
			require.NotEmpty(t, notices)
			assert.Equal(t, events.GapClosed, notices[0].Stage)
			assert.Equal(t, time.Unix(5, 0), notices[0].To, "not before it began")
			notices = notices[1:]
			require.Equal(t, c.at == "close", len(notices) == 1)
			if c.at == "pass" {
				assert.Empty(t, l.settle(before, false), "it was not closed then")
				notices = l.settle(l.mark(), false)
			}
			require.Len(t, notices, 1)
			assert.Equal(t, events.GapSettled, notices[0].Stage)
			assert.Equal(t, c.want, notices[0].Outcome)
			assert.Equal(t, c.repaired, notices[0].Repaired)
			assert.Equal(t, c.gone, notices[0].Lost)
			assert.Empty(t, l.settle(l.mark(), false))
			assert.Equal(t, notices, l.all())
		})
	}
}

func TestAMarkComesBehindWhatWasBackfilled(t *testing.T) {
	t.Parallel()
	q := newBounded(1, 1, 1)
	require.NoError(t, q.fill(t.Context(), added(1)))
	q.settles(7, false)
	require.NoError(t, q.fill(t.Context(), added(2)))
	var got []string
	for range 3 {
		_, e, ok := q.pop()
		require.True(t, ok)
		got = append(got, fmt.Sprint(e.mark, " ", string(e.env.Data)))
	}
	assert.Equal(t, []string{"0 1", "7 ", "0 2"}, got)
}
