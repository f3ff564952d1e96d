package repair_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

// hexIDs returns n ids as a node makes them.
func hexIDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("%016x%048x", uint64(i)*0x9E3779B97F4A7C15, i)
	}
	return ids
}

// What comes again, and what was forgotten to make room, costs no memory.
func TestAnnouncedAllocatesNothing(t *testing.T) {
	const limit = 1000
	books := begun(limit)
	ids := hexIDs(100 * limit)
	i := 0
	announce := func() {
		now := at(time.Duration(i) * time.Second)
		books.Added(ids[i], now)
		books.Delivered(repair.Added, ids[i])
		books.Finalized(ids[i], now)
		books.Waits(ids[i])
		books.Delivered(repair.Finalized, ids[i])
		i++
		if i%limit == 0 {
			for _, id := range ids[i-limit : i] {
				books.Found(repair.Fact{ID: id, Timestamp: now}, now)
			}
			books.PassEnded(now)
		}
	}
	for range 5 * limit {
		announce()
	}
	assert.Less(t, testing.AllocsPerRun(20*limit, announce), 0.1)
	assert.Less(t, books.Figures().Known, 2*limit)
}

// BenchmarkAnnounced is what the reader and the handlers do with one announced
// message, and then with its finality, in books that hold so many, and in such as are
// full. What the passes do between them is not in ns/added and ns/final.
func BenchmarkAnnounced(b *testing.B) {
	const most = 1 << 20
	ids := hexIDs(2 * most)
	for _, known := range []int{10, 1000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("known=%d", known), func(b *testing.B) { benchmarkAnnounced(b, known, 4*most, ids) })
	}
	for _, limit := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("full=%d", limit), func(b *testing.B) { benchmarkAnnounced(b, limit, limit, ids) })
	}
}

func benchmarkAnnounced(b *testing.B, known, limit int, ids []string) {
	now := at(time.Hour)
	var books *repair.Books
	fill := func() {
		books = begun(limit)
		for _, id := range ids[:known] {
			deliver(books, repair.Fact{ID: id, Timestamp: now}, now)
		}
		books.PassEnded(now)
	}
	fill()
	const block = 1000
	var added, finals time.Duration
	next := known
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i += block {
		n := min(block, b.N-i)
		if next+n > len(ids) || known < block && i > 0 {
			fill()
			next = known
		}
		now = now.Add(time.Second)
		facts := ids[next : next+n]
		next += n
		a, f := announce(books, facts, now)
		added, finals = added+a, finals+f
		for _, id := range facts {
			books.Found(repair.Fact{ID: id, Timestamp: now}, now)
		}
		books.PassEnded(now)
	}
	b.ReportMetric(float64(added)/float64(b.N), "ns/added")
	b.ReportMetric(float64(finals)/float64(b.N), "ns/final")
}

// announce announces and delivers facts and their finality.
func announce(books *repair.Books, ids []string, now time.Time) (added, finals time.Duration) {
	began := time.Now()
	for _, id := range ids {
		books.Added(id, now)
		books.Delivered(repair.Added, id)
	}
	between := time.Now()
	for _, id := range ids {
		books.Finalized(id, now)
		books.Waits(id)
		books.Delivered(repair.Finalized, id)
	}
	return between.Sub(began), time.Since(between)
}
