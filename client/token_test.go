package client_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sourceOf(text string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return text, nil }
}

func TestMistakesOfTokensAreNamedAndNotShown(t *testing.T) {
	t.Parallel()
	authorization := http.Header{"authorization": {"Basic hush"}}
	tests := []struct {
		base string
		opts client.Options
		want string
	}{
		{"http://node", client.Options{Token: "hush", TokenSource: sourceOf("hush")}, "option Token and option TokenSource are both set"},
		{"http://node", client.Options{Token: "hush", Header: authorization}, "an Authorization beside option Token;"},
		{"http://node", client.Options{TokenSource: sourceOf("hush"), Header: authorization}, "an Authorization beside option TokenSource;"},
		{"http://me:hush@node", client.Options{Token: "hush"}, "base URL has credentials beside option Token;"},
		{"http://me:hush@node", client.Options{TokenSource: sourceOf("hush")}, "base URL has credentials beside option TokenSource;"},
		{"http://node", client.Options{Token: "Bearer hush"}, "option Token cannot be used: it has a space"},
		{"http://node", client.Options{Token: " \n"}, "option Token cannot be used: it is empty"},
	}
	for _, test := range tests {
		_, err := client.New(test.base, nil, &test.opts)
		var config *client.ConfigError
		require.ErrorAs(t, err, &config, test.want)
		assert.Len(t, config.Mistakes, 1, test.want)
		assert.Contains(t, err.Error(), test.want)
		assert.NotContains(t, err.Error(), "hush")
	}
	_, err := client.New("http://node", nil, &client.Options{Token: "hush\n", Header: http.Header{"X-Key": {"1"}}})
	require.NoError(t, err, "white space around it is cut off")
}

// Whatever prints options, or a manager, prints no secrets.
func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	opts := client.Options{Token: "hush", Header: http.Header{"X-Api-Key": {"hush"}}, Requests: 77}
	kept := struct{ Options client.Options }{opts}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, what := range []any{opts, &opts, kept} {
			text := fmt.Sprintf(verb, what)
			assert.NotContains(t, text, "hush", verb)
			assert.NotContains(t, text, "68757368", verb)
		}
	}
	assert.Contains(t, fmt.Sprintf("%+v", opts), "Requests:77")
	assert.Contains(t, fmt.Sprintf("%+v", opts), "Token:xxxxx")
	assert.Contains(t, fmt.Sprintf("%+v", client.Options{}), "Token: ")
	assert.Equal(t, "hush", opts.Header.Get("X-Api-Key"), "they are not changed")

	var lines journal
	lines.logger(slog.LevelInfo).Info("starting", slog.Any("options", opts))
	slog.New(slog.NewJSONHandler(&lines, nil)).Info("starting", slog.Any("options", &opts))
	assert.NotContains(t, lines.String(), "hush")

	m, err := client.New("http://node", nil, &opts)
	require.NoError(t, err)
	assert.NotContains(t, fmt.Sprintf("%+v %#v", m, m), "hush")
	m, err = client.New("http://me:hush@node", nil, nil)
	require.NoError(t, err)
	assert.NotContains(t, fmt.Sprintf("%+v %#v", m, m), "hush")
}

// A token that has expired is replaced on each transport and for REST, without a
// failed attempt, and is never told.
func TestTokensAreRenewed(t *testing.T) {
	t.Parallel()
	for _, only := range allTransports {
		inBothDialects(t, refserver.Config{Rate: 1, Token: "hush-1"}, func(t *testing.T, r *rig) {
			var asked atomic.Int32
			var lines journal
			m, stop := r.follow(client.Options{
				Fallback: fallback.Policy{Order: []fallback.Transport{only}}, Logger: lines.logger(slog.LevelDebug),
				TokenSource: func(context.Context) (string, error) { return fmt.Sprintf("hush-%d", asked.Add(1)), nil },
			})
			r.connected(m)
			for n := 2; n < 4; n++ {
				pass(50 * time.Second)
				r.node.SetToken(fmt.Sprintf("hush-%d", n))
				r.net.Reset(address)
				pass(10 * time.Second)
				assert.Equal(t, client.Connected, m.Health().State)
				assert.EqualValues(t, n, asked.Load())
			}
			requireCanceled(t, stop())
			assert.NotContains(t, lines.String(), "401")
			assert.NotContains(t, lines.String(), "hush")
		})
	}
}

var allTransports = []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling}

// A token that nobody takes is the end, if nothing was proved; the source is asked
// once more.
func TestATokenThatIsRefusedForGoodIsFinal(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Token: "another"}, func(t *testing.T, r *rig) {
		var asked atomic.Int32
		_, stop := r.follow(client.Options{TokenSource: func(context.Context) (string, error) {
			return fmt.Sprintf("hush-%d", asked.Add(1)), nil
		}})
		pass(time.Second)
		var refused *client.RefusedError
		require.ErrorAs(t, stop(), &refused)
		assert.NotContains(t, refused.Error(), "hush")
		assert.EqualValues(t, 2, asked.Load())
	})
}

// A source that has no token is no refusal: it is asked again.
func TestASourceThatFailsIsAskedAgain(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Token: "good"}, func(t *testing.T, r *rig) {
		var fails atomic.Bool
		fails.Store(true)
		m, _ := r.follow(client.Options{TokenSource: func(context.Context) (string, error) {
			if fails.Load() {
				return "", errTest
			}
			return "good", nil
		}})
		pass(time.Hour)
		require.ErrorIs(t, m.Health().Err, errTest)
		fails.Store(false)
		pass(time.Minute)
		assert.Equal(t, client.Connected, m.Health().State)
	})
}
