package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// TestRandomScripts plays random scripts to a client: all that a node, its clocks,
// a link and slow handlers can do. Then the faults end, and what the client was
// handed is held against what REST shows.
//
// There are 20 scripts for each dialect, 500 if the environment has CI=true. One
// of them alone:
//
//	CI=true go test ./client -run 'TestRandomScripts/node/0417$'
func TestRandomScripts(t *testing.T) {
	seeds := uint64(20)
	if os.Getenv("CI") == "true" {
		seeds = 500
	}
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		t.Run(d.String(), func(t *testing.T) {
			for seed := range seeds {
				t.Run(fmt.Sprintf("%04d", seed), func(t *testing.T) {
					t.Parallel()
					s := newScenario(d, seed)
					synctest.Test(t, func(t *testing.T) { play(t, s) })
				})
			}
		})
	}
}

// play runs a scenario and judges it.
func play(t *testing.T, s *scenario) {
	e, m, wrong := perform(t, s)
	wrong = append(wrong, e.check()...)
	h := m.Health()
	if h.OpenGaps > 0 && !e.story.polling || h.Owed > 0 {
		wrong = append(wrong, fmt.Sprintf("%d gaps are open, %d facts are owed", h.OpenGaps, h.Owed))
	}
	if len(wrong) == 0 {
		return
	}
	t.Errorf("%s", s)
	for _, f := range e.story.faults {
		t.Logf("fault %s: %v to %v after the connect", f.kind, f.from.Sub(e.story.connected), f.to.Sub(e.story.connected))
	}
	for _, l := range e.story.losses {
		t.Logf("lost by the server: %+v", l)
	}
	for _, g := range e.gaps {
		t.Logf("%v", g)
	}
	for _, w := range wrong[:min(len(wrong), 30)] {
		t.Errorf("WRONG: %s", w)
	}
	t.Errorf("%d things are wrong; this script alone: CI=true go test ./client -run '%s$'", len(wrong), t.Name())
}

// perform plays a scenario to the end and returns what came of it, and what went
// wrong at the end.
func perform(t *testing.T, s *scenario) (*evidence, *client.ConnectionManager, []string) {
	p := &player{
		rig:      &rig{t: t, node: refserver.New(s.config), net: memnet.New(s.buffer)},
		scenario: s,
		story: story{
			node: s.node(), polling: len(s.order) == 1 && s.order[0] == fallback.Polling, want: s.want, skew: s.config.Skew,
			messages: make(map[string]*happening), notices: make(map[string][]notice),
		},
		orphans: make(map[string]refserver.AddOptions),
	}
	p.serve()
	for i := range s.before {
		p.add(refserver.AddOptions{At: p.serverTime().Add(time.Duration(i-s.before)*4*time.Second - 4*time.Second), Silent: true})
	}
	time.Sleep(2 * time.Second)
	p.story.notices = make(map[string][]notice)

	var mux handlers.Mux
	mux.OnAny(p.handle)
	m, _ := p.run(&mux, s.options())
	p.connected(m)
	p.story.connected = time.Now()
	for _, step := range s.steps {
		time.Sleep(time.Until(p.story.connected.Add(step.at)))
		step.do(p)
	}
	wrong := p.settle(m)
	return p.evidence(), m, wrong
}

// serve runs the server until the test ends.
func (p *player) serve() {
	p.listen()
	ctx, cancel := context.WithCancel(p.t.Context())
	var running sync.WaitGroup
	running.Go(func() { p.node.Run(ctx) })
	p.t.Cleanup(func() { cancel(); running.Wait() })
}

// settle waits until the client has had the time to make up for everything, and
// returns what it did not make up for.
func (p *player) settle(m *client.ConnectionManager) (wrong []string) {
	const quiet, longest = 150 * time.Second, 45 * time.Minute
	time.Sleep(quiet)
	waits := func(name string, wait func(context.Context) error) {
		ctx, cancel := context.WithTimeout(p.t.Context(), 10*time.Minute)
		defer cancel()
		if err := wait(ctx); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %v", name, err))
		}
	}
	waits("WaitInSync", m.WaitInSync)
	for waited := time.Duration(0); p.evidence().missing() > 0 && waited < longest; waited += time.Minute {
		time.Sleep(time.Minute) // what nobody counts is found by the slow sweep
	}
	time.Sleep(70 * time.Second) // the slowest re-read
	waits("WaitInSync", m.WaitInSync)
	waits("Sync", m.Sync)
	return wrong
}

// evidence collects what is known now.
func (p *player) evidence() *evidence {
	synctest.Wait()
	for _, m := range p.story.messages {
		m.shown, m.isFinal = false, false
	}
	for _, id := range p.node.Finals() {
		p.story.messages[id].final = true
	}
	for _, held := range p.node.Messages() {
		m := p.story.messages[held.ID]
		m.shown, m.isFinal = true, held.Final
	}
	p.story.losses = p.node.Losses()
	e := &evidence{story: &p.story, envs: p.all(), gaps: p.gapList(), states: p.shown(), last: make(map[events.Type]string)}
	for _, env := range slices.Backward(e.envs) {
		_, compared := e.states[env.Type]
		if _, found := e.last[env.Type]; compared && !found {
			e.last[env.Type] = stateText(p.t, env)
		}
	}
	e.polled = polledSpans(p.changeList())
	return e
}

// polledSpans says when polling was the transport.
func polledSpans(changes []client.Change) (spans []span) {
	for i, c := range changes {
		if c.To != client.Connected || c.Transport != fallback.Polling {
			continue
		}
		end := time.Now()
		if i+1 < len(changes) {
			end = changes[i+1].At
		}
		spans = append(spans, span{c.At, end})
	}
	return spans
}

// stateText returns what a state says, without its time.
func stateText(t *testing.T, env events.Envelope) string {
	e, err := events.DecodeAny(env)
	require.NoError(t, err)
	fields := pick(t, e, shared[env.Type])
	if sum, ok := fields["total_energy"]; ok && sum == 0.0 {
		fields["total_energy"] = 0 // a node says -0.0
	}
	return text(t, fields)
}

// shown returns what the node's REST shows of each state that is compared. The
// others a node samples differently on its stream, or never tells.
func (p *player) shown() map[events.Type]string {
	ledger := p.node.Ledger()
	k, d, e := ledger.KCore(), ledger.Diversity(), ledger.Energy()
	tips := ledger.Tips()
	return map[events.Type]string{
		events.TypeTipsUpdated:      text(p.t, map[string]any{"tips": tips, "count": len(tips)}),
		events.TypeDiversityUpdated: text(p.t, map[string]any{"diversity_score": d.Score, "total_tips": d.Tips}),
		events.TypeEnergyUpdated: text(p.t, map[string]any{
			"total_conflicts": e.Total, "resolved_conflicts": e.Resolved, "active_conflicts": e.Active, "total_energy": e.Sum + 0,
		}),
		events.TypeKCoreUpdated: text(p.t, map[string]any{
			"finalized_count": k.Finalized, "pending_count": k.Pending, "current_k_value": k.K,
		}),
	}
}

func text(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}
