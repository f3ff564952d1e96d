package rig_test

import (
	"bufio"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/bench/rig"
	"github.com/adic/adic-go/internal/bench/rivals"
	"github.com/adic/adic-go/internal/bench/source"
)

// serve runs a server and returns where it takes orders.
func serve(t *testing.T) string {
	t.Helper()
	in, stop := io.Pipe()
	out, say := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- source.Run(in, say) }()
	t.Cleanup(func() { _ = stop.Close(); assert.NoError(t, <-done) })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(line)
}

// Every client gets every event of a short stream, in its own protocol.
func TestEveryCaseOfThroughputRuns(t *testing.T) {
	orders := serve(t)
	for _, c := range rivals.All() {
		if c.Group == "" {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			j := rig.Job{Group: c.Group, Case: c.Name, Measure: rig.Throughput, For: time.Millisecond}
			figures, err := rig.Do(t.Context(), j, orders, "")
			require.NoError(t, err)
			assert.Positive(t, figures[rig.Wall])
		})
	}
}

func TestOtherMeasuresRun(t *testing.T) {
	orders := serve(t)
	for _, j := range []rig.Job{
		{Case: rivals.Typed, Measure: rig.Latency, X: 1, For: 50 * time.Millisecond},
		{Case: rivals.Usual, Measure: rig.Latency, X: 100, For: 50 * time.Millisecond},
		{Case: rivals.Flood, Measure: rig.Flooded, X: 10_000, For: 50 * time.Millisecond},
		{Case: rivals.ManyManagers, Measure: rig.Managers, X: 3, For: time.Millisecond},
		{Case: rivals.ManyHandlers, Measure: rig.Throughput, X: 10, For: time.Millisecond},
		{Case: rivals.ManyTips, Measure: rig.Throughput, X: 100, For: time.Millisecond},
		{Case: rivals.Polls, Measure: rig.Polling, For: 50 * time.Millisecond},
		{Case: rivals.PlainPoll, Measure: rig.Polling, For: 50 * time.Millisecond},
	} {
		t.Run(j.Case, func(t *testing.T) {
			figures, err := rig.Do(t.Context(), j, orders, "")
			require.NoError(t, err)
			assert.NotEmpty(t, figures)
		})
	}
}

func TestWhatThereIsNot(t *testing.T) {
	orders := serve(t)
	_, err := rig.Do(t.Context(), rig.Job{Case: "nobody/nothing"}, orders, "")
	assert.ErrorContains(t, err, "nobody/nothing")
	_, err = rig.Do(t.Context(), rig.Job{Case: rivals.Usual, Measure: "weight"}, orders, "")
	assert.ErrorContains(t, err, "weight")
}
