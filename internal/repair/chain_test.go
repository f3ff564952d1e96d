package repair

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// entriesOf returns the entries of a chain, and checks that it says the same from
// either end.
func (b *Books) entriesOf(t *testing.T, c *chain) map[*entry]bool {
	es := make(map[*entry]bool)
	prev := uint32(0)
	for at := c.first; at != 0 && at != lastOf; {
		e := b.entries.at(at - 1)
		if es[e] || b.chainLocked(e) != c || e.prev != prev ||
			prev != 0 && !c.mixed && b.entries.at(prev-1).seen > e.seen {
			require.Fail(t, "the chain is broken", "%+v", e)
		}
		es[e] = true
		prev, at = at, e.next
	}
	require.Equal(t, prev, c.last)
	require.Len(t, es, c.n)
	return es
}

// check checks what the books remember to be quick.
func (b *Books) check(t *testing.T) {
	undated, recent := b.entriesOf(t, &b.undated), b.entriesOf(t, &b.recent)
	for row, e := range b.entries.values() {
		piece, _ := where(row)
		switch {
		case e.isUndated() != (undated[e] != recent[e]), b.earliest[piece] > e.at,
			e.isUndated() && (e.has(dated) || !e.has(known) || b.wanted.get(b.idLocked(e)) != nil):
			require.Fail(t, "the books contradict themselves", "%+v, %d", e, b.earliest[piece])
		}
	}
	if !b.progress.running {
		require.Empty(t, recent)
	}
}

// Whatever happens, what was only announced is in one chain, and what is in a chain
// was only announced.
func TestChainsHoldWhatWasOnlyAnnounced(t *testing.T) {
	t0 := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 3))
		now, next := t0, 0
		b := New(20 + random.IntN(200))
		b.Begin(now)
		for range 300 {
			now = now.Add(time.Duration(random.IntN(2000)) * time.Millisecond)
			id := fmt.Sprint(max(0, next-random.IntN(50)))
			switch random.IntN(9) {
			case 0, 1, 2:
				for range random.IntN(30) {
					next++
					b.Added(fmt.Sprint(next), now)
					b.Delivered(Added, fmt.Sprint(next))
				}
			case 3:
				b.Found(Fact{ID: id, Parents: []string{fmt.Sprint(random.IntN(next + 1))}, Timestamp: now.Add(-time.Second)}, now)
			case 4:
				b.PassBegan(now)
			case 5:
				b.PassEnded(now)
			case 6:
				b.Missing(now, b.Ask(now, random.IntN(5)))
			case 7:
				b.Finalized(id, now)
			case 8:
				b.Move()
				now = now.Add(-time.Duration(random.IntN(20)) * time.Second)
			}
			b.check(t)
		}
	}
}

// The newest are asked for first, whatever order the servers' times bring.
func TestUndatedIsSortedWhenTimeGoesBack(t *testing.T) {
	t0 := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	b := New(0)
	b.Begin(t0)
	b.PassEnded(t0)
	for i, seconds := range []int{100, 200, 50, 70, 300, 60} {
		b.Move()
		b.Added(fmt.Sprint(seconds), t0.Add(time.Duration(seconds)*time.Second))
		assert.Equal(t, i >= 2, b.undated.mixed)
	}
	assert.Equal(t, []string{"300", "200", "100"}, b.Ask(t0, 3))
	assert.False(t, b.undated.mixed, "it is sorted once")
	b.check(t)
	assert.Equal(t, []string{"300", "200", "100", "70", "60", "50"}, b.Ask(t0, 10))
	for i, left := range []string{"60", "300", "50", "100", "200", "70"} {
		b.Found(Fact{ID: left, Timestamp: t0}, t0)
		assert.Equal(t, 5-i, b.undated.n)
		b.check(t)
	}
	assert.Equal(t, chain{}, b.undated)
}
