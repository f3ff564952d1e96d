package repair

import (
	"hash/maphash"
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

// A Kind says which of the two facts about a message is meant.
type Kind uint8

// The two facts.
const (
	Added     Kind = iota // MessageAdded
	Finalized             // MessageFinalized
)

// A Verdict says what to do with a fact that REST showed.
type Verdict uint8

// The verdicts.
const (
	Pass   Verdict = iota // nothing
	HandOn                // deliver it; said once
	Ask                   // ask the application whether it has it, and Decide
)

// The bounds of the books.
const (
	defaultLimit = 100_000          // messages
	slack        = 4                // a quarter above the limit is forgotten in one go
	ahead        = 10_000           // messages of the future that are never forgotten
	history      = time.Minute      // how far before the first connection the horizon lies
	ancestors    = 1000             // how many of them the first pass reads
	settled      = 12 * time.Second // how old an anchor must be
	tries        = 5                // how often a missing message is asked for in a row
	again        = time.Minute      // and how often after that
	missing      = 500              // how many of those are remembered
)

// Books are the books of one run, whatever endpoint and transport it is on. They
// hold 100,000 messages by default, 20 MB, up to a quarter more before the oldest
// are forgotten, up to twice as many while the server's messages come faster than a
// pass can end, and besides what is on its way to the handlers.
type Books struct {
	limit int

	mu      sync.Mutex
	now     int64 // the server's latest time that was told
	moved   bool  // … by another server
	begin   int64 // first connection; 0: not yet
	horizon int64 // what is not later is history
	first   int64 // the horizon of the first start; Options.Known is not asked below it
	resumed bool  // there was a cursor
	saved   int64 // … and this was when it was made

	messages bool // MessageAdded is wanted by somebody
	finals   bool // MessageFinalized is
	askKnown bool // there is somebody to ask for what an earlier run has delivered

	entries  table[entry]    // everything that is known, and finals of unknown messages
	earliest []int64         // by piece of entries: none in it is older
	full     int             // how many there are when the oldest are looked for again
	tips     map[string]bool // the server's tips: never forgotten
	wanted   table[want]     // unknown tips and parents, and what was announced and not there
	undated  chain           // what was only announced
	recent   chain           // the same, since the pass that is under way began
	absent   int             // of wanted: those that the server does not have
	lacking  int             // of wanted: those without which nothing is complete
	watch    func()          // is told of counts
	pending  int             // finals that Options.Known is asked about
	final    finality

	started  bool // the first pass has ended
	walked   int  // what it asked for
	progress progress
	anchor   anchor // of the last pass
	newest   anchor // best of this pass
	lost     int64  // when the server was found not to know the anchor

	late     uint64 // unknown tips below the horizon
	hidden   uint64 // what was found by REST and has not been announced since
	overruns uint64 // how often the books were full twice over
}

// progress says how far the passes have come.
type progress struct {
	pass      uint64 // that have ended
	disturbed uint64 // how often something may have been missed
	begun     uint64 // disturbed when this pass began
	passes    uint64 // that have begun
	running   bool   // the last of them has not ended
	whole     bool   // a pass has ended that began after the last disturbance
}

// An entry is what is known about one message.
type entry struct {
	at     int64 // its own timestamp; of one that was only announced: when that was
	seen   int64 // when it became known
	asked  int64 // when REST was last asked whether it is final; 0: never
	denied int64 // when REST last said that it is not; 0: never
	row    uint32
	place  int32  // in finality.open, plus one; 0: it is not there
	prev   uint32 // in its chain: a row, plus one
	next   uint32 // the same; 0: it is in none
	after  uint32 // of one in a chain: the pass that is not to ask for it, see want
	state  flags
}

// flags are facts about a message.
type flags uint16

const (
	known     flags = 1 << iota // it exists
	dated                       // at is its own
	handed                      // its MessageAdded was handed on, or nobody wants it
	delivered                   // … and the handlers have returned
	hidden                      // … and it was not announced
	final                       // it is final
	told                        // its MessageFinalized was handed on, or nobody wants it
	returned                    // … and the handlers have returned
	masked                      // … and it was not announced
	tallied                     // the server's count has it
	due                         // an earlier run handed it on and did not deliver it
	dueFinal                    // the same of its MessageFinalized
	before                      // it may have been there before the first connection
	pending                     // Options.Known is asked about its MessageFinalized
	hinted                      // of finality.open: it is probably final
	tip                         // a tip of the server; only while something is forgotten
)

func (e *entry) has(f flags) bool { return e.state&f != 0 }

// owed reports whether a handler still has to be given something about e.
func (e *entry) owed() bool {
	return e.state&(handed|delivered) == handed || e.state&(told|returned) == told ||
		e.has(due|dueFinal)
}

// New returns empty books for limit messages; zero and less mean 100,000.
func New(limit int) *Books {
	if limit <= 0 {
		limit = defaultLimit
	}
	seed := maphash.MakeSeed()
	return &Books{
		limit:    limit,
		horizon:  math.MinInt64,
		first:    math.MinInt64,
		entries:  newTable[entry](seed),
		tips:     make(map[string]bool),
		wanted:   newTable[want](seed),
		messages: true,
		finals:   true,
	}
}

// Want says which facts somebody wants from now on; both, until it is called. What
// nobody wants counts as delivered. Where both are wanted, a MessageFinalized waits
// for its MessageAdded.
func (b *Books) Want(added, finalized bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if finalized && !b.finals {
		b.final.counted = false // nobody has looked for what it counted meanwhile
	}
	b.messages, b.finals = added, finalized
}

// Begin notes the server's time of the first usable connection. Later calls only
// tell the time.
func (b *Books) Begin(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.beginLocked(now)
}

func (b *Books) beginLocked(now time.Time) {
	b.tellLocked(now)
	if b.begin != 0 {
		return
	}
	b.begin = b.now
	if !b.resumed {
		b.horizon = b.now - int64(history)
		b.first = b.horizon
	}
}

// tellLocked takes the server's time. It does not go back, except where another
// server tells it. The zero time tells nothing.
func (b *Books) tellLocked(now time.Time) {
	switch {
	case now.IsZero():
	case b.moved:
		b.now, b.moved = nanos(now), false
	default:
		b.now = max(b.now, nanos(now))
	}
}

// entryLocked returns the entry of id, a new one if there is none.
func (b *Books) entryLocked(id name) *entry {
	e := b.entries.find(id)
	if e == nil {
		var row uint32
		e, row = b.entries.add(id)
		e.at, e.row = b.now, row
		b.ageLocked(e)
	}
	return e
}

// idLocked returns the id of e.
func (b *Books) idLocked(e *entry) string { return b.entries.id(e.row) }

// knowLocked notes that e exists.
func (b *Books) knowLocked(id name, e *entry) {
	e.state |= known
	e.seen = b.now
	b.dropLocked(id)
	if !e.has(final) {
		b.final.opens(e)
		if e.has(dueFinal) {
			b.final.hint(e)
		}
	}
}

// nanos is t as a number. Proposers may write any year; those that do not fit
// are as far away as can be.
func nanos(t time.Time) int64 {
	const far = farFuture / int64(time.Second)
	switch s := t.Unix(); {
	case s > far:
		return farFuture
	case s < -far:
		return -farFuture
	}
	return t.UnixNano()
}

// farFuture is 125 years, either way of 1970: differences must not overflow.
const farFuture = 125 * 365 * 24 * int64(time.Hour)
