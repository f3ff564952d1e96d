package pulse

import (
	"sync"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// Verdict is what Look finds.
type Verdict uint8

// The verdicts. The zero Verdict is Fine.
const (
	Fine  Verdict = iota // nothing to do
	Wake                 // beats are missing: a pair of pings now, in case the connection is deaf. Once per missed beat
	Stale                // that did not help, neither lane beats. Stays until a beat comes; a pair of pings now may still help
)

// String returns "fine", "wake" or "stale".
func (v Verdict) String() string {
	switch v {
	case Wake:
		return "wake"
	case Stale:
		return "stale"
	default:
		return "fine"
	}
}

// A Hole says that events of a lane may have been lost.
type Hole struct {
	Lane     events.Priority // High or Medium
	From, To time.Time       // host's clock: when the beats on either side were received
}

// A Pulse follows the beats of one connection. Make it with New. All methods are
// safe for concurrent use. Times received are the host's, with a monotonic
// reading if there is one.
type Pulse struct {
	mu    sync.Mutex
	tips  lane
	kcore lane
	any   time.Time // from when on both lanes are silent
	held  time.Time // since when nobody reads; zero: somebody does
	freed time.Time // until when nobody read, the last time
}

// New returns the Pulse of a connection to a server in the node dialect that was
// opened then, by the host's clock and by the server's: the first beats are due one
// rhythm later. Without the server's time a hole before them cannot be told.
func New(opened, server time.Time) *Pulse {
	return &Pulse{
		tips:  lane{base: tipsEvery, rhythm: tipsEvery, since: opened, opened: server},
		kcore: lane{base: kcoreEvery, rhythm: kcoreEvery, since: opened, opened: server},
		any:   opened,
	}
}

// Beat notes that a TipsUpdated or a KCoreUpdated was received, with the server's
// time in it; a zero one proves life and is passed over otherwise. It is true if
// there is a hole between this beat and the one before it in its lane. Other types
// are ignored. One that had been received when Held was called, and could not be
// looked at before Freed, counts as received then.
func (p *Pulse) Beat(t events.Type, server, received time.Time) (hole Hole, ok bool) {
	l, in := &p.tips, events.High
	switch t {
	case events.TypeTipsUpdated:
	case events.TypeKCoreUpdated:
		l, in = &p.kcore, events.Medium
	default:
		return Hole{}, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if received.Before(p.freed) {
		received = p.freed
	}
	hole = Hole{Lane: in, From: l.received, To: received}
	if hole.From.IsZero() {
		hole.From = l.since // the opening
	}
	p.any = received
	if !l.beat(server, received) {
		return Hole{}, false
	}
	return hole, true
}

// Held notes that from now on nobody reads: beats may wait, and silence does not
// count. Again before Freed it does nothing.
func (p *Pulse) Held(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held.IsZero() {
		p.held = now
	}
}

// Freed notes that reading goes on. Without Held it does nothing.
func (p *Pulse) Freed(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held.IsZero() {
		return
	}
	for _, since := range []*time.Time{&p.tips.since, &p.kcore.since, &p.any} {
		*since = since.Add(p.paused(*since, now))
	}
	p.held, p.freed = time.Time{}, now
}

// paused returns how long nobody has read from since on.
func (p *Pulse) paused(since, now time.Time) time.Duration {
	if p.held.IsZero() {
		return 0
	}
	if p.held.After(since) {
		since = p.held
	}
	return max(now.Sub(since), 0)
}

// Look returns what the beats, or their absence, tell now, and when to look again:
// always later than now, and not too late if a beat comes in between.
func (p *Pulse) Look(now time.Time) (v Verdict, again time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait := time.Duration(0)
	for _, l := range []*lane{&p.tips, &p.kcore} {
		silence := p.silence(l.since, now)
		if l.wake(silence) {
			v = Wake
		}
		if left := missed(l.woken, l.rhythm) - silence; wait == 0 || left < wait {
			wait = left
		}
	}
	if left := p.trust() - p.silence(p.any, now); left <= 0 {
		v = Stale
	} else {
		wait = min(wait, left)
	}
	return v, now.Add(wait)
}

// silence returns how long there has been none to hear since then, although
// somebody listened.
func (p *Pulse) silence(since, now time.Time) time.Duration {
	return max(now.Sub(since)-p.paused(since, now), 0)
}

// trust returns how long both lanes may be silent: 3.5 beats of the faster one,
// unless it had fallen silent before the other did.
func (p *Pulse) trust() time.Duration {
	rhythm := max(p.tips.rhythm, p.kcore.rhythm)
	for _, l := range []*lane{&p.tips, &p.kcore} {
		if p.any.Sub(l.since) < missed(0, l.rhythm) {
			rhythm = min(rhythm, l.rhythm)
		}
	}
	return missed(1, rhythm)
}

// Last returns when the last beat of each lane was received, zero if there was
// none.
func (p *Pulse) Last() (tips, kcore time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tips.received, p.kcore.received
}
