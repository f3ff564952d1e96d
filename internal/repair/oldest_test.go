package repair

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// It is the oldest that are found, in whatever order they came and whatever went
// before.
func TestOldest(t *testing.T) {
	for seed := range uint64(18) {
		random := rand.New(rand.NewPCG(seed, 5))
		b := New(100_000)
		spread := []int64{1, 1000, int64(time.Hour)}[seed%3]
		b.now = 1_000_000
		for i := range []int{10, 3000, 20_000}[random.IntN(3)] {
			e := b.entryLocked(b.entries.name(fmt.Sprint(i)))
			e.at += int64(i) + random.Int64N(spread) - spread/2
			b.ageLocked(e)
			if random.IntN(10) == 0 {
				e.state |= due
			}
		}
		if seed%2 == 0 {
			b.anchor = anchor{"anchor", b.now + random.Int64N(5000) - 2500}
		}
		b.now += random.Int64N(20_000)
		for careful := true; b.entries.len() > 100; careful = !careful {
			n := 1 + random.IntN(b.entries.len()/2)
			want, count := b.naive(n, careful)
			before := b.entries.len()
			rows, newest := b.oldestLocked(n, careful)
			require.Equal(t, want, newest, "seed %d", seed)
			for _, row := range rows {
				if e := b.entries.at(row); e.at > newest {
					b.ageLocked(e)
				} else {
					b.entries.remove(row)
				}
			}
			b.check(t)
			require.Equal(t, count, before-b.entries.len(), "seed %d", seed)
			if newest == math.MinInt64 && !careful {
				break
			}
		}
	}
}

// naive returns how old the newest of the n oldest is that may go, and how many are
// no newer.
func (b *Books) naive(n int, careful bool) (newest int64, count int) {
	var past, future []int64
	for _, e := range b.entries.values() {
		switch {
		case e.owed() || careful && b.anchor.id != "" && e.at > b.anchor.at:
		case e.at > b.now:
			future = append(future, e.at)
		default:
			past = append(past, e.at)
		}
	}
	slices.Sort(past)
	slices.Sort(future)
	past = append(past, future[:max(0, len(future)-ahead)]...)
	if n = min(n, len(past)); n == 0 {
		return math.MinInt64, 0
	}
	newest = past[n-1]
	for count = n; count < len(past) && past[count] == newest; {
		count++
	}
	return newest, count
}

// What is far from being the oldest is not looked at.
func TestOldestLooksAtFewPieces(t *testing.T) {
	b := New(100_000)
	for i := range 100_000 {
		b.now = int64(i)
		b.entryLocked(b.entries.name(fmt.Sprint(i)))
	}
	rows, newest := b.oldestLocked(20_000, false)
	require.Equal(t, int64(19_999), newest)
	require.Less(t, len(rows), 30_000)
	b.anchor = anchor{"anchor", -1}
	rows, _ = b.oldestLocked(20_000, true)
	require.Empty(t, rows)
}

// Where the few that are looked at first mislead, all are looked at.
func TestOldestIsFoundAfterAWrongGuess(t *testing.T) {
	b := New(100_000)
	b.now = 1_000_000
	for i := range 10_240 {
		e := b.entryLocked(b.entries.name(fmt.Sprint(i)))
		piece, _ := where(uint32(i))
		if e.at = int64(1000 + i); i%10 == 0 || piece == pieces+3 {
			e.at = int64(-i)
		}
		b.ageLocked(e)
	}
	b.anchor = anchor{"anchor", 9000}
	want, _ := b.naive(5000, true)
	_, newest := b.oldestLocked(5000, true)
	require.Equal(t, want, newest)
}
