package client_test

import (
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// A faultKind is what goes wrong.
type faultKind string

const (
	faultDrop     faultKind = "drop"      // streams end by FIN
	faultReset    faultKind = "reset"     // all connections are reset
	faultRestart  faultKind = "restart"   // of the node: streams end, finality is forgotten
	faultOutage   faultKind = "outage"    // nobody can connect for a while
	faultTakeAway faultKind = "take away" // a transport is refused for a while
	faultFreeze   faultKind = "freeze"    // no byte moves for a while: the server sees a slow reader
	faultBurst    faultKind = "burst"     // more events in one go than the rings hold
	faultStall    faultKind = "stall"     // the handlers stop for a while
	faultDead     faultKind = "dead"      // the node's main loop stops for a while
	faultHistory  faultKind = "history"   // the node comes back with another, empty history
)

// A fault is something that went wrong, by the host's clock.
type fault struct {
	kind     faultKind
	from, to time.Time
}

// fault adds something that goes wrong, and its end.
func (s *scenario) fault(at time.Duration) {
	kinds := []faultKind{
		faultDrop, faultReset, faultRestart, faultOutage, faultTakeAway, faultTakeAway,
		faultFreeze, faultFreeze, faultFreeze, faultBurst, faultBurst, faultStall, faultStall,
	}
	if s.node() { // elsewhere nobody could tell that the main loop stands still
		kinds = append(kinds, faultDead)
	}
	switch kind := oneOf(s.rng, kinds...); kind {
	case faultDrop:
		s.sudden(at, kind, func(p *player) { p.node.Drop(refserver.Streams) })
	case faultReset:
		s.sudden(at, kind, func(p *player) { p.net.Reset(address) })
	case faultRestart:
		s.sudden(at, kind, (*player).restart)
	case faultOutage:
		s.lasting(at, s.between(time.Second, 40*time.Second), kind, "", func(p *player) {
			p.net.Refuse(address, true)
			p.net.Reset(address)
		}, func(p *player) { p.net.Refuse(address, false) })
	case faultTakeAway:
		part := oneOf(s.rng, refserver.WebSocket, refserver.Streams)
		if s.order[0] == fallback.SSE {
			part = refserver.SSE
		}
		answer := oneOf(s.rng, refserver.Answer{Status: 403}, refserver.Answer{Status: 503}, refserver.Answer{})
		s.lasting(at, s.between(time.Second, 40*time.Second), kind, partNames[part],
			func(p *player) { p.node.TakeAway(part, answer) }, func(p *player) { p.node.Heal(part) })
	case faultFreeze:
		s.freeze(at)
	case faultBurst:
		s.burst(at)
	case faultStall:
		d := s.between(time.Second, 30*time.Second)
		s.lasting(at, d, kind, "", (*player).stall, (*player).resume)
		s.floods(at, d)
		if n := s.rng.IntN(60); n > 20 {
			s.stepf(at+s.between(0, d), func(p *player) { p.addMany(n) }, "%d messages", n)
		}
	case faultHistory: // no script has it: the ledger begins anew
	case faultDead:
		s.lasting(at, s.between(time.Second, 90*time.Second), kind, "", (*player).die, (*player).live)
	}
}

var partNames = map[refserver.Part]string{
	refserver.WebSocket: "WebSocket", refserver.SSE: "SSE", refserver.Streams: "streams",
}

// sudden adds a fault that is over at once.
func (s *scenario) sudden(at time.Duration, kind faultKind, do func(*player)) {
	s.stepf(at, func(p *player) {
		p.begins(kind)()
		do(p)
	}, "%s", kind)
}

// lasting adds a fault and its end.
func (s *scenario) lasting(at, d time.Duration, kind faultKind, what string, begin, end func(*player)) {
	over := new(func())
	s.stepf(at, func(p *player) {
		*over = p.begins(kind)
		begin(p)
	}, "%s %s, for %v", kind, what, d)
	s.stepf(at+d, func(p *player) {
		end(p)
		(*over)()
	}, "%s %s is over", kind, what)
	s.length = max(s.length, at+d)
}

// freeze adds a link on which nothing moves, while the server has much to say.
func (s *scenario) freeze(at time.Duration) {
	d := oneOf(s.rng, s.between(time.Second, 12*time.Second), s.between(12*time.Second, 25*time.Second))
	s.lasting(at, d, faultFreeze, "", func(p *player) { p.net.Freeze(address, true) },
		func(p *player) { p.net.Freeze(address, false) })
	s.stepf(at, func(p *player) { p.flood(events.TypeTransferRecorded, 300) }, "300 notices") // they fill the link
	s.floods(at, d)
}

// floods adds much of one lane or several, in one go each, within d.
func (s *scenario) floods(at, d time.Duration) {
	for range s.rng.IntN(5) {
		typ, n, when := s.noticeType(), 10+s.rng.IntN(300), s.between(0, d)
		s.stepf(at+when, func(p *player) { p.flood(typ, n) }, "%d notices, %v", n, typ)
	}
}

// burst adds more in one go than the rings hold. A node's socket is deaf then, and
// if it is deaf on each lane that says something, until it is pinged.
func (s *scenario) burst(at time.Duration) {
	n := 20 + s.rng.IntN(300)
	switch s.rng.IntN(3) {
	case 0:
		s.stepf(at, func(p *player) { p.addMany(n / 8) }, "burst of %d messages", n/8)
	case 1:
		typ := oneOf(s.rng, events.TypeTransferRecorded, events.TypeEscrowLocked, events.TypeNodeStarted)
		s.stepf(at, func(p *player) { p.flood(typ, n) }, "burst of %d notices, %v", n, typ)
	default:
		d := s.between(time.Millisecond, 8*time.Second)
		s.stepf(at, func(p *player) {
			p.flood(events.TypeTransferRecorded, n)
			p.flood(events.TypeEscrowLocked, n)
		}, "burst of %d notices on two lanes", n)
		s.floods(at, d)
	}
}
