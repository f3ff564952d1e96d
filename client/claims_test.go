package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// A poller is what a stream takes the place of: a program that shows the guide's
// eight events by asking for them. The guide says of it that its events are 1 to
// 10 s late, and no more. So the poller asks every 3 s: three times as seldom as
// the one and three times as often as the other, and as often as a node tells its
// tips. Each time it reads the resource behind each event; each new tip once, for
// MessageAdded; and, for MessageFinalized, each message that it has seen, until
// that is final, a minute long at the most. What comes and goes between two polls
// it misses, and does not ask for.
type poller struct {
	web  *http.Client
	seen map[string]bool
	open map[string]time.Time // not final: since when
}

// resources are what the poller reads in each poll, besides messages.
var resources = []string{
	"/v1/finality/kcore/metrics", // KCoreUpdated
	"/v1/diversity",              // DiversityUpdated
	"/v1/energy",                 // EnergyUpdated
	"/v1/admissibility",          // AdmissibilityUpdated
	"/v1/economics/supply",       // EconomicsUpdated
	"/v1/economics/treasury",     // EconomicsUpdated
}

// polling is a poller.
func polling(interval time.Duration) program {
	return func(ctx context.Context, web *http.Client) error {
		p := &poller{web: web, seen: map[string]bool{}, open: map[string]time.Time{}}
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			if err := p.poll(ctx); err != nil && ctx.Err() == nil {
				return err
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}
}

func (p *poller) poll(ctx context.Context) error {
	for _, path := range resources {
		if err := p.get(ctx, path, &struct{}{}); err != nil {
			return err
		}
	}
	var now struct{ Tips []string }
	if err := p.get(ctx, "/v1/tips", &now); err != nil { // TipsUpdated
		return err
	}
	for _, id := range now.Tips {
		if p.seen[id] {
			continue
		}
		if err := p.get(ctx, "/v1/messages/"+id, &struct{}{}); err != nil { // MessageAdded
			return err
		}
		p.seen[id], p.open[id] = true, time.Now()
	}
	return p.finality(ctx)
}

// finality asks for what may be final by now.
func (p *poller) finality(ctx context.Context) error {
	for id, since := range p.open {
		var is struct {
			Final bool `json:"f1_finalized"`
		}
		if err := p.get(ctx, "/v1/finality/"+id, &is); err != nil { // MessageFinalized
			return err
		}
		if is.Final || time.Since(since) >= time.Minute {
			delete(p.open, id)
		}
	}
	return nil
}

func (p *poller) get(ctx context.Context, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		return err
	}
	answer, err := p.web.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

// eight are the events of the guide.
func eight() subscription.Subscription { return subscription.To(events.Types()[:8]...) }

// stream is the client on a WebSocket, with a handler for the same events.
func stream(ctx context.Context, web *http.Client) error {
	var mux handlers.Mux
	mux.OnAny(func(context.Context, events.Envelope) error { return nil })
	m, err := client.New("http://"+address, &mux, &client.Options{
		HTTPClient: web, Fallback: only(fallback.WebSocket), Subscription: eight(),
	})
	if err != nil {
		return err
	}
	_ = m.Run(ctx) // ends with ctx
	return nil
}

// A load is what a node goes through.
type load struct {
	name   string
	node   refserver.Config
	rate   float64       // messages a minute
	tested time.Duration // how long the test looks; the benchmark takes an hour
}

// loads are idle and realistic ones. The latter are on a node that announces half
// of what happens, so that the client has to ask for the rest.
func loads() []load {
	return []load{
		{"idle-guide", refserver.Config{Dialect: refserver.Guide}, 0, time.Hour},
		{"idle-node", refserver.Config{Dialect: refserver.Node}, 0, time.Hour},
		{"calm-node", untrue(), 6, 20 * time.Minute},
		{"busy-node", untrue(), 70, 10 * time.Minute},
	}
}

// middle is the interval that is held against the claim, from and to the ends of
// what the guide says.
const (
	from, middle, to = time.Second, 3 * time.Second, 10 * time.Second
	claimed          = 11 // times fewer requests
)

// TestElevenTimesFewerRequestsThanPolling is the guide's claim.
func TestElevenTimesFewerRequestsThanPolling(t *testing.T) {
	t.Parallel()
	for _, l := range loads() {
		t.Run(l.name, func(t *testing.T) {
			ours, polled := l.requests(t, l.tested, stream), l.requests(t, l.tested, polling(middle))
			t.Logf("%d requests in %v, %d by polling: 1 to %.1f", ours, l.tested, polled, float64(polled)/float64(ours))
			assert.Positive(t, ours)
			assert.GreaterOrEqual(t, polled, claimed*ours)
		})
	}
}

// BenchmarkClaimRequests measures an hour of fake time: requests of the client, and
// how many times that it takes to poll as seldom and as often as the guide says.
func BenchmarkClaimRequests(b *testing.B) {
	for _, l := range loads() {
		b.Run(l.name, func(b *testing.B) {
			every := map[string]time.Duration{"x-fewer-than-1s": from, "x-fewer-than-3s": middle, "x-fewer-than-10s": to}
			for b.Loop() {
				inTest(b, func(t *testing.T) {
					ours := float64(l.requests(t, time.Hour, stream))
					b.ReportMetric(ours, "requests/h")
					for unit, interval := range every {
						b.ReportMetric(float64(l.requests(t, time.Hour, polling(interval)))/ours, unit)
					}
				})
			}
			b.ReportMetric(0, "ns/op") // says nothing of an hour that is fake
		})
	}
}

// inTest runs do with what only a test has: fake time.
func inTest(b *testing.B, do func(*testing.T)) {
	b.Helper()
	every := func(string, string) (bool, error) { return true, nil }
	if !testing.RunTests(every, []testing.InternalTest{{Name: b.Name(), F: do}}) {
		b.Fatal("see above")
	}
}

// A program asks a node until ctx ends.
type program func(ctx context.Context, web *http.Client) error

// requests returns how many HTTP requests p makes in so much fake time, its
// connection included.
func (l load) requests(t *testing.T, lasts time.Duration, p program) (n int64) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		node, net := refserver.New(l.node), memnet.New(0)
		var asked atomic.Int64
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			node.ServeHTTP(w, r)
		})}
		listener, err := net.Listen(address)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), lasts)
		defer cancel()
		var running sync.WaitGroup
		running.Go(func() { _ = server.Serve(listener) })
		running.Go(func() { node.Run(ctx) })
		for range 10 {
			node.AddMessage(refserver.AddOptions{})
		}
		running.Go(func() { grow(ctx, node, l.rate) })

		web := net.Client()
		require.NoError(t, p(ctx, web))
		require.Error(t, ctx.Err(), "it went on to the end")
		n = asked.Load()
		web.CloseIdleConnections()
		node.Close()
		require.NoError(t, server.Close())
		running.Wait()
	})
	return n
}

// grow adds messages until ctx ends.
func grow(ctx context.Context, node *refserver.Server, perMinute float64) {
	if perMinute == 0 {
		return
	}
	rng := rand.New(rand.NewPCG(8, 8))
	for ctx.Err() == nil {
		timer := time.NewTimer(time.Duration(rng.ExpFloat64() / perMinute * float64(time.Minute)))
		select {
		case <-timer.C:
			node.AddMessage(refserver.AddOptions{Peer: rng.Float64() < 0.2})
		case <-ctx.Done():
			timer.Stop()
		}
	}
}
