package metrics

import (
	"sync/atomic"
	"time"
)

// bounds are the upper bounds of the buckets, without the last, which has none:
// decades, from a handler that sets a variable to one that waits for a network.
var bounds = [...]time.Duration{
	10 * time.Microsecond, 100 * time.Microsecond,
	time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond,
	time.Second, 10 * time.Second,
}

// histogram counts durations by size.
type histogram struct {
	counts [len(bounds) + 1]atomic.Uint64 // each bucket by itself
	total  atomic.Int64                   // nanoseconds
	max    atomic.Int64                   // nanoseconds
}

// observe adds d. A negative duration, which a stepped clock can give, counts as 0.
func (h *histogram) observe(d time.Duration) {
	d = max(d, 0)
	h.total.Add(int64(d))
	raise(&h.max, int64(d))
	h.counts[bucketOf(d)].Add(1)
}

// bucketOf returns the bucket of d.
func bucketOf(d time.Duration) int {
	i := 0
	for i < len(bounds) && d > bounds[i] {
		i++
	}
	return i
}

// spans are a histogram for one goroutine.
type spans struct {
	counts [len(bounds) + 1]uint32
	total  time.Duration
	max    time.Duration
}

func (s *spans) observe(d time.Duration) {
	d = max(d, 0)
	s.total += d
	s.max = max(s.max, d)
	s.counts[bucketOf(d)]++
}

// add adds s and empties it.
func (h *histogram) add(s *spans) {
	h.total.Add(int64(s.total))
	raise(&h.max, int64(s.max))
	for i, n := range s.counts {
		if n != 0 {
			h.counts[i].Add(uint64(n))
		}
	}
	*s = spans{}
}

// read returns the histogram as of now.
func (h *histogram) read() Durations {
	d := Durations{Buckets: make([]Bucket, len(bounds))}
	for i := range h.counts {
		d.Count += h.counts[i].Load()
		if i < len(bounds) {
			d.Buckets[i] = Bucket{Bound: bounds[i], Count: d.Count}
		}
	}
	d.Total = time.Duration(h.total.Load())
	d.Max = time.Duration(h.max.Load())
	return d
}

// Durations says how long something took.
type Durations struct {
	Count   uint64        `json:"count"`    // how many there were
	Total   time.Duration `json:"total_ns"` // all together
	Max     time.Duration `json:"max_ns"`   // the longest
	Buckets []Bucket      `json:"buckets"`  // by size, the smallest first
}

// A Bucket counts the durations that were not longer than Bound, those of the
// smaller buckets included. The last bucket has no bound and is left out: it is
// Durations.Count.
type Bucket struct {
	Bound time.Duration `json:"bound_ns"`
	Count uint64        `json:"count"`
}

// Mean returns Total divided by Count, 0 if there were none.
func (d Durations) Mean() time.Duration {
	if d.Count == 0 {
		return 0
	}
	return time.Duration(uint64(d.Total) / d.Count)
}
