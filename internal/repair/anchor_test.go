package repair_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

// There is no anchor before a pass has ended: until then passes begin at the tips.
// Neither the first nor the newest announced message takes its place.
func TestNoAnchorBeforeAPassHasEnded(t *testing.T) {
	b := repair.New(0)
	_, _, ok := b.Anchor()
	assert.False(t, ok)
	b.Begin(t0)
	b.Added("a", t0)
	b.Found(fact("b", -20*time.Second), t0)
	_, _, ok = b.Anchor()
	assert.False(t, ok)
	b.PassEnded(t0)
	assert.Equal(t, "b", anchor(b))
}

// The anchor moves when a pass has ended, to its newest message that is older
// than 12 s, and only forward.
func TestAnchor(t *testing.T) {
	b := begun(0)
	now := at(time.Minute)
	b.PassBegan(now)
	b.Found(fact("a", 10*time.Second), now)
	b.Found(fact("b", 48*time.Second), now)
	b.Found(fact("c", 48*time.Second+1), now)
	assert.Empty(t, anchor(b), "the pass has not ended")
	b.PassEnded(now)
	id, when, ok := b.Anchor()
	assert.True(t, ok)
	assert.Equal(t, "b", id)
	assert.True(t, at(48*time.Second).Equal(when))

	// A pass that finds nothing, or only late arrivals, leaves it.
	b.PassEnded(at(2 * time.Minute))
	assert.Equal(t, "b", anchor(b))
	b.Found(fact("late", 20*time.Second), at(2*time.Minute))
	b.PassEnded(at(2 * time.Minute))
	assert.Equal(t, "b", anchor(b))

	// What is settled by now is taken when it is shown again.
	b.Found(fact("c", 48*time.Second+1), at(2*time.Minute))
	b.PassEnded(at(2 * time.Minute))
	assert.Equal(t, "c", anchor(b))
}

// A proposer whose clock is a year fast does not become the anchor: since would
// show nothing for a year.
func TestAnchorIsNotTheNewestTimestamp(t *testing.T) {
	b := begun(0)
	now := at(time.Minute)
	b.Found(fact("a", 10*time.Second), now)
	b.Found(fact("fast", 365*24*time.Hour), now)
	b.PassEnded(now)
	assert.Equal(t, "a", anchor(b))
	b.Found(fact("fast", 365*24*time.Hour), at(time.Hour))
	b.PassEnded(at(time.Hour))
	assert.Equal(t, "a", anchor(b))
}

// After an outage of an hour the first live event does not jump over the hour.
func TestAnchorIsNotTheNewestLiveEvent(t *testing.T) {
	b := begun(0, fact("a", -20*time.Second))
	now := at(time.Hour)
	b.Disturb()
	b.Begin(now)
	b.Added("live", now)
	assert.Equal(t, "a", anchor(b))
	b.PassBegan(now)
	assert.True(t, found(b, fact("meanwhile", time.Minute), now))
	assert.Equal(t, "a", anchor(b), "the pass may break off: the next one begins there again")
	b.PassBegan(now)
	assert.False(t, found(b, fact("meanwhile", time.Minute), now))
	b.PassEnded(now)
	assert.Equal(t, "meanwhile", anchor(b))
}

// The first anchor may be a message that was too young when it was found.
func TestFirstAnchor(t *testing.T) {
	b := begun(0, fact("a", -time.Second), fact("b", -2*time.Second))
	b.PassEnded(at(9 * time.Second))
	assert.Empty(t, anchor(b))
	b.PassEnded(at(11 * time.Second))
	assert.Equal(t, "a", anchor(b))
}

// An anchor that the server does not know is replaced by the newest message that
// it does know, or by its oldest tip, or by none.
func TestAnchorLost(t *testing.T) {
	b := begun(0, fact("a", -time.Hour))
	b.Added("announced", time.Time{})
	now := at(time.Minute)
	b.Tips([]string{"t1", "t2", "t3"})
	b.Found(fact("t1", 50*time.Second), now)
	b.Found(fact("t2", 40*time.Second), now)
	b.Found(fact("t3", -time.Hour), now)
	assert.Equal(t, []string{"t1", "t2", "announced"}, b.Newest(3))
	assert.Len(t, b.Newest(100), 5)
	assert.Empty(t, b.Newest(0))

	b.AnchorLost(now, []repair.Fact{fact("x", 10*time.Second), fact("y", 20*time.Second), fact("z", 55*time.Second)})
	assert.Equal(t, "y", anchor(b), "z is not settled")
	b.AnchorLost(now, nil)
	assert.Equal(t, "t2", anchor(b), "the oldest tip above the horizon")
	b.Tips([]string{"t3", "unknown"})
	b.AnchorLost(now, nil)
	assert.Empty(t, anchor(b))
	b.PassEnded(at(2 * time.Minute))
	assert.Empty(t, anchor(b), "nothing that was known before is there")
	b.Found(fact("new", 61*time.Second), at(2*time.Minute))
	b.PassEnded(at(2 * time.Minute))
	assert.Equal(t, "new", anchor(b))
}

// Another endpoint goes on where the last one was; whether it has the anchor is
// found out. Its clock may be slow.
func TestMoveTakesTheAnchorOver(t *testing.T) {
	b := begun(0, fact("a", -20*time.Second))
	b.Move()
	assert.Equal(t, "a", anchor(b))
	now := at(-time.Minute) // its clock is a minute slow
	b.Begin(now)
	b.Found(fact("b", -15*time.Second), now)
	b.PassEnded(now)
	assert.Equal(t, "a", anchor(b), "not settled by this server's clock")
	b.AnchorLost(now, nil)
	assert.Empty(t, anchor(b))

	// Without one, what the other server showed is none.
	b = begun(0, fact("young", -time.Second))
	b.Move()
	b.PassEnded(at(time.Minute))
	assert.Empty(t, anchor(b))
}

// What one server does not have another one may have.
func TestMoveAsksForWhatIsNotThere(t *testing.T) {
	b := begun(0)
	now := at(time.Minute)
	b.Found(fact("a", time.Second, "gone"), now)
	for range 5 {
		b.Missing(now, b.Ask(now, 10))
		b.PassEnded(now)
	}
	assert.Equal(t, 1, b.Figures().Absent)
	assert.Empty(t, b.Ask(now, 10))
	b.Move()
	assert.Zero(t, b.Figures().Absent)
	assert.Equal(t, []string{"gone"}, b.Ask(now, 10))
}

// A failover is no start: what came since the last endpoint died is handed on, and
// what was handed on is known.
func TestMovingToAnotherEndpointIsNoStart(t *testing.T) {
	b := begun(0, fact("silent", -20*time.Second))
	assert.True(t, b.Added("live", at(time.Second)))
	b.Counted(at(time.Second), 1000)
	b.Move()
	now := at(time.Hour)
	b.Begin(now)
	b.Disturb()
	b.Tips([]string{"meanwhile", "live"})
	assert.Equal(t, []string{"meanwhile", "live"}, b.Ask(now, 10))
	assert.True(t, found(b, fact("meanwhile", time.Minute), now))
	assert.False(t, found(b, fact("live", time.Second), now))
	assert.False(t, found(b, fact("silent", -20*time.Second), now))
	assert.False(t, b.Added("meanwhile", now))
	assert.Equal(t, at(-time.Minute), b.Figures().Horizon)

	// Counts of two nodes are not compared, and no answer of the other one counts.
	b.NotFinal(at(2*time.Second), "live")
	b.Move()
	b.Counted(now, 3000)
	assert.Zero(t, b.Figures().Unexplained)
	assert.ElementsMatch(t, []string{"live", "meanwhile", "silent"}, open(b, now.Add(5*time.Second)))
}
