package repair

import (
	"math"
	"sync"
	"time"
)

// A Fact is a message as REST shows it.
type Fact struct {
	ID        string
	Parents   []string
	Depth     uint64
	Timestamp time.Time // the proposer's clock
}

// The bounds of the books.
const (
	defaultLimit = 100_000          // messages
	slack        = 8                // an eighth above the limit is forgotten in one go
	ahead        = 10_000           // messages of the future that are never forgotten
	history      = time.Minute      // how far before the first connection the horizon lies
	ancestors    = 1000             // how many of them the first pass reads
	settled      = 12 * time.Second // how old an anchor must be
	tries        = 5                // how often a missing message is asked for in a row
	again        = time.Minute      // and how often after that
	missing      = 500              // how many of those are remembered
)

// Books are the books of one run, whatever endpoint and transport it is on. They
// hold up to 100,000 messages by default, 25 MB, and up to twice as many while
// the server's messages come faster than a pass can end.
type Books struct {
	limit int

	mu        sync.Mutex
	now       int64             // the server's latest time that was told
	begin     int64             // first connection; 0: not yet
	horizon   int64             // what is not later is history
	forgotten int64             // the newest timestamp that was forgotten
	started   bool              // the first pass has ended
	entries   map[string]*entry // everything that is known, and finals of unknown messages
	tips      map[string]bool   // the server's tips: never forgotten
	wanted    map[string]*want  // unknown tips and parents
	pass      uint64            // passes that have ended
	walked    int               // what the first pass asked for
	absent    int               // of wanted: those that the server does not have
	full      int               // how many entries are looked through for the oldest next time

	anchor anchor // of the last pass
	newest anchor // best of this pass
	first  string // the first message that was announced
	lost   int64  // when the server was found not to know the anchor

	final finality
}

// An entry is what is known about one message.
type entry struct {
	at    int64 // its own timestamp; of one that was only announced: when that was
	seen  int64 // when it became known
	asked int64 // when REST last said that it is not final; 0: never
	state flags
}

// flags are facts about a message.
type flags uint16

const (
	known   flags = 1 << iota // it exists
	dated                     // at is its own
	given                     // its MessageAdded is to be handed on
	added                     // … and was
	final                     // it is final
	told                      // its MessageFinalized is to be handed on
	ended                     // … and was
	opened                    // REST said once that it is not final
	tallied                   // the server's count has it
)

func (e *entry) has(f flags) bool { return e.state&f != 0 }

// New returns empty books for limit messages; zero and less mean 100,000.
func New(limit int) *Books {
	if limit <= 0 {
		limit = defaultLimit
	}
	return &Books{
		limit:     limit,
		horizon:   math.MinInt64,
		forgotten: math.MinInt64,
		entries:   make(map[string]*entry),
		wanted:    make(map[string]*want),
		final:     finality{open: make(map[string]*entry), hints: make(map[string]bool)},
	}
}

// Begin notes the server's time of the first usable connection. Later calls only
// tell the time.
func (b *Books) Begin(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.beginLocked(nanos(now))
}

func (b *Books) beginLocked(now int64) {
	b.now = max(b.now, now)
	if b.begin != 0 {
		return
	}
	b.begin = now
	b.horizon = max(b.horizon, now-int64(history))
}

// Added notes that a MessageAdded is about to be handed on. fresh is false if it
// already was. A message that was only announced has no timestamp; it is dated by
// now, the server's time. A zero now is the latest time that the books were told,
// and time does not go back.
func (b *Books) Added(id string, now time.Time) (fresh bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.announcedLocked(now)
	e := b.entryLocked(id)
	if e.has(added) {
		return false
	}
	if !e.has(known) {
		b.knowLocked(id, e)
		if b.first == "" {
			b.first = id
		}
	}
	e.state |= added
	b.forgetLocked()
	return true
}

// Finalized notes that a MessageFinalized is about to be handed on. fresh is false
// if it already was. now is as in Added.
func (b *Books) Finalized(id string, now time.Time) (fresh bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.announcedLocked(now)
	e := b.entryLocked(id)
	if e.has(ended) {
		return false
	}
	e.state |= ended
	if !e.has(final) {
		b.final.tallyLocked(e) // it is announced when it becomes final
		b.endLocked(id, e)
	}
	b.forgetLocked()
	return true
}

// announcedLocked takes the time of an announcement, if it has one.
func (b *Books) announcedLocked(now time.Time) {
	if !now.IsZero() {
		b.now = max(b.now, nanos(now))
	}
}

// Recall takes back what Found and Final said was to be handed on and never was,
// because its reader went away: it is asked for again, and said again.
func (b *Books) Recall() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, e := range b.entries {
		if e.has(given) && !e.has(added) {
			e.state &^= given | known
			delete(b.final.open, id)
			b.wantLocked(id, endOfTime)
		}
		if e.has(told) && !e.has(ended) {
			e.state = e.state&^(told|final) | opened
			if e.has(known) {
				b.final.open[id], b.final.hints[id] = e, true
			}
		}
	}
}

// entryLocked returns the entry of id, a new one if there is none.
func (b *Books) entryLocked(id string) *entry {
	e := b.entries[id]
	if e == nil {
		e = &entry{at: b.now}
		b.entries[id] = e
	}
	return e
}

// knowLocked notes that e exists.
func (b *Books) knowLocked(id string, e *entry) {
	e.state |= known
	e.seen = b.now
	if w := b.wanted[id]; w != nil {
		b.dropLocked(id, w)
	}
	if !e.has(final) {
		b.final.open[id] = e
	}
}

// nanos is t as a number. Proposers may write any year; those that do not fit
// are as far away as can be.
func nanos(t time.Time) int64 {
	const far = 250 * 365 * 24 * 3600 // seconds, either way of 1970
	switch s := t.Unix(); {
	case s > far:
		return far * int64(time.Second)
	case s < -far:
		return -far * int64(time.Second)
	}
	return t.UnixNano()
}
