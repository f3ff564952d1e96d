package main

import (
	"io"
	"testing"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDefaults(t *testing.T) {
	opts, err := parse(nil, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, options{
		addr: "127.0.0.1:9121",
		config: refserver.Config{
			Seed: 1, Rate: 1, MaxSockets: 1000, HighBuffer: 1000, MediumBuffer: 500, LowBuffer: 100,
		},
	}, opts)
}

func TestEveryFlag(t *testing.T) {
	opts, err := parse([]string{
		"-addr", ":80", "-dialect", "node", "-rate", "10", "-seed", "7", "-untruths", "none", "-token", "t",
		"-rate_limit_requests_per_minute", "100", "-enable_websocket=false", "-enable_sse=false",
		"-max_websocket_connections", "3", "-high_priority_buffer", "4", "-medium_priority_buffer", "5",
		"-low_priority_buffer", "6", "-fault", "dead", "-fault", "1s:alive",
	}, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, ":80", opts.addr)
	assert.Equal(t, refserver.Config{
		Dialect: refserver.Node, Seed: 7, Rate: 2, Token: "t", RequestsPerMinute: 100,
		DisableWebSocket: true, DisableSSE: true, MaxSockets: 3, HighBuffer: 4, MediumBuffer: 5, LowBuffer: 6,
	}, opts.config)
	assert.Equal(t, "dead 1s:alive", opts.faults.String())
}

func TestUntruths(t *testing.T) {
	all := refserver.Measured()
	rows := []struct {
		dialect, list string
		want          refserver.Untruths
	}{
		{"guide", "", refserver.Untruths{}},
		{"guide", "measured", all},
		{"node", "", all},
		{"node", "none", refserver.Untruths{}},
		{"node", "double,peers", refserver.Untruths{DoubleAdded: true, HidePeers: true}},
		{"node", "own,finals,depth", refserver.Untruths{HideOwn: 0.5, HideFinal: 0.06, ForgetDepth: true}},
	}
	for _, row := range rows {
		opts, err := parse([]string{"-dialect", row.dialect, "-untruths", row.list}, io.Discard)
		require.NoError(t, err)
		assert.Equal(t, row.want, opts.config.Untruths, row.list)
	}
}
