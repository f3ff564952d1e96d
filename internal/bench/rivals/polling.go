package rivals

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/bench/traffic"
)

// Names of the cases of polling.
const (
	Polls     = Ours + "-polling/typed"
	PlainPoll = "net/http-polling/json"
)

// pollingCases poll without a pause.
func pollingCases() []Case {
	const unbounded = 1 << 30
	return []Case{
		{Name: Polls, Form: traffic.WebSocket, Connect: manager(use{
			by: fallback.Polling, register: handleMix,
			options: client.Options{PollInterval: time.Millisecond, Requests: unbounded},
		})},
		{Name: PlainPoll, Form: traffic.WebSocket, Connect: connectPlainPoll},
	}
}

// connectPlainPoll is a loop that asks the same and decodes it by encoding/json.
func connectPlainPoll(ctx context.Context, t Target, _ *traffic.Tally) (*Client, error) {
	ctx, cancel := context.WithCancel(ctx)
	return reading(func() error { cancel(); return nil }, func() error {
		for {
			for _, path := range []string{"tips", "finality/kcore/metrics"} {
				if err := get(ctx, t.URL("http", "v1/"+path)); err != nil {
					return err
				}
			}
		}
	}), nil
}

func get(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	var answer struct {
		Tips  []string `json:"tips"`
		Stats struct {
			Finalized uint64 `json:"finalized_count"`
			Pending   uint64 `json:"pending_count"`
		} `json:"current_stats"`
	}
	return json.Unmarshal(text, &answer)
}
