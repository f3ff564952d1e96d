package repair_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

// hunting returns books with five messages, ten seconds apart, and a count of 100.
func hunting() ([]string, time.Time, *repair.Books) {
	b := begun(0)
	b.Counted(t0, 100)
	var ids []string
	for i := range 5 {
		d := time.Duration(10*i) * time.Second
		ids = append(ids, fmt.Sprint(i))
		b.Found(fact(ids[i], d), at(d))
	}
	now := at(time.Minute)
	b.Counted(now, 100)
	open(b, now) // the first count's questions
	for _, id := range ids {
		b.NotFinal(now, id)
	}
	return ids, now.Add(time.Second), b
}

// A rising count is cause to ask about all that are open until it is explained:
// those first that had the usual age when it rose, 4 s for all that is known.
func TestHunt(t *testing.T) {
	_, now, b := hunting()
	counted(b, now.Add(time.Second), 102)
	now = now.Add(2 * time.Second)
	ids, idle := b.Open(now, 10)
	assert.Equal(t, []string{"4", "3", "2", "1", "0"}, ids)
	assert.False(t, idle)
	ids, _ = b.Open(now, 2)
	assert.Equal(t, []string{"4", "3"}, ids)
	b.NotFinal(now, "4")
	assert.True(t, ended(b, now, "3"))
	assert.Equal(t, []string{"2", "1", "0"}, open(b, now))
	assert.True(t, ended(b, now, "1"))
	ids, idle = b.Open(now, 10)
	assert.True(t, idle, "two were counted, two were found")
	assert.LessOrEqual(t, len(ids), 1)
	assert.Zero(t, b.Figures().Unexplained)
}

// One count above the baseline proves nothing: it may have overtaken the
// announcement of what it holds.
func TestOneCountProvesNothing(t *testing.T) {
	_, now, b := hunting()
	for i := range uint64(3) {
		b.Counted(now, 101+i)
		assert.True(t, idle(b, now))
		b.Finalized(fmt.Sprint(i), now) // what it held
		now = now.Add(time.Second)
		b.Counted(now, 101+i)
		assert.True(t, idle(b, now))
	}
	b.Counted(now, 104)
	b.Counted(now, 104)
	assert.False(t, idle(b, now))
}

// Announcements explain counts.
func TestExplainedByAnnouncements(t *testing.T) {
	_, now, b := hunting()
	b.Finalized("2", now)
	counted(b, now.Add(time.Second), 101)
	assert.True(t, idle(b, now.Add(time.Second)))
	counted(b, now.Add(3*time.Second), 102)
	assert.Equal(t, []string{"4", "3", "1", "0"}, open(b, now.Add(3*time.Second)))
}

// Y becomes final silently, then a question finds X, which was final before the
// first count: what is unexplained is back at its lowest, and Y is missing.
func TestUnexplainedIsNotAboveItsOwnMinimum(t *testing.T) {
	b := begun(0, fact("x", -10*time.Second))
	b.Counted(at(30*time.Second), 1) // x
	b.Found(fact("y", 31*time.Second), at(31*time.Second))
	counted(b, at(60*time.Second), 2) // x and y
	assert.True(t, ended(b, at(60*time.Second), "x"), "it is told")
	assert.False(t, idle(b, at(60*time.Second)), "but explains nothing")
	assert.Equal(t, []string{"y"}, open(b, at(60*time.Second)))
	assert.True(t, ended(b, at(61*time.Second), "y"))
	assert.True(t, idle(b, at(62*time.Second)))
}

// An outage is not absorbed by the first count after it: the baseline is the
// endpoint's, not the connection's.
func TestOutageIsNotAbsorbed(t *testing.T) {
	_, now, b := hunting()
	now = now.Add(time.Hour)
	b.Disturb() // a reconnect
	b.Begin(now)
	counted(b, now, 103)
	assert.Len(t, open(b, now), 5)
	assert.Equal(t, int64(3), b.Figures().Unexplained)
}

// What cannot be explained, a peer's artifacts for one, becomes the baseline when
// all that were known have been asked since the rise: no endless hunt.
func TestHuntEnds(t *testing.T) {
	ids, now, b := hunting()
	counted(b, now.Add(time.Second), 119)
	now = now.Add(2 * time.Second)
	for _, id := range ids[1:] {
		b.NotFinal(now, id)
	}
	assert.Equal(t, ids[:1], open(b, now))
	b.Found(fact("new", 62*time.Second), at(62*time.Second)) // not known then
	b.NotFinal(now, "0")
	assert.True(t, idle(b, now))
	assert.Equal(t, int64(19), b.Figures().Unexplained)
	counted(b, now.Add(10*time.Second), 119)
	assert.True(t, idle(b, now.Add(10*time.Second)))
	counted(b, now.Add(20*time.Second), 120)
	assert.Len(t, open(b, now.Add(20*time.Second)), 6, "one more is cause again")
	assert.True(t, ended(b, now.Add(20*time.Second), "2"))
	assert.True(t, idle(b, now.Add(20*time.Second)))
}

// The baseline is the value at the rise: what rose since then is hunted for again,
// and first, because it is more likely to be found; and the earlier hunt ends
// although there is always something new.
func TestHuntDoesNotStarve(t *testing.T) {
	ids, now, b := hunting()
	counted(b, now.Add(time.Second), 110) // ten that cannot be found
	now = now.Add(2 * time.Second)
	count := uint64(110)
	for i, id := range ids {
		b.NotFinal(now, id)
		silent := fmt.Sprint("silent ", i)
		b.Found(fact(silent, now.Sub(t0)), now)
		now = now.Add(5 * time.Second)
		count++
		counted(b, now, count)
		assert.True(t, b.Deposits(time.Time{}), "once for each rise")
		assert.False(t, b.Deposits(time.Time{}))
		assert.Equal(t, silent, open(b, now)[0], "it was the usual age")
		assert.True(t, ended(b, now, silent))
	}
	assert.True(t, idle(b, now), "all were asked since the first rise")
	assert.Equal(t, int64(10), b.Figures().Unexplained)
	counted(b, now.Add(10*time.Second), count)
	assert.True(t, idle(b, now.Add(10*time.Second)))
}

// A rise in the middle of a hunt asks about those again that were asked before it.
func TestHuntRisesAgain(t *testing.T) {
	ids, now, b := hunting()
	counted(b, now.Add(time.Second), 101)
	now = now.Add(2 * time.Second)
	b.NotFinal(now, "4")
	b.NotFinal(now, "3")
	counted(b, now.Add(2*time.Second), 102)
	now = now.Add(3 * time.Second)
	assert.Len(t, open(b, now), len(ids))
	assert.True(t, ended(b, now, "4"), "after the first rise: it is the second")
	assert.Equal(t, []string{"2", "1", "0"}, open(b, now))
	assert.True(t, ended(b, now, "2"))
	assert.True(t, idle(b, now))
}

// A find that may explain an earlier rise leaves the questions of the later one.
func TestFoundOfTheEarlierRise(t *testing.T) {
	_, now, b := hunting()
	counted(b, now.Add(time.Second), 101) // 3
	now = now.Add(2 * time.Second)
	b.NotFinal(now, "4")
	counted(b, now.Add(2*time.Second), 102) // 4
	now = now.Add(3 * time.Second)
	assert.True(t, ended(b, now, "3"))
	assert.Equal(t, "4", open(b, now)[0])
	assert.True(t, ended(b, now, "4"))
	assert.True(t, idle(b, now))
}

// More rises than are told apart are all hunted for.
func TestManyRises(t *testing.T) {
	ids, now, b := hunting()
	for i := range uint64(40) {
		now = now.Add(10 * time.Second)
		counted(b, now, 101+i)
	}
	assert.Len(t, open(b, now), len(ids))
	for _, id := range ids {
		b.NotFinal(now, id)
	}
	assert.True(t, idle(b, now))
	assert.Equal(t, int64(40), b.Figures().Unexplained)
}

// Questions without an answer do not end a hunt, but they are asked only once more.
func TestHuntUnsure(t *testing.T) {
	ids, now, b := hunting()
	counted(b, now.Add(time.Second), 101)
	now = now.Add(2 * time.Second)
	for _, id := range ids {
		b.NoFinality(now, id)
	}
	now = now.Add(time.Second)
	assert.Len(t, open(b, now), len(ids))
	for _, id := range ids {
		b.NoFinality(now, id)
	}
	assert.True(t, idle(b, now.Add(time.Second)))
}
