package client_test

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// When a node is lost, the next one is connected to at once, and everything goes on
// there; when it is back, the client returns. No fact is lost or comes twice, and that
// notices may be is told.
func TestFailoverAndReturn(t *testing.T) {
	inNetwork(t, 2, func(t *testing.T, w *network) {
		m := w.follow(client.Options{})
		require.Zero(t, w.at(0))
		w.busy(0, 20*time.Second)
		w.net.Refuse("node0:80", true)
		w.net.Reset("node0:80")
		assert.LessOrEqual(t, w.at(1), time.Second)
		w.busy(1, 20*time.Second)
		pass(5 * time.Second)
		assert.NotZero(t, m.Health().InSyncSince, "what is asked is asked there")
		assert.Equal(t, []events.GapCause{events.GapByDisconnect, events.GapByFailover}, w.episodes(t))

		w.net.Refuse("node0:80", false)
		back := w.at(0)
		assert.LessOrEqual(t, back, 2*time.Minute)
		w.busy(0, 20*time.Second)
		w.complete()
		assert.Equal(t, []events.GapCause{events.GapByDisconnect, events.GapByFailover, events.GapByFailover}, w.episodes(t))
		s := m.Metrics().Snapshot()
		assert.Equal(t, map[string]uint64{urlOf(0): 1, urlOf(1): 1}, s.Failovers)
		assert.EqualValues(t, 1, s.Reconnections, "the return was no reconnect: make before break")
		for _, g := range w.settled() {
			if g.Cause == events.GapByFailover {
				assert.Equal(t, []events.Family{events.Notice}, g.Families)
				assert.Equal(t, events.GapUnrepairable, g.Outcome)
			}
		}
		h := m.Health()
		assert.Equal(t, urlOf(0), h.Endpoint)
		assert.NotZero(t, h.InSyncSince)
		text, err := h.MarshalJSON()
		require.NoError(t, err)
		assert.Contains(t, string(text), `"endpoint":"http://node0"`)
	})
}

// Counts are compared with those of the same node only, and that a node knows nothing of
// what another one told is no other history.
func TestCountsAndHistoryAreOfOneNode(t *testing.T) {
	inNetwork(t, 2, func(t *testing.T, w *network) {
		for range 30 { // only the second node has them, and they are older than the client
			id := w.nodes[1].AddMessage(refserver.AddOptions{At: time.Now().Add(-time.Hour), Parents: []string{}})
			w.nodes[1].Finalize(id, true)
		}
		m := w.follow(client.Options{})
		w.at(0)
		w.busy(0, 30*time.Second)
		w.net.Refuse("node0:80", true)
		w.net.Reset("node0:80")
		w.at(1)
		pass(2 * time.Minute)
		assert.Zero(t, m.Health().Unexplained)
		assert.NotContains(t, w.episodes(t), events.GapByHistory)
		w.net.Refuse("node0:80", false)
		w.at(0)
		pass(2 * time.Minute)
		assert.Zero(t, m.Health().Unexplained)
		assert.NotContains(t, w.episodes(t), events.GapByHistory)
		w.complete()
	})
}

// A dead node answers everything and says nothing. The client goes on at another one,
// once, and does not return before the first one speaks.
func TestADeadNodeIsLeftForAnotherOne(t *testing.T) {
	t.Parallel()
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(by.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newNetwork(t, 2, node)
				m := w.follow(client.Options{Fallback: only([]fallback.Transport{by, fallback.SSE}[:min(2, 3-int(by))]...)})
				w.at(0)
				w.busy(0, 20*time.Second)
				w.nodes[0].Dead(true)
				began := time.Now()
				for m.Health().StaleSince.IsZero() {
					pass(time.Second)
				}
				assert.LessOrEqual(t, time.Since(began), 20*time.Second)
				w.at(1)
				assert.LessOrEqual(t, time.Since(began), 31*time.Second)
				assert.True(t, m.Health().OK())
				dials := w.net.Dials("node0:80")
				w.busy(1, 5*time.Minute)
				assert.Equal(t, urlOf(1), m.Health().Endpoint)
				assert.LessOrEqual(t, w.net.Dials("node0:80")-dials, 12, "no storm")
				w.nodes[0].Dead(false)
				w.at(0)
				w.busy(0, 20*time.Second)
				w.complete()
			})
		})
	}
}

// A definite answer of one transport is answered by the next transport of the same
// node; only a node that refuses them all is left.
func TestADefiniteAnswerIsNoFailover(t *testing.T) {
	inNetwork(t, 2, func(t *testing.T, w *network) {
		w.nodes[0].Refuse(refserver.WebSocket, refserver.Answer{Status: http.StatusForbidden})
		m := w.follow(client.Options{})
		w.at(0)
		assert.Equal(t, fallback.SSE, m.Health().Transport)
		pass(10 * time.Minute)
		assert.Equal(t, urlOf(0), m.Health().Endpoint)
		assert.Zero(t, w.net.Dials("node1:80"))
	})
}

// It takes a refusal of every node for Run to end.
func TestRunEndsWhenEveryNodeRefuses(t *testing.T) {
	inNetwork(t, 2, func(t *testing.T, w *network) {
		for _, n := range w.nodes {
			n.Refuse(refserver.All, refserver.Answer{Status: http.StatusUnauthorized})
		}
		w.follow(client.Options{})
		pass(time.Second)
		var refused *client.RefusedError
		require.ErrorAs(t, w.stop(), &refused)
		require.Len(t, refused.Refusals, 6)
		assert.ErrorContains(t, refused.Refusals[0], "websocket: http://node0/")
		assert.ErrorContains(t, refused.Refusals[4], "sse: http://node1/")
	})
	t.Run("one", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newNetwork(t, 2, node)
			w.nodes[0].Refuse(refserver.All, refserver.Answer{Status: http.StatusUnauthorized})
			w.follow(client.Options{})
			assert.LessOrEqual(t, w.at(1), time.Second)
		})
	})
}

// Headers, tokens and credentials of one node never reach another one.
func TestWhatIsSentToANodeIsItsOwn(t *testing.T) {
	inNetwork(t, 3, func(t *testing.T, w *network) {
		w.follow(client.Options{
			Header: http.Header{"X-Key": {"first"}}, Token: "first",
			Endpoints: []client.Endpoint{
				{URL: urlOf(1), Header: http.Header{"X-Other": {"second"}}, Token: "second"},
				{URL: "http://third:secret@node2"},
			},
		})
		w.at(0)
		for i := range 2 {
			pass(time.Minute)
			w.net.Refuse(host(i)+":80", true)
			w.net.Reset(host(i) + ":80")
			w.at(i + 1)
		}
		pass(time.Minute)
		want := []struct{ authorization, key, other string }{
			{"Bearer first", "first", ""}, {"Bearer second", "", "second"}, {"Basic dGhpcmQ6c2VjcmV0", "", ""},
		}
		for i, n := range w.nodes {
			requests := n.Log()
			require.NotEmpty(t, requests)
			for _, r := range requests {
				got := struct{ authorization, key, other string }{
					r.Header.Get("Authorization"), r.Header.Get("X-Key"), r.Header.Get("X-Other"),
				}
				require.Equal(t, want[i], got, "node %d: %s", i, r.Path)
			}
		}
	})
}

// Polling, too, moves to the next node and returns; what is read at a node that is tried
// beside it is not taken for this one's.
func TestPollingMovesToAnotherNode(t *testing.T) {
	inNetwork(t, 2, func(t *testing.T, w *network) {
		m := w.follow(client.Options{Fallback: only(fallback.Polling)})
		w.at(0)
		w.busy(0, 20*time.Second)
		w.net.Refuse("node0:80", true)
		w.net.Reset("node0:80")
		assert.LessOrEqual(t, w.at(1), 11*time.Second)
		w.busy(1, 20*time.Second)
		w.net.Refuse("node0:80", false)
		assert.LessOrEqual(t, w.at(0), 3*time.Minute)
		w.busy(0, 10*time.Second)
		w.complete()
		assert.Equal(t, fallback.Polling, m.Health().Transport)
	})
}

// Many clients, one node that goes away and comes back: they all go on at the other
// one, and return one after the other.
func TestAPoolOfClientsReturnsOneAfterTheOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const clients = 60
		w := newNetwork(t, 2, refserver.Config{Dialect: refserver.Node})
		var all []*network
		for range clients {
			c := &network{t: t, net: w.net, nodes: w.nodes}
			c.follow(client.Options{})
			all = append(all, c)
		}
		for _, c := range all {
			c.at(0)
		}
		pass(10 * time.Second)
		w.net.Refuse("node0:80", true)
		w.net.Reset("node0:80")
		pass(20 * time.Second)
		for _, c := range all {
			require.Equal(t, urlOf(1), c.m.Health().Endpoint)
		}
		w.net.Refuse("node0:80", false)
		pass(3 * time.Minute)
		seconds := map[int64]int{}
		for _, c := range all {
			require.Equal(t, urlOf(0), c.m.Health().Endpoint)
			changes := c.changeList()
			last := changes[slices.IndexFunc(changes, func(c client.Change) bool { return c.Endpoint == urlOf(1) && c.To == client.Connected })+1]
			require.Equal(t, urlOf(0), last.Endpoint)
			seconds[last.At.Unix()]++
		}
		for _, n := range seconds {
			assert.LessOrEqual(t, n, clients/4)
		}
	})
}
