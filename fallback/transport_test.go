package fallback_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
)

func TestTransportHasOneSpelling(t *testing.T) {
	for transport, want := range map[fallback.Transport]string{
		fallback.None: "none", fallback.WebSocket: "websocket", fallback.SSE: "sse", fallback.Polling: "polling",
	} {
		assert.Equal(t, want, transport.String())
		text, err := transport.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, want, string(text))

		back := fallback.Transport(99)
		require.NoError(t, back.UnmarshalText(text))
		assert.Equal(t, transport, back)
	}
	assert.Equal(t, "invalid", fallback.Transport(4).String())
}

func TestTransportIsAJSONKeyAndValue(t *testing.T) {
	in := map[fallback.Transport]fallback.Transport{fallback.SSE: fallback.Polling}
	text, err := json.Marshal(in)
	require.NoError(t, err)
	assert.JSONEq(t, `{"sse":"polling"}`, string(text))

	var out map[fallback.Transport]fallback.Transport
	require.NoError(t, json.Unmarshal(text, &out))
	assert.Equal(t, in, out)
}

func TestTransportRefusesWhatIsNone(t *testing.T) {
	_, err := fallback.Transport(7).MarshalText()
	require.EqualError(t, err, "fallback: transport 7: want one of none, websocket, sse, polling")

	transport := fallback.SSE
	for _, text := range []string{"", "SSE", "WebSocket", "invalid", "carrier pigeon"} {
		require.ErrorContains(t, transport.UnmarshalText([]byte(text)), "want one of none, websocket, sse, polling")
	}
	assert.Equal(t, fallback.SSE, transport, "a failure changes nothing")
}

func TestKindHasAName(t *testing.T) {
	for kind, want := range map[fallback.Kind]string{
		fallback.Dropped: "dropped", fallback.Failed: "failed", fallback.Refused: "refused",
		fallback.Silent: "silent", fallback.Busy: "busy", fallback.Busy + 1: "invalid",
	} {
		assert.Equal(t, want, kind.String())
	}
}
