package client_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// A fleet is many clients of one node.
type fleet struct {
	c    *course
	ids  []string // of the messages that all must see
	stop func()

	mu       sync.Mutex
	seen     []map[string]int // by client: how often each message was added
	next     []time.Time      // by client: the first event since the last call of awaits; zero: none yet
	connects []time.Time
}

// musters starts n clients, which are connected and good when it returns.
func (c *course) musters(n int) *fleet {
	f := &fleet{c: c, seen: make([]map[string]int, n), next: make([]time.Time, n)}
	web := c.net.Client()
	ctx, cancel := context.WithCancel(c.t.Context())
	var running sync.WaitGroup
	for i := range n {
		f.seen[i] = make(map[string]int)
		var mux handlers.Mux
		mux.OnAny(func(_ context.Context, env events.Envelope) error { return f.event(i, env) })
		opts := c.opts
		opts.HTTPClient, opts.OnState = web, f.change
		m, err := client.New("http://"+address, &mux, &opts)
		require.NoError(c.t, err)
		running.Go(func() { _ = m.Run(ctx) })
	}
	f.stop = func() {
		began := time.Now()
		cancel()
		running.Wait()
		web.CloseIdleConnections()
		assert.LessOrEqual(c.t, time.Since(began), time.Second, "shutdown")
	}
	f.busy(31*time.Second, 31*time.Second)
	return f
}

// event is the handler of the i-th client.
func (f *fleet) event(i int, env events.Envelope) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.next[i].IsZero() && env.Type != events.TypeGap {
		f.next[i] = time.Now()
	}
	if env.Type != events.TypeMessageAdded {
		return nil
	}
	e, err := events.Decode[events.MessageAdded](env)
	f.seen[i][e.MessageID]++
	return err
}

func (f *fleet) change(c client.Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.To == client.Connected {
		f.connects = append(f.connects, c.At)
	}
}

// busy lets d go by, with a message now and then.
func (f *fleet) busy(d, every time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		pass(every)
		f.ids = append(f.ids, f.c.node.AddMessage(refserver.AddOptions{}))
	}
}

// awaits begins to look for each client's next event, and connects.
func (f *fleet) awaits() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.next)
	f.connects = nil
}

// judge checks that each client has seen each message once, and when the next event
// came to it since at, and ends the fleet.
func (f *fleet) judge(at time.Time) {
	pass(time.Minute)
	f.stop()
	r := f.c.row
	for i, seen := range f.seen {
		r.Sent += len(f.ids)
		for _, id := range f.ids {
			if n := seen[id]; n > 0 {
				r.Delivered++
				r.Doubled += n - 1
			} else {
				r.Lost++
			}
		}
		require.False(f.c.t, f.next[i].IsZero())
		r.next = append(r.next, f.next[i].Sub(at))
	}
	assert.Zero(f.c.t, r.Lost, "lost")
	assert.Zero(f.c.t, r.Doubled, "doubled")
}

// addedOnly lets a fleet be cheap: messages are all it wants.
func addedOnly(o *client.Options) {
	o.Subscription = subscription.To(events.TypeMessageAdded)
	o.Witness = client.WitnessOff
}

// Five hundred clients, or a hundred where there is little time, lose their server for
// 20 s. They do not come back as one.
func TestFault28Herd(t *testing.T) {
	many := 100
	if thorough() {
		many = 500
	}
	s := sheet{
		number: 28, name: "500 clients, server away for 20 s", transports: lower, bare: true,
		worst:   65 * time.Second,
		options: addedOnly,
		note:    "no second with more than a quarter of the reconnects",
	}
	s.play(t, func(c *course) {
		f := c.musters(many)
		c.dies()
		f.awaits()
		pass(20 * time.Second)
		c.lives()
		back := time.Now()
		f.busy(70*time.Second, 10*time.Second)
		slices.SortFunc(f.connects, time.Time.Compare)
		assert.Len(c.t, f.connects, many, "each comes back once")
		most := 0
		for i, at := range f.connects {
			n := 0
			for n < len(f.connects)-i && f.connects[i+n].Sub(at) < time.Second {
				n++
			}
			most = max(most, n)
		}
		assert.LessOrEqual(c.t, most, many/4, "in the busiest second")
		f.judge(back)
	})
}

// The proxy in front of the node is reloaded, or its backend drained: a hundred streams end
// at the same moment, and the next connection is welcome.
func TestFault29ProxyIsReloaded(t *testing.T) {
	s := sheet{
		number: 29, name: "nginx reload, HAProxy drain under 100 streams", bare: true, seeds: 2, worst: 2 * time.Second,
		options: addedOnly,
		note:    "streams end by FIN; by RST",
	}
	s.play(t, func(c *course) {
		f := c.musters(100)
		f.awaits()
		began := time.Now()
		if c.scenario.seed == 1 {
			assert.Equal(c.t, 100, c.node.Drop(refserver.Streams))
		} else {
			c.net.Reset(address)
		}
		f.busy(4*time.Second, time.Second)
		f.judge(began)
	})
}
