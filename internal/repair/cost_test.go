package repair_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

// The stated memory holds.
func TestMemory(t *testing.T) {
	const n = 100_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b := begun(n)
	for i := range n {
		b.Found(repair.Fact{ID: fmt.Sprintf("%064d", i), Timestamp: at(time.Duration(i))}, t0)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	grown := after.HeapAlloc - before.HeapAlloc
	assert.Equal(t, n, b.Figures().Known)
	assert.Less(t, grown, uint64(30e6), "bytes for %d messages", n)
}

// BenchmarkFound is a new message in full books, forgetting included.
func BenchmarkFound(b *testing.B) {
	books := begun(0)
	now := at(time.Hour)
	ids := make([]string, 300_000)
	for i := range ids {
		ids[i] = fmt.Sprintf("%064d", i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		n := i % len(ids)
		deliver(books, repair.Fact{ID: ids[n], Timestamp: at(time.Duration(i)), Parents: ids[n : n+1]}, now)
		if i%1000 == 0 {
			books.PassEnded(now)
		}
		i++
	}
}

// BenchmarkAdded is an announced message and its double, delivered, and shown by
// the next pass.
func BenchmarkAdded(b *testing.B) {
	books := begun(0)
	ids := make([]string, 300_000)
	for i := range ids {
		ids[i] = fmt.Sprintf("%064d", i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		id := ids[i%len(ids)]
		books.Added(id, time.Time{})
		books.Added(id, time.Time{})
		books.Delivered(repair.Added, id)
		if i++; i%32 == 0 {
			now := at(time.Duration(i))
			for k := i - 32; k < i; k++ {
				books.Found(repair.Fact{ID: ids[k%len(ids)], Timestamp: at(time.Duration(k))}, now)
			}
		}
	}
}

// BenchmarkTips is a beat of 20 tips, one of them another one than before.
func BenchmarkTips(b *testing.B) {
	books := begun(0)
	ids := make([]string, 300_000)
	for i := range ids {
		ids[i] = fmt.Sprintf("%064d", i)
		if i < 50_000 {
			deliver(books, repair.Fact{ID: ids[i], Timestamp: at(time.Duration(i))}, at(time.Hour))
		}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		n := i % 49_000
		books.Tips(ids[n : n+20])
		i++
	}
}

// BenchmarkOpen is a question in a hunt among 50,000 messages that are not final.
func BenchmarkOpen(b *testing.B) {
	books := begun(0)
	for i := range 50_000 {
		deliver(books, repair.Fact{ID: fmt.Sprintf("%064d", i), Timestamp: at(time.Duration(i))}, at(time.Hour))
	}
	b.ReportAllocs()
	for b.Loop() {
		books.Open(at(time.Hour), 4)
	}
}

// BenchmarkCursor is a cursor of books with 50,000 messages that are not final.
func BenchmarkCursor(b *testing.B) {
	books := begun(0)
	for i := range 50_000 {
		deliver(books, repair.Fact{ID: fmt.Sprintf("%064d", i), Timestamp: at(time.Duration(i))}, at(time.Hour))
	}
	b.ReportAllocs()
	for b.Loop() {
		books.Cursor()
	}
}
