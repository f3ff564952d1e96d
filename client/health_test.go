package client_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

func TestANodeWithBeatsIsHealthyHoweverQuietItIs(t *testing.T) {
	t.Parallel()
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{
			Subscription: subscription.To(events.TypeEconomicsUpdated), // a node never sends it
			Fallback:     fallback.Policy{Order: []fallback.Transport{fallback.WebSocket, fallback.SSE}},
		})
		for range 20 {
			pass(time.Minute)
			h := m.Health()
			assert.True(t, h.OK())
			assert.Equal(t, client.ClockBeat, h.JudgedBy)
			assert.Less(t, h.EventAge(h.At), 4*time.Second)
			assert.Zero(t, h.LastWanted)
		}
		for _, env := range r.all() {
			assert.Equal(t, events.OriginState, env.Origin, "but REST knows it")
		}
	})
}

func TestANodeWhoseMainLoopDiedIsNotHealthy(t *testing.T) {
	t.Parallel()
	for _, only := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
			m, _ := r.follow(client.Options{Fallback: fallback.Policy{Order: []fallback.Transport{only}}})
			r.connected(m)
			pass(10 * time.Second)
			require.True(t, m.Health().OK())
			r.node.Dead(true)
			pass(61 * time.Second)
			h := m.Health()
			assert.Equal(t, client.Connected, h.State, "%v: heartbeats and pongs go on", only)
			assert.Less(t, h.FrameAge(h.At), 20*time.Second)
			assert.False(t, h.OK())
			assert.Equal(t, client.ClockBeat, h.JudgedBy)
		})
	}
}

// The guide's rule: no event for 60 s is unhealthy, where nothing better is known.
func TestAQuietGuideServerIsUnhealthyAfterAMinute(t *testing.T) {
	t.Parallel()
	for _, only := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
			m, _ := r.follow(client.Options{Fallback: fallback.Policy{Order: []fallback.Transport{only}}})
			r.connected(m)
			r.node.AddMessage(refserver.AddOptions{})
			pass(59 * time.Second)
			assert.True(t, m.Health().OK(), "%v", only)
			pass(2 * time.Second)
			h := m.Health()
			assert.False(t, h.OK(), "%v", only)
			assert.Equal(t, client.ClockEvent, h.JudgedBy)
			assert.Equal(t, client.Connected, h.State, "silence alone ends no connection")
			r.node.AddMessage(refserver.AddOptions{})
			pass(time.Second)
			assert.True(t, m.Health().OK(), "%v", only)
		})
	}
}

func TestAnIdleChainOnPollingIsHealthy(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{Fallback: fallback.Policy{Order: []fallback.Transport{fallback.Polling}}})
		r.connected(m)
		for range 10 {
			pass(time.Minute)
			h := m.Health()
			assert.True(t, h.OK())
			assert.Equal(t, client.ClockEvent, h.JudgedBy)
			assert.LessOrEqual(t, h.EventAge(h.At), 6*time.Second)
		}
	})
}

func TestMaxEventAge(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		age  time.Duration
		ok   bool
		by   client.Clock
		wait time.Duration
	}{
		{5 * time.Second, true, client.ClockEvent, 4 * time.Second},
		{5 * time.Second, false, client.ClockEvent, 6 * time.Second},
		{-1, true, client.ClockFrame, time.Hour},
	} {
		inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
			m, _ := r.follow(client.Options{MaxEventAge: tc.age})
			r.connected(m)
			pass(tc.wait)
			h := m.Health()
			assert.Equal(t, tc.ok, h.OK(), "%+v", tc)
			assert.Equal(t, tc.by, h.JudgedBy)
		})
	}
}

func TestHealthBeforeAndAfterRun(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		idle, err := client.New("http://"+address, nil, nil)
		require.NoError(t, err)
		h := idle.Health()
		assert.Equal(t, client.Idle, h.State)
		assert.Equal(t, client.ClockNone, h.JudgedBy)
		assert.False(t, h.OK())

		m, stop := r.follow(client.Options{})
		r.connected(m)
		requireCanceled(t, stop())
		h = m.Health()
		assert.Equal(t, client.Closed, h.State)
		assert.False(t, h.OK())
		require.Error(t, h.Err)
	})
}

func TestHealthDuringADialReturnsAtOnce(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.net.Hang(address, true)
		m, _ := r.follow(client.Options{})
		pass(3 * time.Second)
		began := time.Now()
		h := m.Health()
		assert.Zero(t, time.Since(began))
		assert.Equal(t, client.Connecting, h.State)
		assert.Equal(t, fallback.WebSocket, h.Transport)
	})
}

func TestHealthHandler(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Rate: 1}, func(t *testing.T, r *rig) {
		ask := func(h http.Handler, method string) (int, map[string]any, string) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(method, "/ready", nil))
			var body map[string]any
			if w.Body.Len() > 0 {
				require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body))
			}
			return w.Code, body, w.Header().Get("Content-Type")
		}
		m, stop := r.follow(client.Options{})
		r.connected(m)
		pass(10 * time.Second)
		code, body, mime := ask(m.HealthHandler(), http.MethodGet)
		assert.Equal(t, http.StatusOK, code)
		assert.Equal(t, "application/json", mime)
		assert.Equal(t, true, body["ok"])
		assert.Equal(t, "connected", body["state"])
		assert.Equal(t, "websocket", body["transport"])
		assert.Contains(t, []any{"event", "beat"}, body["judged_by"])
		assert.IsType(t, 0.0, body["event_age_seconds"])
		assert.NotContains(t, body, "error")

		r.net.Refuse(address, true)
		r.net.Reset(address)
		pass(time.Minute)
		code, body, _ = ask(m.HealthHandler(client.Readiness), http.MethodGet)
		assert.Equal(t, http.StatusServiceUnavailable, code)
		assert.Equal(t, false, body["ok"])
		assert.NotEmpty(t, body["error"])
		code, body, _ = ask(m.HealthHandler(client.Liveness), http.MethodHead)
		assert.Equal(t, http.StatusOK, code, "an outage is no reason to restart")
		assert.Nil(t, body)

		requireCanceled(t, stop())
		code, _, _ = ask(m.HealthHandler(client.Liveness), http.MethodGet)
		assert.Equal(t, http.StatusServiceUnavailable, code)
	})
}

func TestWaitConnectedGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.net.Refuse(address, true)
		m, _ := r.follow(client.Options{})
		ctx, cancel := contextWithCause(t, time.Minute)
		defer cancel()
		require.ErrorIs(t, m.WaitConnected(ctx), errTest)
	})
}
