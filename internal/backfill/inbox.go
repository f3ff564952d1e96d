package backfill

import (
	"context"
	"encoding/json"
	"slices"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

// Mode is what the loop has to make up for.
type Mode uint8

// The modes.
const (
	Paused  Mode = iota // there is no connection: nothing is asked
	Stream              // a stream announces most of it
	Polling             // nothing announces facts; the transport reads the states
	Dead                // a connection that says nothing any more: all is read every 30 s
)

// families is how many families of states can be read.
const families = 6

// familyOf returns the number of a family.
func familyOf(t events.Type) (i int, ok bool) {
	all := stateTypes()
	i = slices.Index(all[:], t)
	return i, i >= 0
}

// A signal is what the loop is told about a family of states.
type signal struct {
	due  atomic.Bool   // it is to be read again
	live atomic.Uint64 // events that came
}

// An inbox is what the loop is told, until it is taken.
type inbox struct {
	rest       *rest.Client // whom to ask
	moved      bool         // another one was asked, and there was no end of the connection since
	mode       Mode
	types      []events.Type // wanted; nil: all
	connection uint64        // how many there were, ends included
	before     []string      // the newest messages that were known when the connection came, if it may show another history
	cancel     context.CancelFunc
	full       bool   // a full pass is wanted
	sign       bool   // there is something new
	tips       []byte // newest payload
}

// Follow says what there is to make up for, and which types are wanted; nil: all.
// types is kept. From Paused, and from a stream to polling or back, is a new
// connection: a full pass comes as soon as one may. When Follow has returned from
// such a change, no answer from before it gets into the books.
func (l *Loop) Follow(mode Mode, types []events.Type) {
	defer l.ring()
	l.mu.Lock()
	defer l.mu.Unlock()
	last := l.in
	l.in.mode, l.in.types = mode, types
	if connected(mode) != connected(last.mode) {
		l.renewLocked()
		if mode != Paused && l.in.again(l.cfg.Resumed) {
			l.in.before = l.cfg.Books.Newest(newestToProve)
		}
	}
	switch {
	case mode == Paused:
		l.in.moved = false
	case l.in.connection != last.connection:
		l.cfg.Books.Disturb()
		l.in.full = true
	case mode != last.mode, wantsFacts(types) && !wantsFacts(last.types):
		l.in.full = true
	}
}

// Move says that the run goes on at another endpoint, and has the books do so: whatever
// is asked from now on is asked there, and no answer of the last one gets into the books
// any more. It is a new connection, but for the question whether the server has another
// history: what one does not know proves nothing about the other.
func (l *Loop) Move(to *rest.Client) {
	defer l.ring()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.renewLocked()
	l.in.rest, l.in.moved = to, true
	l.cfg.Books.Move()
	if l.in.mode != Paused {
		l.cfg.Books.Disturb()
		l.in.full = true
	}
}

// renewLocked begins a connection, and ends the questions of the last one.
func (l *Loop) renewLocked() {
	l.in.connection++
	l.in.tips, l.in.before = nil, nil
	l.signLocked(false)
	if l.in.cancel != nil {
		l.in.cancel()
	}
}

// again reports whether the connection may show another history than one before.
func (in *inbox) again(resumed bool) bool { return !in.moved && (in.connection > 1 || resumed) }

// connected tells connections apart: a dead one is a stream.
func connected(m Mode) Mode {
	if m == Dead {
		return Stream
	}
	return m
}

// Hole says that something may be missing: nothing is in sync until a full pass
// has ended, which comes as soon as one may.
func (l *Loop) Hole() {
	l.cfg.Books.Disturb()
	l.put(func(in *inbox) { in.full = true })
}

// Sign says that there is something new: a pass comes within 3 s. It costs one
// atomic read while a pass is to come anyway.
func (l *Loop) Sign() {
	if !l.signed.Load() {
		l.put(func(*inbox) { l.signLocked(true) })
	}
}

func (l *Loop) signLocked(on bool) {
	l.in.sign = on
	l.signed.Store(on)
}

// Tips hands over the newest payload of a TipsUpdated, which is not modified any
// more. If it names unknown messages, that is a Sign.
func (l *Loop) Tips(payload []byte) { l.put(func(in *inbox) { in.tips = payload }) }

// put changes the inbox, unless there is no connection, and wakes the loop.
func (l *Loop) put(change func(*inbox)) {
	l.mu.Lock()
	paused := l.in.mode == Paused
	if !paused {
		change(&l.in)
	}
	l.mu.Unlock()
	if !paused {
		l.ring()
	}
}

// Due says that a family of states is to be read again. While polling it is not,
// for the transport reads it.
func (l *Loop) Due(t events.Type) {
	if i, ok := familyOf(t); ok && !l.states[i].due.Swap(true) {
		l.ring()
	}
}

// Live says that a live event of a family of states came: it need not be read
// again, and what was asked for before is thrown away. It costs two atomic writes.
func (l *Loop) Live(t events.Type) {
	if i, ok := familyOf(t); ok {
		l.states[i].live.Add(1)
		l.states[i].due.Store(false)
	}
}

func (l *Loop) ring() { l.worker.ring() }

// take begins a turn.
func (l *Loop) take(ctx context.Context) *turn {
	t := &turn{Loop: l, life: ctx}
	t.ctx, t.stop = context.WithCancel(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	t.now = l.in
	l.in.cancel, l.in.tips = t.stop, nil
	if !wantsFacts(l.in.types) {
		l.in.full = false // no pass will; see turn.withoutPass
	}
	return t
}

// book writes an answer into the books, unless the connection has changed since
// the question.
func (t *turn) book(write func(b *repair.Books, now time.Time)) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.in.connection != t.now.connection {
		return false
	}
	write(t.cfg.Books, t.now.rest.Now())
	return true
}

// readMail reads what came in.
func (t *turn) readMail() {
	if t.now.mode == Polling {
		for i := range t.states {
			t.states[i].due.Store(false)
		}
	}
	var payload struct {
		Tips []string `json:"tips"`
	}
	if t.pass != nil && t.now.tips != nil {
		t.keep(t.now.tips) // or the pass would not end while messages come
		return
	}
	if t.now.tips == nil || !wantsFacts(t.now.types) || json.Unmarshal(t.now.tips, &payload) != nil {
		return
	}
	t.tips(payload.Tips)
}

// keep puts tips back for the next turn, unless there are newer ones.
func (t *turn) keep(payload []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.in.connection == t.now.connection && t.in.tips == nil {
		t.in.tips = payload
	}
}

// tips puts tips into the books; news are a sign.
func (t *turn) tips(ids []string) {
	const longest = 256 // bytes of an id
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" || len(id) > longest })
	news := false
	t.book(func(b *repair.Books, _ time.Time) { news = b.Tips(ids) })
	if news {
		t.Sign()
	}
}

// wants reports whether a type is wanted.
func (t *turn) wants(typ events.Type) bool { return wants(t.now.types, typ) }

func wants(types []events.Type, t events.Type) bool { return types == nil || slices.Contains(types, t) }

func wantsFacts(types []events.Type) bool {
	return wants(types, events.TypeMessageAdded) || wants(types, events.TypeMessageFinalized)
}
