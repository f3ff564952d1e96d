package transport_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// firehose serves both streams: the same event over and over, as fast as it is
// read, written many at a time.
func firehose(tb testing.TB, socketFrame, sseFrame string) http.HandlerFunc {
	tb.Helper()
	const batch = 200
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			w.Header().Set("Content-Type", "text/event-stream")
			b := bytes.Repeat([]byte(sseFrame), batch)
			for r.Context().Err() == nil {
				_, _ = w.Write(b)
			}
			return
		}
		p := upgrade(tb, w, r)
		defer p.conn.Close()
		p.answerOne()
		var one bytes.Buffer
		(&peer{conn: into{p.conn, &one}}).text(socketFrame)
		b := bytes.Repeat(one.Bytes(), batch)
		for {
			if _, err := p.conn.Write(b); err != nil {
				return
			}
		}
	}
}

// flood opens a stream that never runs dry and reads until it is warm.
func flood(tb testing.TB, tr fallback.Transport, socketFrame, sseFrame string) transport.Stream {
	tb.Helper()
	network := start(tb, firehose(tb, socketFrame, sseFrame))
	s, err := dialer(tb, network, nil).Open(tb.Context(), tr, nil)
	require.NoError(tb, err)
	tb.Cleanup(func() {
		network.Reset("node")
		s.Close()
	})
	for range 2_000 {
		if _, err := s.Next(); err != nil {
			require.NoError(tb, err)
		}
	}
	return s
}

// From the socket to Next an event of a known type costs no allocation.
func TestNextDoesNotAllocate(t *testing.T) {
	for _, tr := range streams {
		t.Run(tr.String(), func(t *testing.T) {
			s := flood(t, tr, tips(1), sseTips(1))
			kinds := 0
			allocs := testing.AllocsPerRun(5_000, func() {
				f, err := s.Next()
				if err == nil && f.Kind == wire.Event {
					kinds++
				}
			})
			assert.Equal(t, 5_001, kinds)
			assert.Zero(t, allocs)
		})
	}
}
