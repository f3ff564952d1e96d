package client_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// A scenario is a random script: a server, a client, and what happens to them.
// One seed makes one scenario.
type scenario struct {
	seed   uint64
	config refserver.Config
	order  []fallback.Transport
	want   []events.Type // nil: all
	lanes  [3]client.Lane
	buffer int           // of each direction of a connection, bytes
	before int           // messages that are there before the client comes
	length time.Duration // of the time in which something happens
	steps  []scenarioStep

	rng *rand.Rand
}

// A scenarioStep happens at a time after the first connect.
type scenarioStep struct {
	at   time.Duration
	text string
	do   func(*player)
}

// node reports whether the server speaks as a node does, and so sends beats.
func (s *scenario) node() bool { return s.config.Dialect == refserver.Node }

// String tells the whole script, a line for each step.
func (s *scenario) String() string {
	var b strings.Builder
	c := s.config
	fmt.Fprintf(&b, "seed %d: %v, rings %d %d %d, skew %v, final after %v, untruths %+v\n", s.seed, c.Dialect,
		c.HighBuffer, c.MediumBuffer, c.LowBuffer, c.Skew, c.FinalAfter, c.Untruths)
	fmt.Fprintf(&b, "client: %v, wants %v, lanes %v; link of %d bytes; %d messages before\n", s.order, s.want, s.lanes, s.buffer, s.before)
	for _, step := range s.steps {
		fmt.Fprintf(&b, "%9.3fs %s\n", step.at.Seconds(), step.text)
	}
	return b.String()
}

// oneOf draws from a list.
func oneOf[T any](rng *rand.Rand, list ...T) T { return list[rng.IntN(len(list))] }

// between draws a duration.
func (s *scenario) between(low, high time.Duration) time.Duration {
	return low + time.Duration(s.rng.Int64N(int64(high-low)))
}

// newScenario makes the scenario of a seed.
func newScenario(d refserver.Dialect, seed uint64) *scenario {
	s := &scenario{seed: seed, rng: rand.New(rand.NewPCG(seed, uint64(d)))}
	s.config = refserver.Config{
		Dialect: d, Seed: seed, Known: events.Types(),
		HighBuffer: oneOf(s.rng, 16, 64, 256), MediumBuffer: oneOf(s.rng, 8, 32, 128), LowBuffer: oneOf(s.rng, 4, 32),
		Skew:       oneOf(s.rng, 0, 0, 5*time.Minute, -5*time.Minute),
		FinalAfter: oneOf(s.rng, 0, time.Second),
		Untruths:   oneOf(s.rng, refserver.Untruths{}, refserver.Untruths{DoubleAdded: true, HideOwn: 0.3}, refserver.Measured()),
	}
	s.config.Untruths.NeverFinal = oneOf(s.rng, 0, 0.5)
	const ws, sse, polling = fallback.WebSocket, fallback.SSE, fallback.Polling
	s.order = oneOf(s.rng, []fallback.Transport{ws}, []fallback.Transport{sse}, []fallback.Transport{polling},
		[]fallback.Transport{ws, sse}, []fallback.Transport{ws, polling}, []fallback.Transport{sse, polling},
		[]fallback.Transport{ws, sse, polling}, []fallback.Transport{ws, sse, polling})
	const added, final = events.TypeMessageAdded, events.TypeMessageFinalized
	s.want = oneOf(s.rng, nil, nil, nil, nil, []events.Type{added, final}, []events.Type{final, events.TypeKCoreUpdated},
		[]events.Type{added, events.TypeTransferRecorded}, []events.Type{events.TypePeerConnected, events.TypeEscrowLocked})
	for i := range s.lanes {
		s.lanes[i].Events = oneOf(s.rng, 32, 200, 1000)
	}
	s.buffer = oneOf(s.rng, 1<<10, 4<<10, 64<<10)
	s.before = s.rng.IntN(12)
	s.length = s.between(time.Minute, 150*time.Second)
	for at := s.between(0, time.Second); at < s.length; at += s.between(0, 1500*time.Millisecond) {
		s.traffic(at)
	}
	if s.rng.IntN(5) > 0 { // the fifth of each five has no fault
		for range 1 + s.rng.IntN(5) {
			s.fault(s.between(5*time.Second, s.length))
		}
	}
	slices.SortStableFunc(s.steps, func(a, b scenarioStep) int { return int(a.at - b.at) })
	return s
}

// stepf adds a step.
func (s *scenario) stepf(at time.Duration, do func(*player), format string, args ...any) {
	s.steps = append(s.steps, scenarioStep{at: at, text: fmt.Sprintf(format, args...), do: do})
}

// traffic adds something that happens on any chain, or to any of its clocks.
func (s *scenario) traffic(at time.Duration) {
	n := s.rng.IntN(1 << 20) // picks whom it happens to
	own, peer := refserver.AddOptions{}, refserver.AddOptions{Peer: true}
	hidden, hiddenPeer := refserver.AddOptions{Silent: true}, refserver.AddOptions{Peer: true, Silent: true}
	switch k := s.rng.IntN(100); {
	case k < 18:
		s.stepf(at, func(p *player) { p.add(own) }, "a message")
	case k < 24:
		s.stepf(at, func(p *player) { p.add(peer) }, "a message of a peer")
	case k < 32:
		opts := oneOf(s.rng, hidden, hiddenPeer)
		s.stepf(at, func(p *player) { p.add(opts) }, "a message that nobody announces")
	case k < 40:
		late, opts := s.between(time.Second, 50*time.Second), oneOf(s.rng, own, peer, hidden)
		s.stepf(at, func(p *player) { p.addLate(opts, late) }, "a message that comes %v late, %s", late, who(opts))
	case k < 44:
		opts := oneOf(s.rng, own, hidden)
		s.stepf(at, func(p *player) { p.addParents(opts, n, n/7, n/11) }, "a message with chosen parents, %s", who(opts))
	case k < 47:
		s.orphan(at)
	case k < 50:
		ahead := oneOf(s.rng, time.Minute, time.Hour, 365*24*time.Hour)
		opts := oneOf(s.rng, own, hidden)
		s.stepf(at, func(p *player) { p.addAt(opts, ahead) }, "a message of a clock %v ahead, %s", ahead, who(opts))
	case k < 52:
		opts := oneOf(s.rng, peer, hiddenPeer)
		s.stepf(at, func(p *player) { p.addAncient(opts) }, "a message of a clock far behind, %s", who(opts))
	case k < 64:
		silent := s.rng.IntN(4) == 0
		s.stepf(at, func(p *player) { p.finalize(n, silent) }, "finality of %d, silent: %v", n, silent)
	case k < 66:
		s.stepf(at, func(p *player) { p.prune(n) }, "prune %d", n)
	case k < 68:
		s.stepf(at, func(p *player) { p.doubled() }, "a message that is announced twice")
	case k < 82:
		typ := s.noticeType()
		s.stepf(at, func(p *player) { p.notice(typ, 1) }, "a notice, %v", typ)
	case k < 90:
		typ, twins := s.noticeType(), 2+s.rng.IntN(3)
		s.stepf(at, func(p *player) { p.notice(typ, twins) }, "%d equal notices, %v", twins, typ)
	case k < 95:
		s.stepf(at, func(p *player) { p.conflicts(n) }, "conflicts")
	default:
		s.stepf(at, func(p *player) { p.economics(n) }, "economics")
	}
}

// who says whose message it is, and whether it is announced.
func who(opts refserver.AddOptions) string {
	text := "own"
	if opts.Peer {
		text = "of a peer"
	}
	if opts.Silent {
		text += ", hidden"
	}
	return text
}

// noticeType draws a type of notices: mostly of the high lane, some of each.
func (s *scenario) noticeType() events.Type {
	return oneOf(s.rng, events.TypeTransferRecorded, events.TypePeerConnected, events.TypeTransferRecorded,
		events.TypeEscrowLocked, events.TypeSyncStarted, events.TypeNodeStarted)
}

// orphan adds a message whose parent comes later, or never.
func (s *scenario) orphan(at time.Duration) {
	name := fmt.Sprintf("orphan's parent %d", len(s.steps))
	s.stepf(at, func(p *player) { p.orphan(name) }, "a message without its parent, %s", name)
	if s.rng.IntN(3) > 0 {
		late, announced := s.between(time.Second, 40*time.Second), s.rng.IntN(2) == 0
		s.stepf(at+late, func(p *player) { p.found(name, announced) }, "%s comes, announced: %v", name, announced)
	}
}
