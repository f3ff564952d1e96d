package client_test

import (
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// A pair is two nodes behind one address. The second one has each message a second
// later, and its own count of final ones.
type pair struct {
	*rig

	other  *refserver.Server
	serial byte
}

// withTwoNodes runs test against two nodes, whose requests are answered by what
// route makes of them.
func withTwoNodes(t *testing.T, route func(a, b *refserver.Server) http.Handler, test func(*testing.T, *pair)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, node: refserver.New(node), net: memnet.New(0)}
		p := &pair{rig: r, other: refserver.New(node)}
		l, err := r.net.Listen(address)
		require.NoError(t, err)
		server := &http.Server{Handler: route(p.node, p.other)}
		var running sync.WaitGroup
		running.Go(func() { _ = server.Serve(l) })
		for _, s := range []*refserver.Server{p.node, p.other} {
			running.Go(func() { s.Run(t.Context()) })
		}
		t.Cleanup(func() {
			p.node.Close()
			p.other.Close()
			_ = server.Close()
			running.Wait()
		})
		test(t, p)
	})
}

// add adds a message, and returns its id, which is the same at both.
func (p *pair) add() string {
	p.serial++
	opts := refserver.AddOptions{Parents: p.node.Tips(), At: time.Now(), Content: []byte{p.serial}}
	if len(opts.Parents) > 2 {
		opts.Parents = opts.Parents[:2]
	}
	id := p.node.AddMessage(opts)
	pass(time.Second)
	opts.Peer = false
	require.Equal(p.t, id, p.other.AddMessage(opts))
	return id
}

// Each request, streams too, is answered by one of two nodes, without stickiness.
// One has finalised more than the other, and knows messages earlier, so the count
// falls and the anchor is not there at times. That is no restart, and no other
// history: nothing is forgotten, nothing comes twice, and nobody is told of a gap.
func TestTwoNodesBehindOneAddressAreNoRestart(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		withTwoNodes(t, func(a, b *refserver.Server) http.Handler {
			return refserver.Pool(seed, a, b)
		}, func(t *testing.T, p *pair) {
			p.add()
			pass(20 * time.Second)
			p.other.FinalizeUnheld(1000)
			m, _ := p.follow(client.Options{})
			p.connected(m)
			pass(10 * time.Second)
			var ids []string
			for n := range 40 {
				ids = append(ids, p.add())
				pass(4 * time.Second)
				if n%10 == 9 { // and now and then the stream is another one
					p.net.Reset(address)
					pass(10 * time.Second)
				}
			}
			for _, id := range ids[:20] {
				p.node.Finalize(id, true)
				p.other.Finalize(id, true)
			}
			pass(20 * time.Minute)
			slices.Sort(ids)
			p.once(t, events.TypeMessageAdded, ids)
			finals := slices.Sorted(slices.Values(p.node.Finals()))
			p.once(t, events.TypeMessageFinalized, finals)
			p.orderly(t)
			for _, cause := range p.episodes(t) {
				assert.NotEqual(t, events.GapByHistory, cause)
				assert.NotEqual(t, events.GapByDead, cause)
			}
			ctx, cancel := contextWithCause(t, 2*time.Minute)
			defer cancel()
			require.NoError(t, m.WaitInSync(ctx))
		})
	}
}

// A node dies, and minutes later another one answers in its place. What came since
// is no history, for this is no start.
func TestAFailoverIsNoStart(t *testing.T) {
	t.Parallel()
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling} {
		t.Run(by.String(), func(t *testing.T) {
			var second atomic.Bool
			withTwoNodes(t, func(a, b *refserver.Server) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
					if second.Load() {
						b.ServeHTTP(w, q)
						return
					}
					a.ServeHTTP(w, q)
				})
			}, func(t *testing.T, p *pair) {
				old := p.add()
				pass(2 * time.Minute)
				m, _ := p.follow(client.Options{Fallback: only(by)})
				p.connected(m)
				pass(20 * time.Second)
				ids := []string{p.add()}
				pass(20 * time.Second)
				require.Equal(t, ids, p.ids(t, events.TypeMessageAdded), "and not %.8s", old)
				p.net.Refuse(address, true)
				p.net.Reset(address)
				for range 30 {
					ids = append(ids, p.add())
					pass(10 * time.Second)
				}
				second.Store(true)
				p.net.Refuse(address, false)
				pass(3 * time.Minute)
				p.connected(m)
				ids = append(ids, p.add())
				pass(time.Minute)
				slices.Sort(ids)
				p.once(t, events.TypeMessageAdded, ids)
				assert.NotContains(t, p.episodes(t), events.GapByHistory)
			})
		})
	}
}
