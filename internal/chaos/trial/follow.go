package trial

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
)

// A Follower is one client of the node.
type Follower struct {
	*client.ConnectionManager
	*tally

	Ended error // of Run; once Stop has returned
	Stop  func()
}

// requests a minute are more than a client asks by itself: a trial is short, and so
// is its patience.
const requests = 1200

// Options are those that trials have in common.
func (t *Trial) Options() *client.Options {
	o := &client.Options{
		PingInterval: t.Heartbeat, IdleTimeout: 2*t.Heartbeat + time.Second, PollInterval: time.Second, Requests: requests,
	}
	for _, tr := range []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling} {
		if tr == t.Transport || len(o.Fallback.Order) > 0 {
			o.Fallback.Order = append(o.Fallback.Order, tr)
		}
	}
	return o
}

// Follow runs a client of what is at base. Nil options are those of Options.
func (t *Trial) Follow(base string, o *client.Options) (*Follower, error) {
	if o == nil {
		o = t.Options()
	}
	f := &Follower{tally: newTally()}
	var mux handlers.Mux
	mux.OnAny(f.event)
	o.OnState = f.change
	m, err := client.New(base, &mux, o)
	if err != nil {
		return nil, err
	}
	f.ConnectionManager = m
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { f.Ended = m.Run(ctx) })
	f.Stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
		if o.HTTPClient != nil {
			o.HTTPClient.CloseIdleConnections()
		}
	})
	t.followers = append(t.followers, f)
	return f, nil
}

// Begin is the usual beginning: a client of what is at base is connected, has heard the
// beats of the node, and the node begins to talk.
func (t *Trial) Begin(ctx context.Context, base string, o *client.Options) (*Follower, error) {
	f, err := t.Follow(base, o)
	if err != nil {
		return nil, err
	}
	const patience = 15 * time.Second
	t.Await(ctx, "the first connection", patience, f.Connected)
	t.Beats(ctx)
	t.Talk()
	return f, nil
}

// Beats waits until each client has heard how many messages are final, if the node has
// beats that say so.
func (t *Trial) Beats(ctx context.Context) {
	if t.Dialect != refserver.Node {
		return
	}
	const patience = 15 * time.Second
	t.Await(ctx, "the first beats", patience, func() bool {
		return !slices.ContainsFunc(t.followers, func(f *Follower) bool { return !f.knows() })
	})
}

// Connected reports whether a stream is usable.
func (f *Follower) Connected() bool { return f.Health().State == client.Connected }

// AllConnected reports whether each client has a usable stream.
func (t *Trial) AllConnected() bool {
	return !slices.ContainsFunc(t.followers, func(f *Follower) bool { return !f.Connected() })
}

// On returns a condition: the client is connected by t.
func (f *Follower) On(t fallback.Transport) func() bool {
	return func() bool {
		h := f.Health()
		return h.State == client.Connected && h.Transport == t
	}
}

// Leave stops a client, which does not count any more.
func (t *Trial) Leave(f *Follower) {
	f.Stop()
	t.followers = slices.DeleteFunc(t.followers, func(g *Follower) bool { return g == f })
}
