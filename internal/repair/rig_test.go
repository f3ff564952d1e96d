package repair_test

import (
	"time"

	"github.com/adic/adic-go/internal/repair"
)

// t0 is the server's time of the first connection.
var t0 = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// at is a time relative to the first connection.
func at(d time.Duration) time.Time { return t0.Add(d) }

// fact is a message with a timestamp relative to the first connection.
func fact(id string, d time.Duration, parents ...string) repair.Fact {
	return repair.Fact{ID: id, Timestamp: at(d), Parents: parents}
}

// found reports whether b says to hand on a message that REST shows.
func found(b *repair.Books, f repair.Fact, now time.Time) bool {
	return b.Found(f, now) == repair.HandOn
}

// ended does the same for the finality of a message.
func ended(b *repair.Books, now time.Time, id string) bool { return b.Final(now, id) == repair.HandOn }

// begun returns books whose first pass, at the first connection, found the given
// messages and has ended.
func begun(limit int, facts ...repair.Fact) *repair.Books {
	b := repair.New(limit)
	b.Begin(t0)
	b.PassBegan(t0)
	for _, f := range facts {
		b.Found(f, t0)
	}
	b.PassEnded(t0)
	return b
}

func anchor(b *repair.Books) string {
	id, _, _ := b.Anchor()
	return id
}

// open returns what is to be asked about now, at most 10.
func open(b *repair.Books, now time.Time) []string {
	ids, _ := b.Open(now, 10)
	return ids
}

// idle reports whether there is no cause to ask whether anything is final.
func idle(b *repair.Books, now time.Time) bool {
	_, idle := b.Open(now, 10)
	return idle
}

// counted tells a count twice, a second apart: once proves nothing.
func counted(b *repair.Books, now time.Time, n uint64) {
	b.Counted(now.Add(-time.Second), n)
	b.Counted(now, n)
}
