package fallback_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
)

func TestZeroPolicyIsTheDocumentedDefault(t *testing.T) {
	assert.Equal(t, fallback.Policy{
		Order:         []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling},
		MinDelay:      time.Second,
		MaxDelay:      60 * time.Second,
		Stable:        30 * time.Second,
		MaxRetryAfter: 10 * time.Minute,
		Promote:       60 * time.Second,
	}, fallback.Policy{}.WithDefaults())
	assert.Empty(t, fallback.Policy{}.Validate())
}

func TestDefaultsLeaveWhatIsSet(t *testing.T) {
	p := fallback.Policy{
		Order:         []fallback.Transport{fallback.SSE},
		MinDelay:      2 * time.Second,
		MaxDelay:      5 * time.Minute,
		Stable:        time.Minute,
		MaxRetryAfter: -1,
		Promote:       -1,
	}
	assert.Equal(t, p, p.WithDefaults())
	assert.Empty(t, p.Validate())
}

func TestMinDelayDefaultsToAMaxDelayBelowIt(t *testing.T) {
	p := fallback.Policy{MaxDelay: 100 * time.Millisecond}
	assert.Empty(t, p.Validate())
	assert.Equal(t, 100*time.Millisecond, p.WithDefaults().MinDelay)
}

func TestDefaultsShareNoOrder(t *testing.T) {
	mine := []fallback.Transport{fallback.SSE, fallback.Polling}
	p := fallback.Policy{Order: mine}.WithDefaults()
	p.Order[0] = fallback.WebSocket
	assert.Equal(t, fallback.SSE, mine[0])

	fallback.Policy{}.WithDefaults().Order[0] = fallback.Polling
	assert.Equal(t, fallback.WebSocket, fallback.Policy{}.WithDefaults().Order[0])
}

func TestValidateNamesEachMistake(t *testing.T) {
	for name, c := range map[string]struct {
		policy fallback.Policy
		want   []string
	}{
		"none in order":     {order(fallback.None), []string{"fallback: Order[0]: none (0): want one of websocket, sse, polling"}},
		"unknown transport": {order(fallback.SSE, 9), []string{"fallback: Order[1]: invalid (9): want one of websocket, sse, polling"}},
		"duplicate": {order(fallback.SSE, fallback.Polling, fallback.SSE), []string{
			"fallback: Order[2]: sse: is Order[0] already; each of websocket, sse, polling may be there once",
		}},
		"negative delays": {fallback.Policy{MinDelay: -1, MaxDelay: -time.Second, Stable: -time.Minute}, []string{
			"fallback: MinDelay: -1ns: want 0 (1s) or more",
			"fallback: MaxDelay: -1s: want 0 (1m0s) or more",
			"fallback: Stable: -1m0s: want 0 (30s) or more",
		}},
		"min above max":         {fallback.Policy{MinDelay: 3 * time.Second, MaxDelay: 2 * time.Second}, []string{"fallback: MinDelay: 3s: want MaxDelay (2s) or less"}},
		"min above default max": {fallback.Policy{MinDelay: 2 * time.Minute}, []string{"fallback: MinDelay: 2m0s: want MaxDelay (1m0s) or less"}},
		"off, not wrong":        {fallback.Policy{Promote: -1, MaxRetryAfter: -1}, nil},
		"empty order":           {fallback.Policy{Order: []fallback.Transport{}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			errs := c.policy.Validate()
			require.Len(t, errs, len(c.want), "%v", errors.Join(errs...))
			for i, err := range errs {
				assert.EqualError(t, err, c.want[i])
			}
		})
	}
}

func TestHasTellsTheEffectiveOrder(t *testing.T) {
	for _, transport := range []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling} {
		assert.True(t, fallback.Policy{}.Has(transport))
		assert.True(t, order(transport).Has(transport))
	}
	assert.False(t, order(fallback.SSE).Has(fallback.WebSocket))
	assert.False(t, fallback.Policy{}.Has(fallback.None))
	assert.False(t, order(fallback.None).Has(fallback.None))
	assert.False(t, fallback.Policy{}.Has(9))
}

// A Ladder works with whatever it is given: what is wrong counts as zero.
func TestLadderSurvivesAWrongPolicy(t *testing.T) {
	wrong := fallback.Policy{
		Order:    []fallback.Transport{fallback.None, fallback.Polling, 9, fallback.Polling},
		MinDelay: -time.Second, MaxDelay: -time.Second, Stable: -1, MaxRetryAfter: -1, Promote: math.MinInt64,
	}
	l := fallback.New(wrong, middle)
	assert.Equal(t, fallback.Step{Transport: fallback.Polling}, l.First(start))
	assert.Equal(t, fallback.Step{Transport: fallback.Polling, Wait: 625 * time.Millisecond},
		l.Next(start, ended(fallback.Polling, fallback.Failed)))

	l = fallback.New(fallback.Policy{MinDelay: time.Hour, MaxDelay: time.Second, Order: order(fallback.SSE).Order}, constant(1))
	l.First(start)
	assert.LessOrEqual(t, l.Next(start, ended(fallback.SSE, fallback.Failed)).Wait, time.Second)

	l = fallback.New(order(fallback.None, 9), nil)
	assert.Equal(t, fallback.WebSocket, l.First(start).Transport)
}
