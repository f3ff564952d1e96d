package rivals

import (
	"slices"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/bench/traffic"
)

// IdleOurs is a manager with all defaults.
const IdleOurs = Ours + "-ws/idle"

// Idle returns the names of the cases whose connections are counted by the thousand.
func Idle() []string {
	return []string{
		IdleOurs, "coder-read/json", "gorilla/json", "gws/json", "nats.go/json", Ours + "-sse/idle", "net/http/json",
	}
}

// idleCases are managers with all defaults.
func idleCases() []Case {
	return slices.Concat(
		[]Case{{Name: IdleOurs, Form: traffic.WebSocket, Connect: manager(use{
			by: fallback.WebSocket, register: handleMix, many: true,
		})}},
		[]Case{{Name: Ours + "-sse/idle", Form: traffic.SSE, Connect: manager(use{
			by: fallback.SSE, register: handleMix, many: true,
		})}},
	)
}
