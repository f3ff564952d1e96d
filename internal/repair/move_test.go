package repair_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The first count of another endpoint holds finals of messages that the books do not
// know yet: its passes bring them. So the questions that follow from it do not end
// before a pass has, or what nobody told of would be looked for by the sweep alone.
func TestTheFirstCountLooksForWhatThePassBrings(t *testing.T) {
	b := begun(0, fact("old", -20*time.Second))
	b.Counted(at(time.Second), 10)
	b.Open(at(time.Second), 10)
	b.NotFinal(at(time.Second), "old")
	b.Move()
	b.Disturb()
	now := at(time.Minute)
	b.Counted(now, 100) // "a" and "b" are among them
	assert.Equal(t, []string{"old"}, open(b, now))
	b.NotFinal(now, "old")
	assert.Empty(t, open(b, now))

	now = now.Add(2 * time.Second)
	b.PassBegan(now)
	assert.Empty(t, open(b, now))
	b.Found(fact("a", 40*time.Second), now)
	b.Found(fact("b", 41*time.Second), now)
	b.PassEnded(now)
	assert.ElementsMatch(t, []string{"a", "b"}, open(b, now))
	assert.True(t, ended(b, now, "a"))
	assert.True(t, ended(b, now, "b"))
	assert.Empty(t, open(b, now))

	// Then it is over: what becomes known later is left to the sweep.
	b.Found(fact("later", 50*time.Second), now)
	b.Found(fact("later still", 51*time.Second), now)
	assert.True(t, idle(b, now.Add(time.Second)))
}
