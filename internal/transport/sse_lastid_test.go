package transport_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The next request says what the streams before have seen.
func TestLastEventID(t *testing.T) {
	long := strings.Repeat("7", 1024)
	tests := []struct{ says, sent string }{
		{"data: {}\n\n", ""}, // as all known servers do
		{"id: 1\ndata: {}\n\nid: 2\ndata: {}\n\nid: 3\ndata: {}", "2"}, // 3 is cut off
		{": heartbeat\n\n", "2"},
		{"id: é 4\n\n", "é 4"}, // of an event without data
		{"id: 5\x00\ndata: {}\n\n", "é 4"},
		{"id:\ndata: {}\n\n", ""},
		{"id: " + long + "\n\n", long},
		{"id: " + long + "7\n\n", ""}, // an older one would be wrong
		{"id: 8\n\n", "8"},
		{"id: 9\x1f\n\n", ""}, // cannot be in a header
		{"id: a\tb\n\n", "a\tb"},
		{"id: c\x7f\n\n", ""},
	}
	synctest.Test(t, func(t *testing.T) {
		var got []string
		said := 0
		d := dialer(t, start(t, func(w http.ResponseWriter, r *http.Request) {
			got = append(got, strings.Join(r.Header.Values("Last-Event-ID"), ", "))
			openStream(w).say(tests[said].says)
		}), nil)
		want := []string{""}
		for said = range tests {
			s := open(t, d, fallback.SSE, nil)
			for {
				if _, err := s.Next(); err != nil {
					break
				}
			}
			want = append(want, tests[said].sent)
		}
		assert.Equal(t, want[:len(tests)], got)
	})
}

// What the format replaces is told, whatever comes of it.
func TestReplacedBytesAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, func(w http.ResponseWriter, r *http.Request) {
			s := openStream(w)
			s.say("event: NodeStarted\ndata: {\"node_id\":\"\xff \xff\"}\n\n")
			s.say("event: x\xff\ndata: {}\n\n")
			s.say("data: \xff\n\n")
			s.say("data: {\"type\":\"Error\",\"message\":\"\xff\"}\n\n")
			s.say("data: {\"type\":\"Pong\"}\n\n")
			<-r.Context().Done()
		})
		s := open(t, dialer(t, network, nil), fallback.SSE, nil)
		for _, want := range []struct {
			kind     wire.Kind
			replaced int
		}{{wire.Event, 2}, {wire.Event, 1}, {wire.Garbage, 1}, {wire.Refusal, 1}, {wire.Pong, 0}} {
			f, err := s.Next()
			require.NoError(t, err)
			assert.Equal(t, want.kind, f.Kind)
			assert.Equal(t, want.replaced, f.Replaced, want.kind)
		}
	})
}
