package report

import (
	"fmt"
	"io"

	"github.com/adic/adic-go/internal/bench/rig"
	"github.com/adic/adic-go/internal/bench/rivals"
)

// Short writes the table that a README has room for.
func Short(w io.Writer, rows Rows) {
	ours, ok := rows.Find(rivals.WS, rivals.Typed, 0)
	if !ok {
		return
	}
	sayf(w, "\n")
	line(w, []string{"client, on one core", perEvent, "events/s/core", rig.Allocs, "× adic-go"})
	rule(w, 5)
	for _, r := range []struct{ group, name, title string }{
		{rivals.WS, rivals.Typed, "**adic-go**, typed handlers, all checks"},
		{rivals.WS, rivals.Unhandled, "**adic-go**, an event nobody handles"},
		{rivals.WS, rivals.Tuned, "coder/websocket tuned, our decoder, nothing else"},
		{rivals.Peers, "nats.go/json", "nats.go, `encoding/json`"},
		{rivals.WS, rivals.Usual, "coder/websocket `Read`, `encoding/json`"},
		{rivals.Peers, "discordgo/json", "discordgo, `encoding/json`"},
		{rivals.Peers, "cometbft/json", "CometBFT `WSClient`, `encoding/json`"},
		{rivals.Peers, "go-ethereum/json", "go-ethereum rpc, `encoding/json`"},
	} {
		row, ok := rows.Find(r.group, r.name, 0)
		if !ok {
			continue
		}
		cpu := row.Figures[rig.CPU].Median
		const second = 1e9
		line(w, []string{
			r.title, number(cpu), thousands(second / cpu), fmt.Sprintf("%.1f", row.Figures[rig.Allocs].Median),
			fmt.Sprintf("%.1f", cpu/ours.Figures[rig.CPU].Median),
		})
	}
}

// thousands writes a large number.
func thousands(v float64) string {
	const million, thousand = 1e6, 1e3
	if v >= million {
		return fmt.Sprintf("%.1f million", v/million)
	}
	return fmt.Sprintf("%.0f,000", v/thousand)
}
