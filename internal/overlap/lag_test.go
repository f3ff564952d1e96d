package overlap_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/overlap"
	"github.com/adic/adic-go/subscription/events"
)

// confirm gives c one event that comes after the cut.
func confirm(c *overlap.Cut, e event) bool {
	return c.Confirm(e.of, time.Unix(e.second, 0), []byte(e.data))
}

// notices returns n of them, all different.
func notices(of events.Type, second int64, n int) (seq []event) {
	for i := range n {
		seq = append(seq, made(of, second, fmt.Sprint(i)))
	}
	return seq
}

// without returns seq without its event i.
func without(seq []event, i int) []event {
	return append(append([]event{}, seq[:i]...), seq[i+1:]...)
}

// After the last common beat, one connection lost an event, and both went on: there
// is no count that is right for all of them, and none is given until the next beat.
func TestLagAfterTheLastBeatLeavesNoCount(t *testing.T) {
	for _, of := range []struct{ beat, notice events.Type }{{tips, transfer}, {kcore, reputation}} {
		in := of.beat.Lane()
		start, after, next := beating(of.beat, of.notice, 0, 9), notices(of.notice, 9, 4), made(of.beat, 12, "b")
		lost := without(after, 1)
		for name, tails := range map[string]struct{ old, new []event }{
			"on the old one":    {lost, after},
			"on the new one":    {after, lost},
			"on both, others":   {lost, without(after, 2)},
			"on a slow old one": {lost[:2], after},
			"on a slow new one": {after, lost[:2]},
		} {
			t.Run(name, func(t *testing.T) {
				var early, late overlap.Cut // either side may be the first
				older(&early, append(start, tails.old...)...)
				newer(&early, append(start, tails.new...)...)
				newer(&late, append(start, tails.new...)...)
				older(&late, append(start, tails.old...)...)
				for _, c := range []*overlap.Cut{&early, &late} {
					n, ok := c.Skip(in)
					require.False(t, ok)
					assert.Zero(t, n)
					older(c, notices(of.notice, 11, 1)...)
					newer(c, notices(of.notice, 11, 1)...)
					older(c, next)
					_, ok = c.Skip(in)
					require.False(t, ok)
					newer(c, next)
					n, ok = c.Skip(in)
					require.True(t, ok)
					assert.Equal(t, len(start)+len(tails.new)+2, n)
				}
			})
		}
	}
}

func TestDoneCanBecomeFalse(t *testing.T) {
	var c overlap.Cut
	seq := append(beating(tips, transfer, 0, 9), beating(kcore, reputation, 0, 9)...)
	older(&c, seq...)
	newer(&c, seq...)
	require.True(t, c.Done())
	older(&c, made(reputation, 9, "a"))
	require.True(t, c.Done())
	newer(&c, made(reputation, 9, "b"))
	assert.False(t, c.Done())
}

// The type is part of what is compared.
func TestEqualPayloadsOfTwoTypesDiffer(t *testing.T) {
	var c overlap.Cut
	older(&c, beating(tips, transfer, 0, 9)...)
	newer(&c, beating(tips, transfer, 0, 9)...)
	older(&c, made(transfer, 9, "a"))
	newer(&c, made(events.TypeMessageAdded, 9, "a"))
	_, ok := c.Skip(events.High)
	assert.False(t, ok)
}

// The old one is ahead: what it has delivered is confirmed one by one.
func TestWhatIsStillToComeIsConfirmed(t *testing.T) {
	var c overlap.Cut
	start, rest := beating(tips, transfer, 0, 9), append(notices(transfer, 9, 3), made(tips, 10, "b"), made(transfer, 11, "T"))
	older(&c, append(start, rest...)...)
	newer(&c, start...)
	for _, e := range rest {
		n, ok := c.Skip(events.High)
		require.True(t, ok)
		require.Equal(t, len(start)+len(rest), n, "it stays what it was")
		require.True(t, confirm(&c, e))
	}
	for range 3 {
		assert.False(t, confirm(&c, made(transfer, 11, "T")), "the old one has delivered no more, equal or not")
	}
	n, ok := c.Skip(events.High)
	assert.True(t, ok, "they do not differ")
	assert.Equal(t, len(start)+len(rest), n)
}

func TestAnotherEventIsNotConfirmed(t *testing.T) {
	start, rest := beating(kcore, reputation, 0, 9), notices(reputation, 9, 4)
	for name, next := range map[string]event{
		"the new one lost one": rest[2],
		"the old one lost one": made(reputation, 9, "lost"),
		"an unknown type":      made("BrandNew", 9, "1"),
	} {
		t.Run(name, func(t *testing.T) {
			var c overlap.Cut
			older(&c, append(start, rest...)...)
			newer(&c, start...)
			require.True(t, confirm(&c, rest[0]))
			assert.False(t, confirm(&c, next))
			assert.False(t, confirm(&c, rest[3]))
			_, ok := c.Skip(events.Medium)
			assert.False(t, ok)
		})
	}
}

func TestNothingIsConfirmedWithoutACut(t *testing.T) {
	var c overlap.Cut
	older(&c, made(tips, 0, "a"), made(economics, 0, "a"))
	assert.False(t, confirm(&c, made(tips, 0, "a")), "the lane has no common beat")
	assert.False(t, confirm(&c, made(economics, 0, "a")), "nor ever has the low lane")
}

// Events were lost before a beat. The beat itself tells, so its number is in doubt; in
// a later second they meet again.
func TestTheBeatThatTellsIsNotTheOneToMeetAt(t *testing.T) {
	start, lost, rest := beating(tips, transfer, 0, 9), made(transfer, 8, "lost"), beating(tips, transfer, 9, 15)

	var c overlap.Cut
	older(&c, append(append(start, lost), rest...)...)
	newer(&c, start...)
	require.False(t, confirm(&c, rest[0]))
	require.False(t, confirm(&c, rest[1]))
	n, ok := c.Skip(events.High)
	require.False(t, ok)
	require.Zero(t, n)
	assert.True(t, confirm(&c, rest[2]), "the old one has delivered it, too")
	n, ok = c.Skip(events.High)
	assert.True(t, ok)
	assert.Equal(t, len(start)+len(rest), n)
}

// The one that is far behind lost events. It meets the other one at its own next beat
// of a later second, wherever that one is.
func TestWhoIsBehindMeetsTheOtherThere(t *testing.T) {
	seq := beating(tips, transfer, 0, 60)
	for name, give := range map[string][2]func(*overlap.Cut, ...event){
		"the old one": {newer, older}, "the new one": {older, newer},
	} {
		t.Run(name, func(t *testing.T) {
			var c overlap.Cut
			give[0](&c, seq...)
			give[1](&c, seq[:5]...)
			give[1](&c, seq[6]) // a beat
			_, ok := c.Skip(events.High)
			require.False(t, ok)
			give[1](&c, seq[7:9]...)
			_, ok = c.Skip(events.High)
			assert.True(t, ok)
		})
	}
}

// The old one has delivered the first of two equal beats, and the new one lost it. To
// take the second for it would skip what is between them.
func TestWhatIsBetweenEqualBeatsIsNotSkipped(t *testing.T) {
	start, twin, x := beating(tips, transfer, 0, 9), made(tips, 100, "a"), made(transfer, 100, "x")
	var early, late overlap.Cut
	older(&early, append(start, twin)...)
	newer(&early, append(start, x, twin)...)
	newer(&late, append(start, x, twin)...)
	older(&late, append(start, twin)...)
	for _, c := range []*overlap.Cut{&early, &late} {
		_, ok := c.Skip(events.High)
		assert.False(t, ok)
	}
}

// The new one lost the first of three equal beats, so it numbers the others wrongly:
// first it is thought to be at the first. What follows is not what followed that.
func TestAWrongNumberIsFoundOut(t *testing.T) {
	twin, x := made(tips, 100, "a"), made(transfer, 100, "x")
	var c overlap.Cut
	older(&c, made(tips, 99, "a"), twin, twin, x, twin)
	newer(&c, made(tips, 99, "b"), twin)
	_, ok := c.Skip(events.High)
	require.True(t, ok)
	assert.False(t, confirm(&c, x))
}

// One of them lost the first of two equal beats, and they meet at the other one. All
// agrees from there on; that the numbers of later equal ones do not fit is no matter.
func TestAWrongNumberDoesNotMoveWhatAgrees(t *testing.T) {
	twin, b, x := made(tips, 100, "a"), made(tips, 100, "b"), made(transfer, 100, "x")
	rest := []event{b, x, twin, x, twin, made(transfer, 100, "z")}
	for received := 1; received <= len(rest); received++ {
		var c overlap.Cut
		older(&c, made(tips, 99, "a"), twin)
		newer(&c, made(tips, 99, "b"))
		for _, e := range rest[:received] {
			newer(&c, e)
			older(&c, e)
		}
		older(&c, rest[received:]...)
		n, ok := c.Skip(events.High)
		require.True(t, ok)
		assert.Equal(t, 1+len(rest), n, "%d received", received)
		for _, e := range rest[received:] {
			require.True(t, confirm(&c, e))
		}
	}
}

// An event that is not remembered any more cannot be compared.
func TestOnlySoFarAheadCanBeVerified(t *testing.T) {
	start, many, next := beating(tips, transfer, 0, 9), notices(transfer, 9, 4097), made(tips, 12, "b")

	t.Run("the old one is ahead", func(t *testing.T) {
		var c overlap.Cut
		older(&c, start...)
		newer(&c, start...)
		older(&c, many[:4096]...)
		n, ok := c.Skip(events.High)
		require.True(t, ok)
		require.Equal(t, len(start)+4096, n)
		older(&c, many[4096])
		_, ok = c.Skip(events.High)
		require.False(t, ok)
		newer(&c, many[0])
		_, ok = c.Skip(events.High)
		require.False(t, ok, "what is gone stays gone")
		newer(&c, many[1:]...)
		older(&c, next)
		newer(&c, next)
		_, ok = c.Skip(events.High)
		assert.True(t, ok)
	})
	t.Run("the new one is ahead", func(t *testing.T) {
		var c overlap.Cut
		older(&c, start...)
		newer(&c, append(start, many...)...)
		n, ok := c.Skip(events.High)
		require.True(t, ok, "nothing is to be compared")
		require.Equal(t, len(start), n)
		older(&c, many[0])
		_, ok = c.Skip(events.High)
		require.False(t, ok)
	})
	t.Run("the new one is ahead with equal events", func(t *testing.T) {
		var c overlap.Cut
		older(&c, start...)
		newer(&c, start...)
		for range 4097 {
			newer(&c, made(transfer, 9, "T"))
		}
		older(&c, made(transfer, 9, "T"))
		_, ok := c.Skip(events.High)
		assert.False(t, ok, "another one is in its place")
	})
	t.Run("a beat was found behind", func(t *testing.T) {
		var c overlap.Cut
		older(&c, append(start, many...)...)
		newer(&c, start...)
		_, ok := c.Skip(events.High)
		assert.False(t, ok)
	})
	t.Run("both go on", func(t *testing.T) {
		var c overlap.Cut
		older(&c, start...)
		newer(&c, start...)
		for _, e := range many {
			older(&c, e)
			require.True(t, confirm(&c, e))
		}
		for _, e := range many {
			older(&c, e)
			require.True(t, confirm(&c, e), "the second time round")
		}
	})
}
