package client

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

func transfer(size int) *transport.Frame {
	return &transport.Frame{
		Message:  wire.Message{Kind: wire.Event, Type: events.TypeTransferRecorded, Data: make([]byte, size)},
		Received: time.Now(), Size: size,
	}
}

// What a trial keeps back is bounded in events and bytes, and what it loses for
// that is counted, where nobody else delivers it.
func TestWhatATrialKeepsIsBoundedAndCounted(t *testing.T) {
	t.Parallel()
	for both, lost := range map[*overlapping]uint64{nil: 15, {}: 0} {
		m, err := New("http://node", nil, &Options{MaxFrame: 1000, Lanes: [3]Lane{{Events: 4}, {Events: 3}, {Events: 2}}})
		require.NoError(t, err)
		tr := trial{both: both}
		for range 12 {
			m.keep(&tr, transfer(1))
		}
		assert.Len(t, tr.kept, 9, "4 + 3 + 2 events")
		for range 2 {
			m.keep(&tr, transfer(498))
		}
		assert.LessOrEqual(t, tr.size, int64(1000))
		assert.Len(t, tr.kept, 6, "1,000 bytes")
		m.keep(&tr, transfer(2000))
		assert.Empty(t, tr.kept)
		m.keep(&tr, &transport.Frame{Message: wire.Message{Kind: wire.Alive}})
		assert.Empty(t, tr.kept, "only events are kept")

		s := m.Metrics().Snapshot()
		assert.Equal(t, lost, s.Dropped, "%v", both)
		assert.Equal(t, lost, s.Received, "%v", both)
		assert.Equal(t, [3]int{15, 0, 0}, tr.lost)
	}
}

func TestEachKindOfTroubleIsLoggedOnceAndTheKindsAreBounded(t *testing.T) {
	t.Parallel()
	var lines int
	s := &speaker{log: slog.New(slog.NewTextHandler(counter{&lines}, nil))}
	for range 3 {
		s.once("a", slog.LevelWarn, "trouble")
		s.once("b", slog.LevelWarn, "trouble")
	}
	assert.Equal(t, 2, lines)
	for n := range 10 * maxKinds {
		s.once(string(rune('A'+n)), slog.LevelWarn, "trouble")
	}
	assert.Equal(t, maxKinds, lines)
	s.once("a", slog.LevelWarn, "another trouble")
	assert.Equal(t, maxKinds+1, lines, "one message does not silence the next")
}

type counter struct{ n *int }

func (c counter) Write(p []byte) (int, error) {
	*c.n++
	return len(p), nil
}
