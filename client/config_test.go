package client_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

func TestNewNamesEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	var mux handlers.Mux
	mux.OnAny(nil)
	_, err := client.New("ftp://node", &mux, &client.Options{
		Subscription: subscription.Subscription{Types: []events.Type{"TipUpdated"}, Priorities: []events.Priority{9}},
		Fallback:     fallback.Policy{Order: []fallback.Transport{fallback.Polling, fallback.SSE, fallback.SSE}, MinDelay: -1},
		HTTPClient:   &http.Client{Timeout: time.Second},
		PollInterval: -1, MaxFrame: -1, Requests: -1, Lanes: [3]client.Lane{{Events: -1}, {Events: -1}, {Events: -1}},
	})
	var config *client.ConfigError
	require.ErrorAs(t, err, &config)
	for _, want := range []string{
		`scheme "ftp" is not one of http, https, ws, wss`, "TipsUpdated", "MinDelay", "polling before sse",
		"Timeout of 1s", "PollInterval",
		"MaxFrame", "Requests", "Lanes[0].Events", "Lanes[1].Events", "Lanes[2].Events",
	} {
		assert.Contains(t, err.Error(), want)
	}
	assert.GreaterOrEqual(t, len(config.Mistakes), 13)
	assert.Equal(t, err, config)
}

func TestOneMistakeIsOneMistake(t *testing.T) {
	t.Parallel()
	_, err := client.New("http://", nil, nil)
	require.EqualError(t, err, `client: 1 mistake: base URL "http:" has no host`)
}

func TestUnknownTypesAreAllowedByOption(t *testing.T) {
	t.Parallel()
	opts := client.Options{Subscription: subscription.To("SomethingNew")}
	_, err := client.New("http://node", nil, &opts)
	require.Error(t, err)
	opts.AllowUnknownTypes = true
	_, err = client.New("http://node", nil, &opts)
	require.NoError(t, err)
}

func TestAMuxWithoutHandlersOrNoneIsLegal(t *testing.T) {
	t.Parallel()
	_, err := client.New("http://node", nil, nil)
	require.NoError(t, err)
	_, err = client.New("http://node", &handlers.Mux{}, &client.Options{})
	require.NoError(t, err)
}

func TestMistakesOfTheMuxAreNamed(t *testing.T) {
	t.Parallel()
	var mux handlers.Mux
	handlers.On(&mux, func(context.Context, *events.TipsUpdated) error { return nil })
	handlers.On[events.MessageAdded](&mux, nil)
	_, err := client.New("http://node", &mux, nil)
	var config *client.ConfigError
	require.ErrorAs(t, err, &config)
	assert.Len(t, config.Mistakes, 2)
	assert.Contains(t, err.Error(), "TipsUpdated")
	assert.Contains(t, err.Error(), "MessageAdded")
}

func TestWhatIsWantedIsCopied(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		opts := client.Options{Subscription: subscription.To(events.TypeMessageAdded)}
		m, _ := r.follow(opts)
		opts.Subscription.Types[0] = events.TypeMessageFinalized
		r.connected(m)
		r.node.Finalize(r.node.AddMessage(refserver.AddOptions{}), false)
		pass(time.Second)
		assert.Len(t, r.seen(events.TypeMessageAdded), 1)
		assert.Empty(t, r.seen(events.TypeMessageFinalized))
	})
}

func TestNewKeepsItsOwnCopyOfTheOptions(t *testing.T) {
	t.Parallel()
	header := http.Header{"X-Test": {"1"}}
	opts := client.Options{Header: header}
	_, err := client.New("http://user:secret@node", nil, &opts)
	require.NoError(t, err)
	assert.Equal(t, http.Header{"X-Test": {"1"}}, header)
	assert.Zero(t, opts.DialTimeout)
}

func TestANegativeDurationIsOff(t *testing.T) {
	t.Parallel()
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		hold := make(chan struct{})
		var mux handlers.Mux
		handlers.On(&mux, func(context.Context, events.MessageAdded) error { <-hold; return nil })
		m, stop := r.run(&mux, client.Options{
			Fallback:    fallback.Policy{Order: []fallback.Transport{fallback.SSE}},
			DialTimeout: -1, IdleTimeout: -1, PingInterval: -1, DrainTimeout: -1,
		})
		r.connected(m)
		r.node.AddMessage(refserver.AddOptions{})
		pass(time.Second)
		r.node.Mute(refserver.SSE)
		pass(time.Hour)
		assert.Equal(t, client.Connected, m.Health().State, "no watchdog")
		time.AfterFunc(time.Hour, func() { close(hold) })
		began := time.Now()
		requireCanceled(t, stop())
		assert.Equal(t, time.Hour, time.Since(began), "no bound for the drain")
	})
}
