package ledger

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"
)

// A Ledger is a graph of messages. It is safe for concurrent use.
type Ledger struct {
	mu       sync.Mutex // guards all that follows
	rng      *rand.Rand
	proposer string // of own messages
	peer     string // of messages that came from a peer
	serial   int    // names the next message that is given no content

	entries map[string]*entry
	arrived []*entry            // in order of arrival
	byTime  []*entry            // by millisecond, then id: the index behind Since
	byID    []*entry            // by id: the index behind Range
	tips    map[string]*entry   // held messages without a held child
	kids    map[string][]*entry // held children, also of parents that are not held
	pending []*entry            // wait for finality, in order of arrival
	finals  []string            // in order of finality
	unheld  int                 // finals of messages that the ledger does not hold
	latest  time.Time           // newest timestamp so far

	conflicts []Conflict
	economics Economics
}

// entry is a message with what the ledger keeps about it.
type entry struct {
	msg      Message
	deposit  bool // an own message whose deposit is on the books
	never    bool // FinalizeOld passes it over
	finality Finality
}

// genesis is the time of a first message that is not told its own.
var genesis = time.Date(2024, time.January, 15, 10, 30, 0, 0, time.UTC)

// New returns an empty ledger. Ledgers of the same seed, told the same, hold
// the same messages; ledgers of different seeds have no id in common.
func New(seed uint64) *Ledger {
	l := &Ledger{}
	l.resetLocked(seed)
	return l
}

// Reset forgets everything and begins another history: what a client sees when
// another node takes over an address.
func (l *Ledger) Reset(seed uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.resetLocked(seed)
}

func (l *Ledger) resetLocked(seed uint64) {
	l.rng = rand.New(rand.NewPCG(seed, seed))
	l.proposer = address(seed, "proposer")
	l.peer = address(seed, "peer")
	l.serial = 0
	l.entries = make(map[string]*entry)
	l.arrived, l.byTime, l.byID = nil, nil, nil
	l.pending, l.finals, l.unheld = nil, nil, 0
	l.tips = make(map[string]*entry)
	l.kids = make(map[string][]*entry)
	l.latest = time.Time{}
	l.conflicts = nil
	l.economics = Genesis()
}

// Restart loses what a node 0.3.0 keeps in memory only, finality, the pending
// queue and depths, and the deposits. Messages and tips stay. What was pending is
// never looked at again, so it becomes final only by Finalize.
func (l *Ledger) Restart() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.arrived {
		e.deposit, e.finality = false, Finality{}
		e.msg.Final, e.msg.Depth = false, 0
	}
	l.pending, l.finals, l.unheld = nil, nil, 0
}

// AddOptions say what the next message is like. The zero value is an own
// message on the tips, a millisecond later than the latest.
type AddOptions struct {
	Parents []string  // nil: chosen; empty: none; ids that the ledger does not hold are kept
	At      time.Time // the proposer's clock; zero: 1 ms after the newest timestamp so far
	Content []byte    // nil: "m0", "m1", …
	Peer    bool      // it came from a peer: no deposit

	NeverFinal bool // it becomes final only by Finalize
}

// Add stores a message and returns it. A message that the ledger holds already
// changes nothing and is returned as it is.
func (l *Ledger) Add(opts AddOptions) Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := &entry{msg: l.draftLocked(opts), deposit: !opts.Peer, never: opts.NeverFinal}
	if old, held := l.entries[e.msg.ID]; held {
		return old.msg
	}
	id := e.msg.ID
	l.entries[id] = e
	l.arrived = append(l.arrived, e)
	l.pending = append(l.pending, e)
	l.byTime = insert(l.byTime, e, byMilli)
	l.byID = insert(l.byID, e, byID)
	for _, p := range e.msg.Parents {
		l.kids[p] = append(l.kids[p], e)
		delete(l.tips, p)
	}
	if len(l.kids[id]) == 0 { // a late parent arrives after its children
		l.tips[id] = e
	}
	if e.msg.Timestamp.After(l.latest) {
		l.latest = e.msg.Timestamp
	}
	return e.msg
}

// draftLocked makes the message that opts describe.
func (l *Ledger) draftLocked(opts AddOptions) Message {
	m := Message{
		Timestamp: opts.At.UTC(),
		Content:   slices.Clone(opts.Content),
		Proposer:  l.proposer,
		Own:       !opts.Peer,
	}
	if opts.Peer {
		m.Proposer = l.peer
	}
	if opts.At.IsZero() {
		m.Timestamp = genesis
		if !l.latest.IsZero() {
			m.Timestamp = l.latest.Add(time.Millisecond)
		}
	}
	if opts.Content == nil {
		m.Content = []byte("m" + strconv.Itoa(l.serial))
		l.serial++
	}
	m.Parents = unique(opts.Parents)
	if opts.Parents == nil {
		m.Parents = l.chooseLocked()
	}
	for _, p := range m.Parents {
		if e, held := l.entries[p]; held {
			m.Depth = max(m.Depth, e.msg.Depth+1)
		}
	}
	seal(&m)
	return m
}

// Drop prunes a message and reports whether the ledger held it. Children go on
// naming it; a parent that is left without children is a tip again.
func (l *Ledger) Drop(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, held := l.entries[id]
	if !held {
		return false
	}
	same := func(o *entry) bool { return o == e }
	delete(l.entries, id)
	delete(l.tips, id)
	l.arrived = slices.DeleteFunc(l.arrived, same)
	l.pending = slices.DeleteFunc(l.pending, same)
	l.byTime = slices.DeleteFunc(l.byTime, same)
	l.byID = slices.DeleteFunc(l.byID, same)
	for _, p := range e.msg.Parents {
		if l.kids[p] = slices.DeleteFunc(l.kids[p], same); len(l.kids[p]) > 0 {
			continue
		}
		delete(l.kids, p)
		if parent, ok := l.entries[p]; ok {
			l.tips[p] = parent
		}
	}
	return true
}

// insert puts e where it belongs in a sorted index.
func insert(index []*entry, e *entry, order func(a, b *entry) int) []*entry {
	at, _ := slices.BinarySearchFunc(index, e, order)
	return slices.Insert(index, at, e)
}

func byID(a, b *entry) int { return cmp.Compare(a.msg.ID, b.msg.ID) }

func byMilli(a, b *entry) int {
	return cmp.Or(cmp.Compare(a.msg.Timestamp.UnixMilli(), b.msg.Timestamp.UnixMilli()), byID(a, b))
}

// unique returns a copy of ids without doubles, never nil.
func unique(ids []string) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// address makes a proposer's address out of a seed and a role.
func address(seed uint64, role string) string {
	key := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(role), seed))
	return bech32("adic", key[:])
}
