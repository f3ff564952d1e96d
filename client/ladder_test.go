package client_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

func TestABlockedTransportIsLeftAtOnce(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403, 404, 405, 407, 426, 503} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
				r.node.Refuse(refserver.WebSocket, refserver.Answer{Status: status})
				began := time.Now()
				m, stop := r.follow(client.Options{})
				r.connected(m)
				assert.Less(t, time.Since(began), time.Second)
				assert.Equal(t, []string{"connecting websocket", "connecting sse", "connected sse"}, r.states())
				requireCanceled(t, stop())
			})
		})
	}
}

func TestBothStreamsBlockedMeansPolling(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.Streams, refserver.Answer{Status: 403})
		m, _ := r.follow(client.Options{})
		r.connected(m)
		assert.Equal(t, []string{
			"connecting websocket", "connecting sse", "connecting polling", "connected polling",
		}, r.states())
		id := r.node.AddMessage(refserver.AddOptions{})
		pass(12 * time.Second)
		assert.Equal(t, []string{id}, r.ids(t, events.TypeMessageAdded))
		assert.Equal(t, events.OriginBackfilled, r.seen(events.TypeMessageAdded)[0].Origin)
	})
}

func TestABetterTransportIsProvedBeforeTheWorseIsLetGo(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Rate: 1}, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.Streams, refserver.Answer{Status: 403})
		m, _ := r.follow(client.Options{})
		r.connected(m)
		pass(5 * time.Minute)
		require.Equal(t, fallback.Polling, m.Health().Transport)

		r.node.Heal(refserver.Streams)
		for range 180 {
			pass(time.Second)
			require.True(t, m.Health().OK(), "a promotion is no reason for doubt: %+v", m.Health())
		}
		h := m.Health()
		assert.Equal(t, fallback.WebSocket, h.Transport)
		assert.True(t, h.OK())
		for _, c := range r.changeList()[4:] {
			assert.Equal(t, client.Connected, c.To, "it was never without a connection")
		}
		causes := r.episodes(t)
		assert.NotEmpty(t, causes)
		assert.NotContains(t, causes, events.GapByDisconnect)
		assert.Equal(t, r.added(), r.ids(t, events.TypeMessageAdded), "nothing lost, nothing twice")
	})
}

func TestAServerThatAcceptsAndDiesIsNotHammered(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.node.DieAfter(refserver.Streams, 0)
		r.node.Refuse(refserver.REST, refserver.Answer{Status: 503})
		r.follow(client.Options{})
		pass(10 * time.Minute)
		dials := r.node.Requests("/v1/ws/events") + r.node.Requests("/v1/sse/events")
		assert.Less(t, dials, 200, "two transports, at most ten connects a minute each")
		assert.Greater(t, dials, 10, "but it goes on trying")
	})
}

func TestAnHourWithoutServer(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Rate: 1}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{})
		r.connected(m)
		pass(time.Minute)

		r.net.Refuse(address, true)
		r.net.Reset(address)
		pass(time.Hour)
		assert.Equal(t, client.Waiting, m.Health().State)
		assert.False(t, m.Health().OK())
		for _, c := range r.changeList() {
			if c.To == client.Waiting {
				assert.LessOrEqual(t, c.RetryAt.Sub(c.At), time.Minute)
				require.Error(t, c.Err)
			}
		}
		retry := time.Until(m.Health().RetryAt)

		r.net.Refuse(address, false)
		before := len(r.all())
		pass(retry + 5*time.Second)
		assert.Equal(t, client.Connected, m.Health().State)
		assert.Greater(t, len(r.all()), before, "events within one step")
		assert.Equal(t, []events.GapCause{events.GapByDisconnect}, r.episodes(t), "one outage, one gap")
		assert.Equal(t, uint64(1), m.Metrics().Snapshot().Reconnections)
	})
}

func TestTheFirstConnectIsRetriedToo(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.net.Refuse(address, true)
		m, _ := r.follow(client.Options{})
		pass(10 * time.Minute)
		assert.Equal(t, client.Waiting, m.Health().State)
		r.net.Refuse(address, false)
		pass(time.Minute)
		assert.Equal(t, client.Connected, m.Health().State)
		assert.Empty(t, r.gapList(), "before the first connection nothing can be missed")
	})
}

func TestASilentSSEStreamIsLeftForPolling(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.WebSocket, refserver.Answer{Status: 403})
		r.node.Mute(refserver.SSE)
		m, _ := r.follow(client.Options{})
		pass(25 * time.Second)
		assert.Equal(t, fallback.Polling, m.Health().Transport)
		assert.Equal(t, client.Connected, m.Health().State)
	})
}

func TestAFrozenNodeIsNoticed(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{})
		r.connected(m)
		r.net.Freeze(address, true)
		pass(40 * time.Second)
		assert.NotEqual(t, client.Connected, m.Health().State)
		assert.False(t, m.Health().OK())
		r.net.Freeze(address, false)
		pass(2 * time.Minute)
		assert.Equal(t, client.Connected, m.Health().State)
	})
}

func TestTransportsCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	for _, only := range []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling} {
		t.Run(only.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
				m, _ := r.follow(client.Options{Fallback: fallback.Policy{Order: []fallback.Transport{only}}})
				r.connected(m)
				assert.Equal(t, []string{"connecting " + only.String(), "connected " + only.String()}, r.states())
			})
		})
	}
}

func TestRefusedByAllFromTheStartIsFinal(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Token: "secret"}, func(t *testing.T, r *rig) {
		m, stop := r.follow(client.Options{})
		pass(time.Second)
		assert.Equal(t, client.Closed, m.Health().State)
		err := stop()
		var refused *client.RefusedError
		require.ErrorAs(t, err, &refused)
		require.Len(t, refused.Refusals, 3)
		for i, transport := range []string{"websocket", "sse", "polling"} {
			assert.Contains(t, refused.Refusals[i].Error(), transport)
			assert.Contains(t, refused.Refusals[i].Error(), "401")
		}
		require.ErrorIs(t, m.WaitConnected(t.Context()), client.ErrClosed)
		require.ErrorAs(t, m.WaitConnected(t.Context()), &refused)
	})
}

func TestRefusedAfterSomethingWasProvedIsRetried(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{})
		r.connected(m)
		r.node.TakeAway(refserver.All, refserver.Answer{Status: 403})
		pass(2 * time.Hour)
		assert.Equal(t, client.Waiting, m.Health().State)
		r.node.Heal(refserver.All)
		pass(61 * time.Second)
		assert.Equal(t, client.Connected, m.Health().State)
	})
}

func TestATokenInTheHeaderOrTheURLIsSentOnEachTransport(t *testing.T) {
	t.Parallel()
	for _, only := range []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling} {
		inBothDialects(t, refserver.Config{Token: "secret"}, func(t *testing.T, r *rig) {
			m, _ := r.follow(client.Options{
				Fallback: fallback.Policy{Order: []fallback.Transport{only}},
				Header:   http.Header{"Authorization": {"Bearer secret"}},
			})
			r.connected(m)
			assert.Equal(t, only, m.Health().Transport)
		})
	}
}

// What the node shows when the stream is gone comes by polling, each fact once.
func TestFromAStreamToPollingNoFactIsLost(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Rate: 2}, func(t *testing.T, r *rig) {
		m, stop := r.follow(client.Options{})
		r.connected(m)
		pass(time.Minute)
		r.node.TakeAway(refserver.Streams, refserver.Answer{Status: 403})
		pass(2 * time.Minute)
		require.Equal(t, fallback.Polling, m.Health().Transport)
		r.node.Heal(refserver.Streams)
		pass(3 * time.Minute)
		require.Equal(t, fallback.WebSocket, m.Health().Transport)
		assert.Equal(t, r.added(), r.ids(t, events.TypeMessageAdded))

		requireCanceled(t, stop())
		for transport, link := range m.Metrics().Snapshot().Transports {
			assert.Zero(t, link.Open, "%v: each connection is counted when it opens and when it ends", transport)
		}
	})
}

// A WebSocket that is open and mute, from the start or later, is left for SSE.
func TestAMuteWebSocketIsLeft(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.node.Mute(refserver.WebSocket)
		m, _ := r.follow(client.Options{})
		pass(25 * time.Second)
		assert.Equal(t, fallback.SSE, m.Health().Transport)
		assert.Equal(t, client.Connected, m.Health().State)
	})
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{})
		r.connected(m)
		pass(time.Minute)
		r.node.Mute(refserver.WebSocket)
		pass(3 * time.Minute)
		assert.Equal(t, fallback.SSE, m.Health().Transport)
		assert.Equal(t, client.Connected, m.Health().State)
	})
}
