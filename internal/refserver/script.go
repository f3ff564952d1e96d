package refserver

import (
	"bytes"
	"sync"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/adic/adic-go/subscription/events"
)

// A script makes things happen and announces them, one at a time, as truthfully
// as the server was told to be.
type script struct {
	ripening // guarded by mu

	server *Server

	mu     sync.Mutex             // held for one happening and its events
	out    []*frame               // what goes out when it is over
	own    float64                // share of own messages to hide that is still due
	finals float64                // share of finalizations to hide that is still due
	never  float64                // share of messages without finality that is still due
	told   map[events.Type][]byte // guide dialect: the last state that was told of each family
}

func newScript(s *Server) *script {
	c := &script{server: s, told: make(map[events.Type][]byte), ripening: newRipening()}
	c.rememberLocked()
	return c
}

// states are the families of events that tell the state of the ledger, in the
// order in which a node's tick emits them.
var states = []events.Type{
	events.TypeKCoreUpdated,
	events.TypeTipsUpdated,
	events.TypeDiversityUpdated,
	events.TypeEnergyUpdated,
	events.TypeAdmissibilityUpdated,
	events.TypeEconomicsUpdated,
}

func (s *Server) teller() teller {
	return teller{
		ledger:  s.ledger,
		dialect: s.cfg.Dialect,
		forget:  s.cfg.Untruths.ForgetDepth,
		now:     s.now(),
	}
}

// publish sends events, unless the main loop is dead.
func (s *Server) publish(frames ...*frame) {
	if len(frames) == 0 || s.faults.isDead() {
		return
	}
	frames = s.faults.spoil(frames)
	now := s.now()
	for _, f := range frames {
		f.at = now
	}
	s.book.add(func(c *Stats) { c.Emitted += uint64(len(frames)) })
	s.bus.publish(frames...)
}

// sayLocked adds an event to what goes out.
func (c *script) sayLocked(t events.Type, payload any) {
	c.out = append(c.out, c.server.cfg.Dialect.frame(t, encode(payload)))
}

// sayStateLocked says what the ledger holds now of a family.
func (c *script) sayStateLocked(t events.Type) {
	if payload := c.server.teller().state(t); payload != nil {
		c.sayLocked(t, payload)
	}
}

// flushLocked sends what was said in one go, so that the order in which
// connections take it does not hang on the scheduler.
func (c *script) flushLocked() {
	c.server.publish(c.out...)
	c.out = nil
}

// rememberLocked takes the present state as told.
func (c *script) rememberLocked() {
	for _, t := range states {
		c.told[t] = c.stateLocked(t)
	}
}

// stateLocked is the state of a family without its time.
func (c *script) stateLocked(t events.Type) []byte {
	at := c.server.teller()
	at.now = time.Time{}
	return encode(at.state(t))
}

// changesLocked emits, in the guide dialect, each state that is not as it was
// last told. A node tells the state at its ticks.
func (c *script) changesLocked() {
	if c.server.cfg.Dialect == Node {
		return
	}
	for _, t := range states {
		if now := c.stateLocked(t); !bytes.Equal(now, c.told[t]) {
			c.told[t] = now
			c.sayStateLocked(t)
		}
	}
}

// AddOptions say what the next message is like and whether it is announced. The
// zero value is an own message whose parents the server chooses, submitted now.
type AddOptions struct {
	Parents []string  // nil: chosen; empty: none
	At      time.Time // the proposer's clock; zero: the server's
	Content []byte    // nil: some
	Peer    bool      // it came from a peer
	Silent  bool      // no MessageAdded, nor, from a node, anything else at once
}

// AddMessage adds a message to the ledger, announces it as Config.Untruths say,
// and returns its id. A node whose own message it is says DepositEscrowed,
// TipsUpdated, DiversityUpdated and MessageAdded; for a message with given
// parents and for one of a peer the state is left to the next tick.
func (s *Server) AddMessage(opts AddOptions) string {
	c := s.script
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.flushLocked()
	if opts.At.IsZero() {
		opts.At = s.now()
	}
	never := due(&c.never, s.cfg.Untruths.NeverFinal)
	m := s.ledger.Add(ledger.AddOptions{
		Parents: opts.Parents, At: opts.At, Content: opts.Content, Peer: opts.Peer,
		NeverFinal: never,
	})
	c.growLocked(m, never)
	if s.cfg.Dialect == Node {
		c.nodeAddedLocked(m, opts)
		return m.ID
	}
	c.changesLocked()
	if !opts.Silent && !c.hiddenLocked(opts.Peer) {
		c.sayLocked(events.TypeMessageAdded, s.teller().added(m))
	}
	return m.ID
}

func (c *script) nodeAddedLocked(m ledger.Message, opts AddOptions) {
	if opts.Silent {
		return
	}
	s := c.server
	if !opts.Peer {
		c.sayLocked(events.TypeDepositEscrowed, s.teller().escrowed(m))
	}
	if c.hiddenLocked(opts.Peer) {
		return
	}
	chosen := opts.Parents == nil && !opts.Peer
	if chosen {
		c.sayStateLocked(events.TypeTipsUpdated)
		c.sayStateLocked(events.TypeDiversityUpdated)
	}
	c.sayLocked(events.TypeMessageAdded, s.teller().added(m))
	if chosen && s.cfg.Untruths.DoubleAdded {
		c.sayLocked(events.TypeMessageAdded, s.teller().added(m))
	}
}

// hiddenLocked reports whether the next message is one that is not announced.
func (c *script) hiddenLocked(peer bool) bool {
	if peer {
		return c.server.cfg.Untruths.HidePeers
	}
	return due(&c.own, c.server.cfg.Untruths.HideOwn)
}

// due adds a share and reports whether that makes a whole.
func due(sum *float64, share float64) bool {
	const slack = 1e-9 // ten tenths are a little less than one
	if *sum += share; *sum < 1-slack {
		return false
	}
	*sum--
	return true
}

// Finalize makes a message final, announces that as Config.Untruths say, and
// reports whether it is news. A silent finalization is announced by nobody;
// KCoreUpdated counts it nevertheless.
func (s *Server) Finalize(id string, silent bool) bool {
	return s.finalize(s.ledger.Finalize, id, silent)
}

// FinalizeHomology is Finalize by persistent homology, which a node 0.3.0 has
// switched off.
func (s *Server) FinalizeHomology(id string) bool {
	return s.finalize(s.ledger.FinalizeHomology, id, false)
}

func (s *Server) finalize(by func(string) bool, id string, silent bool) bool {
	c := s.script
	c.mu.Lock()
	defer c.mu.Unlock()
	if !by(id) {
		return false
	}
	c.finalizedLocked([]string{id}, silent)
	return true
}

// finalizeOld makes final what is due by the ledger's rule.
func (s *Server) finalizeOld() {
	c := s.script
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finalizedLocked(s.ledger.FinalizeOld(), false)
}

// finalizedLocked announces finalizations, and the count if any was announced.
func (c *script) finalizedLocked(ids []string, silent bool) {
	s, told := c.server, false
	for _, id := range ids {
		if !silent && !due(&c.finals, s.cfg.Untruths.HideFinal) {
			c.sayLocked(events.TypeMessageFinalized, s.teller().finalized(id))
			told = true
		}
	}
	if told && s.cfg.Dialect == Node {
		c.sayStateLocked(events.TypeKCoreUpdated)
	}
	c.changesLocked()
	c.flushLocked()
}

// SetEconomics replaces the figures of the token. The guide dialect announces
// them; a node emits EconomicsUpdated before anyone can listen, so never.
func (s *Server) SetEconomics(e ledger.Economics) {
	s.change(func() { s.ledger.SetEconomics(e) })
}

// SetConflicts replaces the conflicts, and so the energy.
func (s *Server) SetConflicts(conflicts ...ledger.Conflict) {
	s.change(func() { s.ledger.SetConflicts(conflicts...) })
}

// DropMessage prunes a message and reports whether the ledger held it.
func (s *Server) DropMessage(id string) (held bool) {
	s.change(func() { held = s.ledger.Drop(id) })
	return held
}

func (s *Server) change(do func()) {
	s.script.mu.Lock()
	defer s.script.mu.Unlock()
	do()
	s.script.changesLocked()
	s.script.flushLocked()
}

// Restart is the node's: every stream ends, what was on its way is lost, and so
// are finality, pending messages and depths, which a node keeps in memory.
func (s *Server) Restart() { s.restart(s.ledger.Restart) }

// NewHistory is Restart with another, empty ledger: another node at the same
// address.
func (s *Server) NewHistory(seed uint64) { s.restart(func() { s.ledger.Reset(seed) }) }

func (s *Server) restart(do func()) {
	s.script.mu.Lock()
	defer s.script.mu.Unlock()
	s.Drop(Streams)
	do()
	s.script.forgetLocked()
	s.script.rememberLocked()
}
