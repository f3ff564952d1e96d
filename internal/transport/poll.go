package transport

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// DefaultPollInterval is the pause between the beginnings of two polls.
const DefaultPollInterval = 5 * time.Second

// pollTypes are the types that can be followed by REST. Of the others a server
// keeps no trace that could be read. A poll reads for the two facts what is a sign
// that there are some, the tips and the count; who reads the facts themselves is
// told so by the books.
var pollTypes = []events.Type{
	events.TypeTipsUpdated, events.TypeMessageAdded, events.TypeMessageFinalized, events.TypeKCoreUpdated,
	events.TypeDiversityUpdated, events.TypeEnergyUpdated, events.TypeAdmissibilityUpdated, events.TypeEconomicsUpdated,
}

// A pollConfig says whom to ask, and how often.
type pollConfig struct {
	REST     *rest.Client
	Books    Books         // take the tips and the count; nil: nobody does
	Interval time.Duration // between the beginnings of two polls; 0 and less mean 5 s
}

// A pollStream is a stream of states rebuilt from REST answers. It has no goroutine:
// Next waits until the next poll is due, makes it, and returns what came of it one
// frame after the other, then a frame of kind Alive.
//
//	poll.go         when                     poll_read.go   one answer
//	poll_round.go   one poll, in its steps   poll_state.go  what is read
//	poll_open.go    for the Dialer           poll_frame.go  what is handed on
//
// Only what changed is handed on; of a state its first answer counts as a change,
// for a consumer needs something to begin with.
type pollStream struct {
	rest     *rest.Client
	books    Books
	interval time.Duration
	opened   time.Time
	server   time.Time

	ctx    context.Context // of the requests after the opening; ends with Close
	cancel context.CancelFunc
	end    *end
	heard  atomic.Int64 // last answer, ns after opened

	mu    sync.Mutex
	want  []events.Type // of pollTypes
	again bool          // somebody new wants some: the next poll hands on what did not change, too

	// The rest is Next's.

	park  func()  // of OnPark
	queue []Frame // what the last poll brought and Next has not returned yet
	due   time.Time
	at    int  // of the poll under way: the next step
	mute  bool // the round before had no answer

	gone    map[read]time.Time           // answers that the server does not have, and when to ask again
	told    map[read]bool                // that the server does not have them
	shown   map[events.Type]events.Event // the last one handed on, its time left out
	states  []state
	turn    int  // of the states, in the first poll
	first   bool // no poll has ended yet
	opening bool
}

// openPoll makes the first round of the first poll and returns a stream of the
// given types, all if nil. Types that cannot be polled are not delivered. The end
// of ctx ends the opening, not the stream; if time is what ended it, the answers
// that came by then are enough. An error is the context's or one of package rest:
// of the first answer that failed, if none did not.
func openPoll(ctx context.Context, cfg pollConfig, types []events.Type) (*pollStream, error) {
	s := &pollStream{
		rest:     cfg.REST,
		books:    cfg.Books,
		interval: cfg.Interval,
		opened:   time.Now(),
		end:      newEnd(),
		want:     pollable(types),
		gone:     make(map[read]time.Time),
		told:     make(map[read]bool),
		shown:    make(map[events.Type]events.Event),
		first:    true,
		opening:  true,
		park:     func() {},
	}
	if s.books == nil {
		s.books = repair.New(0)
	}
	if s.interval <= 0 {
		s.interval = DefaultPollInterval
	}
	s.states = stateReads()
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if err := s.poll(ctx); err != nil {
		s.cancel()
		return nil, err
	}
	s.opening = false
	s.opened, s.server = time.Now(), s.rest.Now()
	s.heard.Store(0)
	return s, nil
}

// pollable returns those of types that can be polled.
func pollable(types []events.Type) []events.Type {
	if types == nil {
		return pollTypes
	}
	return slices.DeleteFunc(slices.Clone(pollTypes), func(t events.Type) bool { return !slices.Contains(types, t) })
}

// Next implements Stream. After Close it returns what the last poll brought
// before it returns ErrClosed: it was received, so it is not lost.
func (s *pollStream) Next() (Frame, error) {
	for len(s.queue) == 0 {
		if err := s.end.cause(); err != nil {
			return Frame{}, err
		}
		s.park()
		if !s.sleep() {
			continue
		}
		if err := s.poll(s.ctx); err != nil {
			s.end.because(polled(err))
		}
	}
	f := s.queue[0]
	s.queue[0] = Frame{}
	s.queue = s.queue[1:]
	return f, nil
}

// OnPark implements Stream.
func (s *pollStream) OnPark(fn func()) { s.park = fn }

// sleep waits until the next poll is due. It reports false if the stream was
// closed meanwhile.
func (s *pollStream) sleep() bool {
	timer := time.NewTimer(time.Until(s.due))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.end.done:
		return false
	}
}

// LastFrame implements Stream.
func (s *pollStream) LastFrame() time.Time { return s.opened.Add(time.Duration(s.heard.Load())) }

// answered notes that the server answered something.
func (s *pollStream) answered() { s.heard.Store(int64(time.Since(s.opened))) }

// Transport implements Stream.
func (s *pollStream) Transport() fallback.Transport { return fallback.Polling }

// Opened implements Stream.
func (s *pollStream) Opened() time.Time { return s.opened }

// ServerTime implements Stream.
func (s *pollStream) ServerTime() time.Time { return s.server }

// Dialect implements Stream: REST has but one.
func (s *pollStream) Dialect() wire.Dialect { return wire.UnknownDialect }

// Widen implements Stream: the next poll asks for more.
func (s *pollStream) Widen(types []events.Type) bool {
	more := pollable(types)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.again = true
	s.want = slices.DeleteFunc(slices.Clone(pollTypes), func(t events.Type) bool {
		return !slices.Contains(s.want, t) && !slices.Contains(more, t)
	})
	return true
}

// wanted returns what the next poll is to bring.
func (s *pollStream) wanted() []events.Type {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.again {
		s.again = false
		clear(s.shown)
		for i := range s.states {
			s.states[i].read = time.Time{}
		}
	}
	return s.want
}

// Missing returns the wanted types that this server does not have, nil if it has
// them all. It is for the goroutine that calls Next.
func (s *pollStream) Missing() []events.Type {
	return slices.DeleteFunc(slices.Clone(s.wanted()), func(t events.Type) bool { return !s.lacks(t) })
}

// Probe implements Stream: a poll is due soon anyway.
func (s *pollStream) Probe() {}

// Close implements Stream.
func (s *pollStream) Close() {
	s.end.because(ErrClosed)
	s.cancel()
}
