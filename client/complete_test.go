package client_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// untrue is a node as untrue as measured: half of its own messages, all of its
// peers' and 6 % of the finalizations are not announced, half of the messages
// never become final, and the others do so a second after their second child.
func untrue() refserver.Config {
	cfg := refserver.Config{
		Dialect: refserver.Node, Untruths: refserver.Measured(), FinalAfter: time.Second,
	}
	cfg.Untruths.HidePeers, cfg.Untruths.DoubleAdded, cfg.Untruths.NeverFinal = true, true, 0.5
	return cfg
}

// A census is when facts happened and when they came. Safe for concurrent use.
type census struct {
	node *refserver.Server

	mu        sync.Mutex
	shown     map[string]time.Time // finalizations: since when REST shows them
	added     map[string][]time.Time
	finalized map[string][]time.Time
}

func newCensus(node *refserver.Server) *census {
	return &census{
		node: node, shown: make(map[string]time.Time),
		added: make(map[string][]time.Time), finalized: make(map[string][]time.Time),
	}
}

// handle is the handler of all events.
func (c *census) handle(_ context.Context, env events.Envelope) error {
	id, ok := wire.MessageID(env.Data)
	if !ok {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch env.Type {
	case events.TypeMessageAdded:
		c.added[id] = append(c.added[id], time.Now())
	case events.TypeMessageFinalized:
		c.finalized[id] = append(c.finalized[id], time.Now())
	default: // a deposit names its message, too
	}
	return nil
}

// watch notes when REST begins to show finalizations, until ctx ends.
func (c *census) watch(ctx context.Context) {
	for n := 0; ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		finals := c.node.Finals()
		c.mu.Lock()
		for ; n < len(finals); n++ {
			c.shown[finals[n]] = time.Now()
		}
		c.mu.Unlock()
	}
}

// settled returns how many finalizations were delivered.
func (c *census) settled() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.finalized)
}

// complete checks that every fact came exactly once.
func (c *census) complete(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	messages, finals := c.node.Messages(), c.node.Finals()
	var wrong []string
	for _, m := range messages {
		if n := len(c.added[m.ID]); n != 1 {
			wrong = append(wrong, fmt.Sprintf("MessageAdded of %.8s, own: %v, %d times", m.ID, m.Own, n))
		}
	}
	for _, id := range finals {
		if n := len(c.finalized[id]); n != 1 {
			wrong = append(wrong, fmt.Sprintf("MessageFinalized of %.8s, shown since %v, %d times", id, c.shown[id], n))
		}
	}
	assert.Empty(t, wrong)
	assert.LessOrEqual(t, len(c.added), len(messages), "messages out of nothing")
	assert.LessOrEqual(t, len(c.finalized), len(finals), "finalizations out of nothing")
}

// latencies returns how long after they happened the messages and the
// finalizations came, sorted.
func (c *census) latencies() (messages, finals []time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.node.Messages() {
		for _, at := range c.added[m.ID] {
			messages = append(messages, at.Sub(m.Timestamp))
		}
	}
	for id, shown := range c.shown {
		for _, at := range c.finalized[id] {
			finals = append(finals, at.Sub(shown))
		}
	}
	slices.Sort(messages)
	slices.Sort(finals)
	return messages, finals
}

// longest returns the last of a sorted list.
func longest(sorted []time.Duration) time.Duration { return sorted[len(sorted)-1] }

func median(sorted []time.Duration) time.Duration { return sorted[len(sorted)/2] }

// grow adds messages at random times for d, a fifth of them a peer's.
func (r *rig) grow(perMinute float64, d time.Duration) {
	rng := rand.New(rand.NewPCG(8, 8))
	for end := time.Now().Add(d); ; {
		time.Sleep(time.Duration(rng.ExpFloat64() / perMinute * float64(time.Minute)))
		if time.Now().After(end) {
			return
		}
		r.node.AddMessage(refserver.AddOptions{Peer: rng.Float64() < 0.2})
	}
}

// asked returns how many requests REST has answered since from: per minute, and in
// the worst minute.
func (r *rig) asked(from time.Time) (mean float64, worst int) {
	perMinute := make(map[time.Duration]int)
	total := 0
	for _, q := range r.node.Log() {
		if q.Part == refserver.REST && q.At.After(from) {
			total++
			perMinute[q.At.Sub(from)/time.Minute]++
		}
	}
	for _, n := range perMinute {
		worst = max(worst, n)
	}
	return float64(total) / time.Since(from).Minutes(), worst
}

// counted follows the node and counts its facts.
func (r *rig) counted(t *testing.T, opts client.Options) (*census, *client.ConnectionManager) {
	c := newCensus(r.node)
	var mux handlers.Mux
	mux.OnAny(c.handle)
	m, stop := r.run(&mux, opts)
	r.connected(m)
	time.Sleep(5 * time.Second) // the start read
	ctx, cancel := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	watching.Go(func() { c.watch(ctx) })
	t.Cleanup(func() { _ = stop(); cancel(); watching.Wait() })
	return c, m
}

// TestAnUntrueNodeIsFollowedCompletely is 70 messages a minute over a perfect link.
func TestAnUntrueNodeIsFollowedCompletely(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		transport fallback.Transport
		messages  time.Duration // the longest that one may take
		finals    time.Duration // likewise; polling has to ask for each, as the budget allows
		requests  float64       // a minute
	}{
		{fallback.WebSocket, 7 * time.Second, 30 * time.Second, 60},
		{fallback.SSE, 7 * time.Second, 30 * time.Second, 60},
		{fallback.Polling, 10 * time.Second, 20 * time.Minute, client.DefaultRequests},
	} {
		t.Run(row.transport.String(), func(t *testing.T) {
			inBubble(t, untrue(), func(t *testing.T, r *rig) {
				c, m := r.counted(t, client.Options{
					Fallback: only(row.transport), Subscription: subscription.To(events.TypeMessageAdded, events.TypeMessageFinalized),
				})
				began := time.Now()
				r.grow(70, 10*time.Minute)
				mean, worst := r.asked(began)
				pass(row.finals)
				c.complete(t)

				messages, finals := c.latencies()
				t.Logf("%d messages in at most %v; %d finalizations in at most %v, median %v; %.1f requests a minute, %d in the worst",
					len(messages), longest(messages), len(finals), longest(finals), median(finals), mean, worst)
				require.Greater(t, len(finals), 150)
				assert.LessOrEqual(t, longest(messages), row.messages)
				assert.LessOrEqual(t, longest(finals), row.finals)
				assert.LessOrEqual(t, median(finals), row.finals/2)
				assert.LessOrEqual(t, mean, row.requests)
				assert.LessOrEqual(t, worst, client.DefaultRequests)
				assert.Empty(t, m.Gaps(), "no notice is wanted")
				h := m.Health()
				assert.Zero(t, h.Unexplained)
				assert.Zero(t, h.Owed)
			})
		})
	}
}

// TestABusyNode is 600 messages a minute: more finalizations than the budget can
// ask for. The messages are in time nevertheless, and the backlog is told.
func TestABusyNodeIsFollowedAsTheBudgetAllows(t *testing.T) {
	t.Parallel()
	for _, transport := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(transport.String(), func(t *testing.T) {
			inBubble(t, untrue(), func(t *testing.T, r *rig) {
				c, m := r.counted(t, client.Options{Fallback: only(transport)})
				began := time.Now()
				r.grow(600, time.Minute)
				mean, worst := r.asked(began)
				for range 5 { // the count is told each 6 s, and nothing moves any more
					pass(6 * time.Second)
					assert.InDelta(t, len(r.node.Finals())-c.settled(), m.Health().Unexplained, 5)
				}
				messages, finals := c.latencies()
				t.Logf("%d messages in at most %v; %d of %d finalizations, median %v; %.1f requests a minute, %d in the worst",
					len(messages), longest(messages), len(finals), len(r.node.Finals()), median(finals), mean, worst)
				assert.LessOrEqual(t, longest(messages), 7*time.Second)
				assert.LessOrEqual(t, mean, float64(client.DefaultRequests))

				pass(time.Hour) // the sweep finds the rest
				c.complete(t)
				assert.Zero(t, m.Health().Unexplained)
			})
		})
	}
}

// TestAnIdleNode is asked little: whether there are new messages, and whether the
// old ones have become final.
func TestAnIdleNodeIsAskedLittle(t *testing.T) {
	t.Parallel()
	const facts = events.TypeMessageAdded
	for name, row := range map[string]struct {
		want     subscription.Subscription
		requests float64 // a minute
	}{
		"facts, tips and transfers": {
			subscription.To(facts, events.TypeMessageFinalized, events.TypeTipsUpdated, events.TypeTransferRecorded), 7,
		},
		"all events": {subscription.Subscription{}, 10},
	} {
		for _, transport := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
			t.Run(name+", "+transport.String(), func(t *testing.T) {
				inBubble(t, untrue(), func(t *testing.T, r *rig) {
					c, m := r.counted(t, client.Options{Fallback: only(transport), Subscription: row.want})
					r.grow(70, 2*time.Minute)
					pass(10 * time.Minute)
					c.complete(t)
					began := time.Now()
					pass(15 * time.Minute)
					mean, worst := r.asked(began)
					t.Logf("%.1f requests a minute, %d in the worst; %d messages are not final", mean, worst, m.Health().NotFinal)
					assert.Positive(t, mean)
					assert.LessOrEqual(t, mean, row.requests)
					assert.LessOrEqual(t, float64(worst), row.requests+3, "one more pass")
					assert.Positive(t, m.Health().NotFinal)
				})
			})
		}
	}
}
