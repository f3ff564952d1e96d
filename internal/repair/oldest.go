package repair

import (
	"math"
	"math/bits"
	"slices"
)

// ageLocked notes in earliest how old e is. Messages that come one after the other lie
// next to each other, so that the old ones are found in few pieces.
func (b *Books) ageLocked(e *entry) {
	piece, _ := where(e.row)
	for int(piece) >= len(b.earliest) {
		b.earliest = append(b.earliest, endOfTime)
	}
	b.earliest[piece] = min(b.earliest[piece], e.at)
}

// oldestLocked returns rows that have the n oldest messages among them that may go,
// or as many as there are, and how old the newest of these is. careful: none is newer
// than the anchor. Those of rows that do not go have to be noted in earliest again.
func (b *Books) oldestLocked(n int, careful bool) (rows []uint32, newest int64) {
	s := stay{most: endOfTime, careful: careful}
	if careful && b.anchor.id != "" {
		s.most = b.anchor.at
	}
	all := s.most
	s.most = min(all, b.guessLocked(n, s))
	rows, past, future := b.olderLocked(n, s)
	if len(past) < n && s.most < all {
		for _, row := range rows {
			b.ageLocked(b.entries.at(row))
		}
		s.most = all
		rows, past, future = b.olderLocked(n, s)
	}
	if more := len(future) - ahead; more > 0 {
		slices.Sort(future)
		past = append(past, future[:more]...)
	}
	if n = min(n, len(past)); n <= 0 {
		return rows, math.MinInt64
	}
	return rows, nth(past, n)
}

// stay says what is not forgotten.
type stay struct {
	most    int64 // what is newer
	careful bool  // what Options.Known is asked about
}

func (s stay) has(e *entry) bool {
	return e.at > s.most || e.has(tip) || e.owed() || s.careful && e.has(pending)
}

// olderLocked returns the rows of what does not stay, about n, and how old it is.
func (b *Books) olderLocked(n int, s stay) (rows []uint32, past, future []int64) {
	most := 0
	for _, low := range b.earliest {
		if low <= s.most {
			most += many
		}
	}
	n = min(n+n/2, most)
	rows, past = make([]uint32, 0, n), make([]int64, 0, n)
	for piece, low := range b.earliest {
		if low > s.most {
			continue
		}
		low = endOfTime
		for row, e := range b.entries.piece(uint32(piece)) {
			switch {
			case s.has(e):
				low = min(low, e.at)
				continue
			case e.at > b.now:
				future = append(future, e.at)
			default:
				past = append(past, e.at)
			}
			rows = append(rows, row)
		}
		b.earliest[piece] = low
	}
	return rows, past, future
}

// guessLocked returns a time so that probably more than n messages which do not stay
// are older, but not many more.
func (b *Books) guessLocked(n int, s stay) int64 {
	const samples = 1024
	step := b.entries.all / samples
	if step <= 1 {
		return endOfTime
	}
	past := make([]int64, 0, 2*samples)
	for row := uint32(0); row < b.entries.all; row += step {
		if r := b.entries.row(row); r.size != 0 && r.value.at <= b.now && !s.has(&r.value) {
			past = append(past, r.value.at)
		}
	}
	// More by about three times the usual error.
	k := n / int(step)
	if k += 3 * 1 << (bits.Len(uint(k)) / 2); k > len(past) {
		return endOfTime
	}
	return nth(past, k)
}
