package backfill

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

// A Config says whom to ask, and who takes what comes of it.
type Config struct {
	REST  *rest.Client  // of the first endpoint; shares its budget with whoever else uses it
	Books *repair.Books // of the run

	// Fill hands on a fact that was found by REST, or a state that was read again.
	// It waits while there is no room; its error is that of ctx. It is called once
	// for each fact that the books said is to be handed on, unless the run ends.
	Fill func(ctx context.Context, env events.Envelope) error

	// Known says for each of the facts, by type and id, whether the application has
	// had it; nil: nobody knows. A panic in it is an error, and on an error it is
	// asked again later. It may take 30 s; one that does not heed its context is not
	// waited for, and not asked again before it has returned.
	Known func(ctx context.Context, facts []events.Envelope) ([]bool, error)

	// Resumed says that the books go on where an earlier run ended, so that also the
	// first connection may show another history.
	Resumed bool

	// Phase is from 0 to 1 and another one for each of many loops: so much of half
	// their time are the first periodic passes and reads of a connection early, so
	// that those of loops that began together do not come together for ever.
	Phase float64

	// Note takes what an operator should know; nil: nobody. It must not block.
	Note func(Note)
}

// A Note is something that an operator should know.
type Note struct {
	Kind NoteKind
	Err  error // of Failed
	N    int   // of Unannounced and Overrun: how many so far
}

// NoteKind is what a Note is about.
type NoteKind uint8

// The kinds of notes.
const (
	Failed      NoteKind = iota // a question failed, or Known did; it will be asked again
	History                     // after a re-connect the server has none of the messages that it had
	Ended                       // a pass has ended, and all that it found was handed on
	Current                     // the same, and the newest states were handed on, too; where no facts are wanted, the states alone, at least each minute
	Unannounced                 // the stream did not announce facts that REST has; once
	Overrun                     // the books were full twice over: something cannot be repaired
	Lacking                     // there is nothing that could be asked: the server shows no messages by REST
)

// A Loop reads what a stream did not say. Its turns are taken on a goroutine that
// exists only while there is something to do. Everything but Run and Wait may be
// called from any goroutine, at any time, and does not wait.
type Loop struct {
	lacking // of the endpoint that is asked; the turns'

	cfg    Config
	worker worker      // takes the turns
	signed atomic.Bool // in.sign

	states  [families]signal // by family
	pending atomic.Int64     // facts that were found and not handed on yet

	mu sync.Mutex // guards in; of the answers' way into the books, see turn.book
	in inbox

	// The rest is the turns'.

	servers map[*rest.Client]lacking // of the other endpoints

	seen     inbox         // endpoint, mode and connection of the turn before
	joined   time.Time     // when the connection came
	pass     *pass         // under way; nil: none
	began    time.Time     // when the last one did
	fullAt   time.Time     // and the last full one
	apart    bool          // it was not the connection's first
	retry    backoff       // of passes
	history  bool          // the next full pass tells whether the server has another history
	beats    uint64        // of the count, at the last full pass
	finished bool          // a pass has ended, and that is to be told
	held     []item        // found by the pass, to be handed on
	asking   []item        // waiting for Known
	asked    map[fact]bool // the same
	decision backoff       // of Known
	answers  chan answer   // of the Known that is running; nil: none is
	rounds   finality
	reads    [families]reading
	hungry   time.Time // since when a state waits for the budget
	caught   bool      // the last pass followed a connect or a hole
	base     int       // facts that no stream had the chance to announce
	hidden   bool      // Unannounced was told
	overruns uint64    // that were told
}

// Pending returns how many facts were found and not handed on yet.
func (l *Loop) Pending() int { return int(l.pending.Load()) }

// New returns a loop that does nothing until Follow. It tells the books whether
// there is a Known.
func New(cfg Config) *Loop {
	if cfg.Note == nil {
		cfg.Note = func(Note) {}
	}
	cfg.Books.AskKnown(cfg.Known != nil)
	l := &Loop{
		cfg:     cfg,
		worker:  worker{ended: make(chan struct{})},
		asked:   make(map[fact]bool),
		in:      inbox{rest: cfg.REST},
		seen:    inbox{rest: cfg.REST},
		servers: map[*rest.Client]lacking{},
		lacking: newLacking(),
	}
	cfg.Books.Watch(l.ring)
	return l
}

// Start has the loop work until ctx ends. It is called once, and Wait after it.
func (l *Loop) Start(ctx context.Context) { l.worker.start(ctx, l.takeTurn) }

// Wait returns when the loop has ended.
func (l *Loop) Wait() { <-l.worker.ended }

// Run works until ctx ends: Start and Wait in one.
func (l *Loop) Run(ctx context.Context) {
	l.Start(ctx)
	l.Wait()
}

// takeTurn returns when the next one is due; zero: when something comes in.
func (l *Loop) takeTurn(ctx context.Context) time.Time {
	t := l.take(ctx)
	defer t.stop()
	return t.run()
}

// A turn is what the loop does before it looks again at what came in.
type turn struct {
	*Loop

	life context.Context // of the run
	ctx  context.Context // of questions: ends, too, when the connection does
	stop context.CancelFunc
	now  inbox // as of its beginning
}

// run makes what is due and returns when something will be; zero: nothing.
func (t *turn) run() time.Time {
	t.changes()
	if t.now.mode == Paused {
		t.abandon()
		return t.settle()
	}
	t.readMail()
	next := t.passes()
	next = earlier(next, t.settle())
	next = earlier(next, t.readStates())
	next = earlier(next, t.finality())
	t.tell()
	return next
}

// changes follows a change of the mode or of the connection.
func (t *turn) changes() {
	last := t.seen
	t.seen = inbox{rest: t.now.rest, mode: t.now.mode, connection: t.now.connection}
	if t.now.rest != last.rest {
		t.turnsTo(last.rest, t.now.rest)
	}
	if t.now.connection != last.connection {
		t.abandon()
		t.retry, t.rounds, t.joined, t.finished = backoff{}, finality{}, time.Now(), false
		t.began = time.Time{} // its first pass need not wait for that of another connection
		t.history = t.now.again(t.cfg.Resumed)
	}
	t.restates(t.now.mode != last.mode || t.now.connection != last.connection)
}

// earlier returns the earlier of two times, of which a zero one is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// A backoff is the pause after failures.
type backoff struct {
	pause time.Duration // the last one; 0: it did not fail
	until time.Time
}

const (
	shortestPause = 3 * time.Second
	longestPause  = time.Minute
)

// fail begins a pause, at least as long as given and twice as long as the last.
func (b *backoff) fail(least time.Duration) {
	b.pause = min(max(2*b.pause, shortestPause), longestPause)
	b.until = time.Now().Add(max(b.pause, least))
}

// over reports whether the pause is.
func (b *backoff) over() bool { return !time.Now().Before(b.until) }
