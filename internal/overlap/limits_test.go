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

// beating returns beats of a type for so many seconds, three seconds apart, with a
// notice after each.
func beating(of, notice events.Type, from, to int64) (seq []event) {
	for second := from; second < to; second += 3 {
		seq = append(seq, made(of, second, "a"), made(notice, second+1, "x"))
	}
	return seq
}

func TestBothLanesMustHaveACommonBeat(t *testing.T) {
	var c overlap.Cut
	assert.False(t, c.Done(), "the zero Cut knows nothing")
	high, medium := beating(tips, transfer, 0, 9), beating(kcore, reputation, 0, 9)
	older(&c, append(high, medium...)...)
	newer(&c, high...)
	assert.False(t, c.Done())
	n, ok := c.Skip(events.High)
	assert.True(t, ok)
	assert.Equal(t, len(high), n)
	_, ok = c.Skip(events.Medium)
	assert.False(t, ok)
	newer(&c, medium...)
	assert.True(t, c.Done())
}

func TestTheLowLaneIsNeverCut(t *testing.T) {
	var c overlap.Cut
	seq := append(beating(tips, economics, 0, 30), beating(kcore, economics, 0, 30)...)
	older(&c, seq...)
	newer(&c, seq...)
	for _, in := range []events.Priority{events.Low, events.AnyPriority, events.Priority(9)} {
		n, ok := c.Skip(in)
		assert.False(t, ok)
		assert.Zero(t, n)
	}
	n, ok := c.Skip(events.High)
	assert.True(t, ok)
	assert.Equal(t, 10, n, "nor counted elsewhere")
}

// The old one is ahead of the new one: more is to be skipped than came so far.
func TestTheNewOneMayBeBehind(t *testing.T) {
	var c overlap.Cut
	seq := beating(tips, transfer, 0, 60)
	older(&c, seq...)
	newer(&c, seq[:4]...)
	n, ok := c.Skip(events.High)
	assert.True(t, ok)
	assert.Equal(t, len(seq), n)
}

// The old one is deaf and far behind: the new one hands on all that came later.
func TestTheOldOneMayBeBehind(t *testing.T) {
	var c overlap.Cut
	seq := beating(tips, transfer, 0, 60)
	older(&c, seq[:6]...)
	newer(&c, seq[1:]...)
	n, ok := c.Skip(events.High)
	assert.True(t, ok)
	assert.Equal(t, 5, n)
}

// Lag lost events of one of them. After the next common beat the count is right
// again, on either side.
func TestTheNextCommonBeatPutsAHoleRight(t *testing.T) {
	seq := beating(tips, transfer, 0, 60)
	for _, c := range []struct {
		name          string
		lostOld, lost int // which events each lost: seq[n:n+5]
		skip          int // of the new one's, in the end
	}{
		{"on the new one", -1, 11, len(seq) - 5},
		{"on the old one", 11, -1, len(seq)},
		{"on both, the same", 11, 11, len(seq) - 5},
		{"on both, others", 5, 21, len(seq) - 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			var cut overlap.Cut
			for i, e := range seq {
				if c.lostOld < 0 || i < c.lostOld || i >= c.lostOld+5 {
					older(&cut, e)
				}
				if c.lost < 0 || i < c.lost || i >= c.lost+5 {
					newer(&cut, e)
				}
			}
			n, ok := cut.Skip(events.High)
			assert.True(t, ok)
			assert.Equal(t, c.skip, n)
		})
	}
}

// Nobody knows which lane a type travels in that is not in the catalogue, so it may
// be in another place on the other connection.
func TestAnUnknownTypeHasToBePassedByABeat(t *testing.T) {
	seq := beating(kcore, reputation, 0, 30)
	for _, give := range []func(*overlap.Cut, ...event){older, newer} {
		var c overlap.Cut
		older(&c, append(seq, beating(tips, transfer, 0, 30)...)...)
		newer(&c, append(seq, beating(tips, transfer, 0, 30)...)...)
		require.True(t, c.Done())
		give(&c, made("BrandNew", 29, "x"))
		_, ok := c.Skip(events.Medium)
		assert.False(t, ok)
		_, ok = c.Skip(events.High)
		assert.True(t, ok, "the high lane has none")
		assert.False(t, c.Done())

		older(&c, made(kcore, 30, "a"))
		newer(&c, made(kcore, 30, "a"))
		assert.False(t, c.Done(), "the beat tells that they differ")
		older(&c, made(kcore, 36, "a"))
		newer(&c, made(kcore, 36, "a"))
		assert.True(t, c.Done())
	}

	var c overlap.Cut
	older(&c, seq...)
	older(&c, made("BrandNew", 29, "x"), made(kcore, 30, "a"))
	newer(&c, made("BrandNew", 0, "x"))
	newer(&c, seq...)
	newer(&c, made(kcore, 30, "a"))
	older(&c, made(kcore, 36, "a"))
	newer(&c, made(kcore, 36, "a"))
	n, ok := c.Skip(events.Medium)
	assert.True(t, ok)
	assert.Equal(t, len(seq)+3, n, "they count, as events of the medium lane")
}

func TestABeatThatDiffersIsNone(t *testing.T) {
	var c overlap.Cut
	older(&c, made(tips, 0, "a"), made(tips, 3, "a"), made(tips, 6, "a"))
	newer(&c, made(tips, 0, "a"), made(tips, 3, "b"), event{tips, 6, made(tips, 9, "a").data}, event{tips, 9, made(tips, 6, "a").data})
	_, ok := c.Skip(events.High)
	assert.False(t, ok, "another content, another second")
}

func TestABeatWithoutATimeIsCountedOnly(t *testing.T) {
	var c overlap.Cut
	c.Old(tips, time.Time{}, []byte(`{}`))
	c.New(tips, time.Time{}, []byte(`{}`))
	_, ok := c.Skip(events.High)
	require.False(t, ok)
	older(&c, beating(tips, transfer, 0, 6)...)
	newer(&c, beating(tips, transfer, 0, 6)...)
	n, ok := c.Skip(events.High)
	assert.True(t, ok)
	assert.Equal(t, 5, n)
}

// Fractions of a second, as other servers may write them, do not matter.
func TestSecondsAreWhole(t *testing.T) {
	var c overlap.Cut
	give := func(f func(events.Type, time.Time, []byte), at time.Duration) {
		f(tips, time.Unix(100, 0).Add(at), fmt.Append(nil, at))
	}
	give(c.Old, 100*time.Millisecond)
	give(c.Old, 900*time.Millisecond)
	give(c.New, 200*time.Millisecond)
	give(c.New, 900*time.Millisecond)
	_, ok := c.Skip(events.High)
	require.False(t, ok, "the same second as the first")
	give(c.Old, 1100*time.Millisecond)
	give(c.New, 1100*time.Millisecond)
	n, ok := c.Skip(events.High)
	assert.True(t, ok)
	assert.Equal(t, 3, n)
}

// Of the beats, the last 256 are remembered. One that is so far behind
// has to come nearer.
func TestMemoryIsBounded(t *testing.T) {
	seq := beating(tips, transfer, 0, 3*1000)
	var c overlap.Cut
	newer(&c, seq...)
	older(&c, seq[:2*(1000-256)]...)
	_, ok := c.Skip(events.High)
	assert.False(t, ok)
	older(&c, seq[2*(1000-256)])
	n, ok := c.Skip(events.High)
	assert.True(t, ok)
	assert.Equal(t, 2*(1000-256)+1, n)
}

// The first of two equal beats is forgotten on one side, and remembered on the other:
// it is not taken for the second.
func TestAForgottenTwinIsNotTakenForTheOther(t *testing.T) {
	var c overlap.Cut
	seq := []event{made(tips, 0, "a"), made(tips, 10, "a"), made(transfer, 10, "x"), made(tips, 10, "a")}
	newer(&c, seq...)
	newer(&c, beating(tips, transfer, 20, 20+3*255)...)
	older(&c, seq[:3]...)
	_, ok := c.Skip(events.High)
	assert.False(t, ok)
	older(&c, seq[3])
	n, ok := c.Skip(events.High)
	assert.True(t, ok)
	assert.Equal(t, 4, n)
}

// In a second with more beats than are remembered, the number of the others is not
// known: they are passed over, whatever is remembered of them on the other side.
func TestASecondWithTooManyBeats(t *testing.T) {
	burst := make([]event, 600)
	for i := range burst {
		burst[i] = made(tips, 10, "a")
	}
	for received := 1; received <= len(burst); received += 37 {
		var c overlap.Cut
		older(&c, made(tips, 1, "a"))
		newer(&c, made(tips, 1, "a"))
		older(&c, burst...)
		newer(&c, burst[:received]...)
		n, ok := c.Skip(events.High)
		require.True(t, ok)
		require.Equal(t, 601, n)
		newer(&c, burst[received:]...)
		older(&c, made(tips, 11, "a"))
		newer(&c, made(tips, 11, "a"))
		n, ok = c.Skip(events.High)
		require.True(t, ok)
		require.Equal(t, 602, n)
	}
}
