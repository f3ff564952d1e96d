package repair

import "time"

// Figures are the books in numbers.
type Figures struct {
	Known   int       // messages, and finals of unknown ones
	Open    int       // known and not final
	Wanted  int       // to be asked for
	Absent  int       // of those: not at this server
	Horizon time.Time // what is not later is history; zero before the first connection
}

// Figures returns a snapshot.
func (b *Books) Figures() Figures {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := Figures{Known: len(b.entries), Open: len(b.final.open), Wanted: len(b.wanted), Absent: b.absent}
	if b.begin != 0 {
		f.Horizon = time.Unix(0, b.horizon).UTC()
	}
	return f
}

// Known reports whether the message is known to exist.
func (b *Books) Known(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[id]
	return e != nil && e.has(known)
}
