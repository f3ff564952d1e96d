package report

import (
	"fmt"
	"io"

	"github.com/adic/adic-go/internal/bench/campaign"
	"github.com/adic/adic-go/internal/bench/rig"
	"github.com/adic/adic-go/internal/bench/rivals"
)

// A place is a figure of a row.
type place struct {
	group, name string
	x           int
	figure      string
}

// A target bounds a figure, or its ratio to another one.
type target struct {
	what  string
	of    place
	to    place // no name: there is none
	plus  bool  // the bound is on the difference
	limit float64
	unit  string
}

// cpu is the CPU time per event of a case.
func cpu(group, name string) place { return place{group, name, 0, rig.CPU} }

// targets are what the SDK promises itself.
func targets() []target {
	ours, sse := cpu(rivals.WS, rivals.Typed), cpu(rivals.SSE, rivals.TypedSSE)
	against := func(what string, of, to place, limit float64) target {
		return target{what: what, of: of, to: to, limit: limit}
	}
	const connections, burst, flood, thousand = 10_000, 100, 50_000, 1_000
	idle := func(what, figure, unit string, limit float64) target {
		return target{what: what, of: place{campaign.Idle, rivals.IdleOurs, connections, figure}, limit: limit, unit: unit}
	}
	late := func(name string, x int, group, figure string) place { return place{group, name, x, figure} }
	grown := func(name string, x int) place { return place{campaign.Growth, name, x, rig.CPU} }
	return []target{
		against("WebSocket: coder/websocket tuned + the same decoder", ours, cpu(rivals.WS, rivals.Tuned), 1.25),
		against("WebSocket: coder/websocket Read + encoding/json", ours, cpu(rivals.WS, rivals.Usual), 0.15),
		against("nats.go, json in the callback", ours, cpu(rivals.Peers, "nats.go/json"), 0.17),
		against("go-ethereum rpc, json", ours, cpu(rivals.Peers, "go-ethereum/json"), 0.07),
		against("CometBFT WSClient, json", ours, cpu(rivals.Peers, "cometbft/json"), 0.10),
		against("discordgo, json", ours, cpu(rivals.Peers, "discordgo/json"), 0.10),
		against("nats.go with our decoder", ours, cpu(rivals.Peers, "nats.go/decoder"), 1.35),
		against("SSE: net/http + bufio + the same decoder", sse, cpu(rivals.SSE, rivals.Bare), 1.25),
		against("SSE: tmaxmax with our decoder", sse, cpu(rivals.SSE, "tmaxmax/decoder"), 0.45),
		against("SSE: r3labs with our decoder", sse, cpu(rivals.SSE, "r3labs/decoder"), 0.20),
		against("SSE: launchdarkly with our decoder", sse, cpu(rivals.SSE, "launchdarkly/decoder"), 0.20),
		against("an event nobody handles: a handled one", cpu(rivals.WS, rivals.Unhandled), ours, 0.75),
		{what: "allocations of an event nobody handles", of: place{rivals.WS, rivals.Unhandled, 0, rig.Allocs}, limit: 0.1},
		{what: "allocations per event more than the decoder's own", of: place{rivals.WS, rivals.Typed, 0, rig.Allocs}, to: place{rivals.WS, rivals.Tuned, 0, rig.Allocs}, plus: true, limit: 0.1},
		against("lanes: handlers on the reader's goroutine, one core", ours, cpu(rivals.WS, rivals.Inline), 1.15),
		against("lanes: handlers on the reader's goroutine, two cores", cpu(campaign.TwoCores, rivals.Typed), cpu(campaign.TwoCores, rivals.Inline), 1.35),
		against("latency, singles: p50 of the tuned client", late(rivals.Typed, 1, campaign.Singles, rig.P50), late(rivals.Tuned, 1, campaign.Singles, rig.P50), 1.10),
		against("latency, bursts: p99 of the tuned client", late(rivals.Typed, burst, campaign.Bursts, rig.P99), late(rivals.Tuned, burst, campaign.Bursts, rig.P99), 1.25),
		against("latency, bursts: p99 of nats.go + json", late(rivals.Typed, burst, campaign.Bursts, rig.P99), late("nats.go/json", burst, campaign.Bursts, rig.P99), 1.0),
		{what: "high-priority p99 beside a flood, more than without", of: late(rivals.Flood, flood, campaign.Flooded, rig.P99), to: late(rivals.Flood, 0, campaign.Flooded, rig.P99), plus: true, limit: 3000, unit: "µs"},
		idle("idle manager of 10,000: resident memory", rig.RSS, "KiB", 24),
		idle("idle manager of 10,000: goroutines", rig.Goroutines, "", 3),
		against("1,000 handlers of other types: one", grown(rivals.ManyHandlers, thousand), grown(rivals.ManyHandlers, 1), 1.10),
		against("10,000 tips: 1,000 tips, per tip", tip(connections), tip(thousand), 11),
		against("1,000 managers: one, per event", grown(rivals.ManyManagers, thousand), grown(rivals.ManyManagers, 1), 1.25),
	}
}

// tip is the cost of an event with n tips.
func tip(n int) place { return place{campaign.Growth, rivals.ManyTips, n, rig.CPU} }

// Targets writes what was aimed at, and what was measured.
func Targets(w io.Writer, rows Rows) {
	head := false
	for _, t := range targets() {
		of, ok := rows.Find(t.of.group, t.of.name, t.of.x)
		if !ok {
			continue
		}
		to, found := rows.Find(t.to.group, t.to.name, t.to.x)
		if t.to.name != "" && !found {
			continue
		}
		if !head {
			head = true
			sayf(w, "\n### Targets\n\nRatios are of medians within one run of the benchmarks, in brackets of minima.\n\n")
			line(w, []string{"what we cost, as a multiple of", "target", "measured", "met"})
			rule(w, 4)
		}
		value, text := t.measured(of, to)
		met := "yes"
		if value > t.limit {
			met = "**no**"
		}
		line(w, []string{t.what, fmt.Sprintf("≤ %v%s", t.limit, unit(t.unit)), text, met})
	}
}

// measured returns the value that is bounded, and its text.
func (t target) measured(of, to Row) (value float64, text string) {
	a, b := of.Figures[t.of.figure], to.Figures[t.to.figure]
	switch {
	case t.to.name == "":
		return a.Median, number(a.Median) + unit(t.unit)
	case t.plus:
		return a.Median - b.Median, number(a.Median-b.Median) + unit(t.unit)
	default:
		return a.Median / b.Median, fmt.Sprintf("%.2f (%.2f)", a.Median/b.Median, a.Min/b.Min)
	}
}

func unit(u string) string {
	if u == "" {
		return ""
	}
	return " " + u
}
