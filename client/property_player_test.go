package client_test

import (
	"context"
	"fmt"

	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// A player plays a scenario and writes down what it makes happen. It is used by
// one goroutine, but for the gate.
type player struct {
	*rig

	scenario *scenario
	story    story
	serial   int // of what must be told apart
	dead     bool
	orphans  map[string]refserver.AddOptions
	gate     gate
}

// A gate stops handlers. The zero gate is open. It is closed and opened by the
// player; handlers pass it.
type gate struct {
	mu   sync.Mutex
	shut int
	open chan struct{} // nil: it is
}

func (g *gate) pass(ctx context.Context) {
	g.mu.Lock()
	open := g.open
	g.mu.Unlock()
	if open == nil {
		return
	}
	select {
	case <-open:
	case <-ctx.Done():
	}
}

func (p *player) stall() {
	p.gate.mu.Lock()
	defer p.gate.mu.Unlock()
	if p.gate.shut++; p.gate.shut == 1 {
		p.gate.open = make(chan struct{})
	}
}

func (p *player) resume() {
	p.gate.mu.Lock()
	defer p.gate.mu.Unlock()
	if p.gate.shut--; p.gate.shut == 0 {
		close(p.gate.open)
		p.gate.open = nil
	}
}

// handle is the handler of all events.
func (p *player) handle(ctx context.Context, env events.Envelope) error {
	p.gate.pass(ctx)
	return p.event(ctx, env)
}

// begins notes a fault. The function returned notes its end.
func (p *player) begins(kind faultKind) (over func()) {
	n := len(p.story.faults)
	p.story.faults = append(p.story.faults, fault{kind: kind, from: time.Now(), to: time.Now()})
	return func() { p.story.faults[n].to = time.Now() }
}

func (p *player) die()  { p.dead = true; p.node.Dead(true) }
func (p *player) live() { p.dead = false; p.node.Dead(false) }

// serverTime is the server's clock.
func (p *player) serverTime() time.Time { return time.Now().Add(p.scenario.config.Skew) }

// add adds a message, and notes it.
func (p *player) add(opts refserver.AddOptions) string {
	if opts.At.IsZero() {
		opts.At = p.serverTime()
	}
	if opts.Content == nil {
		p.serial++
		opts.Content = fmt.Appendf(nil, "message %d", p.serial)
	}
	id := p.node.AddMessage(opts)
	if p.story.messages[id] == nil {
		p.story.messages[id] = &happening{stamp: opts.At}
	}
	p.story.messages[id].arrived = time.Now()
	if p.story.node && !opts.Peer && !opts.Silent {
		p.noted(id, events.TypeDepositEscrowed, 1)
	}
	return id
}

// addMany adds n messages in one go, which is a burst.
func (p *player) addMany(n int) {
	p.begins(faultBurst)()
	for range n {
		p.add(refserver.AddOptions{})
	}
}

func (p *player) addAt(opts refserver.AddOptions, ahead time.Duration) {
	opts.At = p.serverTime().Add(ahead)
	p.add(opts)
}

// addLate adds a message that was stamped some time ago, but not so long ago that
// it would count as history.
func (p *player) addLate(opts refserver.AddOptions, late time.Duration) {
	opts.At = p.serverTime().Add(-late)
	if oldest := p.horizon().Add(5 * time.Second); opts.At.Before(oldest) {
		opts.At = oldest
	}
	p.add(opts)
}

// addAncient adds a message that counts as history. It hides no other one: nobody
// walks through history.
func (p *player) addAncient(opts refserver.AddOptions) {
	opts.At, opts.Parents = p.horizon().Add(-time.Hour), []string{}
	p.add(opts)
}

// horizon is where history begins, by the server's clock.
func (p *player) horizon() time.Time { return p.story.horizon() }

func (p *player) addParents(opts refserver.AddOptions, picks ...int) {
	held := p.node.Messages()
	opts.Parents = []string{}
	for _, n := range picks {
		if len(held) > 0 {
			opts.Parents = append(opts.Parents, held[n%len(held)].ID)
		}
	}
	p.add(opts)
}

// doubled adds a message whose MessageAdded comes twice, where it comes at all.
func (p *player) doubled() {
	p.node.Duplicate(1)
	if !p.story.node {
		p.node.Duplicate(6) // the states that a server of the guide dialect tells first
	}
	p.add(refserver.AddOptions{Peer: true})
	p.node.Duplicate(0)
}

// orphan adds a child of a message that is not there.
func (p *player) orphan(name string) {
	parent := refserver.AddOptions{
		At: p.serverTime(), Parents: []string{}, Content: []byte(name), Peer: true, Silent: true,
	}
	id := p.node.Ledger().Add(ledger.AddOptions{
		At: parent.At, Parents: parent.Parents, Content: parent.Content, Peer: parent.Peer,
	}).ID
	p.node.Ledger().Drop(id)
	p.orphans[name] = parent
	p.add(refserver.AddOptions{Parents: []string{id}})
}

// found adds the parent of an orphan.
func (p *player) found(name string, announced bool) {
	opts := p.orphans[name]
	opts.Silent = !announced
	p.story.messages[p.add(opts)].absent = true
}

func (p *player) finalize(n int, silent bool) {
	if held := p.node.Messages(); len(held) > 0 {
		p.node.Finalize(held[n%len(held)].ID, silent)
	}
}

func (p *player) prune(n int) {
	if held := p.node.Messages(); len(held) > 0 {
		id := held[n%len(held)].ID
		p.final(id)
		p.node.DropMessage(id)
		p.story.messages[id].arrived = time.Time{}
	}
}

// final notes whether a message is final, before it is pruned or forgotten.
func (p *player) final(id string) {
	if p.node.Ledger().Finality(id).Final {
		p.story.messages[id].final = true
	}
}

// restart restarts the node, which forgets what is final.
func (p *player) restart() {
	for _, id := range p.node.Finals() {
		p.story.messages[id].final = true
	}
	p.node.Restart()
}

// notice emits a notice n times in one go.
func (p *player) notice(typ events.Type, n int) {
	p.serial++
	key := fmt.Sprintf("notice %d", p.serial)
	require.NoError(p.t, p.node.Burst(typ, n, func(int) any { return map[string]string{"amount": key, "reason": key} }))
	p.noted(key, typ, n)
}

// flood emits n different notices in one go, which is a burst.
func (p *player) flood(typ events.Type, n int) {
	p.begins(faultBurst)()
	first := p.serial + 1
	p.serial += n
	key := func(i int) string { return fmt.Sprintf("notice %d", first+i) }
	require.NoError(p.t, p.node.Burst(typ, n, func(i int) any { return map[string]string{"amount": key(i), "reason": key(i)} }))
	for i := range n {
		p.noted(key(i), typ, 1)
	}
}

// noted notes that a notice was said n times. A dead node says nothing.
func (p *player) noted(key string, typ events.Type, n int) {
	if p.dead {
		return
	}
	for range n {
		p.story.notices[key] = append(p.story.notices[key], notice{at: time.Now(), typ: typ})
	}
}

func (p *player) conflicts(n int) {
	p.node.SetConflicts(
		ledger.Conflict{ID: "a", Energy: float64(n%1000) / 7, Drift: -0.003, Updated: time.Now()},
		ledger.Conflict{ID: "b", Energy: 0.01, Drift: -0.001, Updated: time.Now()},
	)
}

func (p *player) economics(n int) {
	e := ledger.Genesis()
	e.Total, e.Balance = ledger.Amount(n)*ledger.ADIC, ledger.ADIC/8
	p.node.SetEconomics(e)
}

// noticeKey returns the content that tells a notice from others; empty for what is
// none of the player's.
func noticeKey(env events.Envelope) string {
	if env.Type == events.TypeDepositEscrowed {
		_, rest, _ := strings.Cut(string(env.Data), `"message_id":"`)
		id, _, _ := strings.Cut(rest, `"`)
		return id
	}
	_, rest, found := strings.Cut(string(env.Data), `"amount":"notice `)
	if !found {
		return ""
	}
	number, _, _ := strings.Cut(rest, `"`)
	return "notice " + number
}

// options are those of the scenario's client.
func (s *scenario) options() client.Options {
	opts := client.Options{Lanes: s.lanes}
	opts.Fallback.Order = s.order
	if s.want != nil {
		opts.Subscription = subscription.To(s.want...)
	}
	return opts
}
