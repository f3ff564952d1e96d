package repair_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// A message that was not final before the baseline was set, and final then, is in
// the baseline: finding it explains nothing.
func TestFinalInTheBaseline(t *testing.T) {
	b := begun(0)
	b.Found(fact("x", time.Second), at(time.Second))
	b.Found(fact("y", time.Second), at(time.Second))
	b.NotFinal(at(10*time.Second), "x")
	b.Counted(at(20*time.Second), 1) // x
	assert.True(t, ended(b, at(21*time.Second), "x"))
	b.NotFinal(at(21*time.Second), "y")
	assert.True(t, idle(b, at(22*time.Second)))
	counted(b, at(60*time.Second), 2)
	assert.Equal(t, []string{"y"}, open(b, at(60*time.Second)))
}

// A final that became part of the baseline because its message was not known yet
// explains nothing when it is found at last.
func TestKnownTooLate(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 0)
	counted(b, at(5*time.Second), 1) // x, which no answer has shown yet
	assert.True(t, idle(b, at(5*time.Second)), "there is nothing to ask, so it is the baseline")
	assert.True(t, found(b, fact("x", time.Second), at(10*time.Second)))
	assert.True(t, found(b, fact("y", time.Second), at(10*time.Second)))
	b.NotFinal(at(20*time.Second), "y")
	assert.True(t, ended(b, at(20*time.Second), "x"))
	counted(b, at(60*time.Second), 2) // y
	assert.Equal(t, []string{"y"}, open(b, at(60*time.Second)))
}

// A baseline that is too high hides as many finals. It is, if the first count held
// a final whose announcement came after it.
func TestBaselineComesDown(t *testing.T) {
	_, now, b := hunting()
	b.Counted(now, 3) // fell: a new baseline, which holds 0
	b.Finalized("0", now)
	for _, id := range []string{"1", "2", "3", "4"} {
		b.NotFinal(now, id)
	}
	b.Counted(now.Add(6*time.Second), 3)
	b.Counted(now.Add(12*time.Second), 3)
	assert.True(t, idle(b, now.Add(12*time.Second)))
	counted(b, now.Add(20*time.Second), 4)
	assert.False(t, idle(b, now.Add(20*time.Second)))
	// A single count below it is one that an announcement has overtaken.
	b.Finalized("1", now.Add(21*time.Second))
	b.Counted(now.Add(21*time.Second), 4)
	b.Counted(now.Add(22*time.Second), 4)
	assert.True(t, idle(b, now.Add(22*time.Second)))
}

// A busy server's count never stands still, so that alone cannot bring a baseline down
// that held a final whose announcement came after it. If it stayed, the first final
// that a broken connection hides would be taken for that one.
func TestBaselineHeldWhatIsAnnouncedNext(t *testing.T) {
	b := begun(0)
	for _, id := range []string{"x", "y", "z"} {
		b.Found(fact(id, time.Second), at(time.Second))
	}
	b.Counted(at(2900*time.Millisecond), 1) // x
	b.Finalized("x", at(2*time.Second))     // its clock has whole seconds
	b.Finalized("z", at(5*time.Second))
	b.Counted(at(5*time.Second), 2)
	for _, id := range []string{"y"} { // what the first count asked for
		b.NotFinal(at(6*time.Second), id)
	}
	counted(b, at(20*time.Second), 3) // y, which nobody announced
	assert.Equal(t, []string{"y"}, open(b, at(20*time.Second)))
	assert.EqualValues(t, 1, b.Figures().Unexplained)
	assert.True(t, ended(b, at(21*time.Second), "y"))
	assert.True(t, idle(b, at(21*time.Second)))
}

// One that happened in the same second and after the count is taken for such a final
// too. The questions that this costs end with the baseline where it was.
func TestBaselineDidNotHoldWhatIsAnnouncedNext(t *testing.T) {
	b := begun(0)
	for _, id := range []string{"x", "y"} {
		b.Found(fact(id, time.Second), at(time.Second))
	}
	b.Counted(at(2100*time.Millisecond), 7) // all from before
	b.Finalized("x", at(2*time.Second))     // at 2.9 s, but its clock has whole seconds
	b.NotFinal(at(3*time.Second), "y")
	counted(b, at(20*time.Second), 8)
	assert.Equal(t, []string{"y"}, open(b, at(20*time.Second)))
	b.NotFinal(at(21*time.Second), "y")
	assert.True(t, idle(b, at(22*time.Second)))
	counted(b, at(40*time.Second), 8)
	assert.True(t, idle(b, at(40*time.Second)))
	assert.Zero(t, b.Figures().Unexplained)
}

// The value at the rise is what stays of it: counts ahead of their announcements
// do not lift the baseline, nor does what rose while there were questions.
func TestBaselineIsTheValueAtTheRise(t *testing.T) {
	ids, now, b := hunting()
	b.Finalized("0", now)
	b.Finalized("1", now)
	counted(b, now.Add(time.Second), 105) // three that cannot be found, or are announced late
	now = now.Add(2 * time.Second)
	for _, id := range []string{"a", "b"} { // two of them are
		b.Found(fact(id, now.Sub(t0)), now)
		b.Finalized(id, now)
	}
	b.Counted(now, 105)
	for _, id := range ids[2:4] {
		b.NotFinal(now, id)
	}
	b.Counted(now.Add(time.Second), 106) // and one more that cannot
	b.NotFinal(now.Add(time.Second), ids[4])
	assert.True(t, idle(b, now.Add(time.Second)), "all were asked")
	counted(b, now.Add(4*time.Second), 106)
	assert.False(t, idle(b, now.Add(4*time.Second)), "what rose since then is another one's")
}

// A falling count is a restart of the node: the baseline is set anew, and all
// that is open is asked about once, however short ago they were asked.
func TestCountFalls(t *testing.T) {
	ids, now, b := hunting()
	b.Counted(now, 3)
	asked, idle := b.Open(now, 10)
	assert.ElementsMatch(t, ids, asked)
	assert.False(t, idle)
	for _, id := range ids {
		b.NotFinal(now, id)
	}
	_, idle = b.Open(now, 10)
	assert.True(t, idle)
	counted(b, now.Add(10*time.Second), 4)
	assert.ElementsMatch(t, ids, open(b, now.Add(10*time.Second)))
}

// Counts beyond all bounds do no harm.
func TestHugeCount(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 1<<64-1)
	b.Counted(t0, 1<<64-1)
	b.Counted(t0, 0)
	b.Counted(t0, 1<<63)
	b.Found(fact("a", 0), t0)
	assert.Equal(t, []string{"a"}, open(b, at(time.Minute)))
}
