package traffic_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/bench/traffic"
)

func TestIDNamesItsNumber(t *testing.T) {
	for _, n := range []uint64{0, 15, 16, 1 << 40, 1<<64 - 1} {
		got, ok := traffic.Number(traffic.ID(n))
		assert.True(t, ok)
		assert.Equal(t, n, got)
		assert.Len(t, traffic.ID(n), 64)
	}
	for _, id := range []string{"", "0", traffic.ID(1)[1:] + "0", traffic.ID(1)[:63] + "g"} {
		_, ok := traffic.Number(id)
		assert.False(t, ok, id)
	}
}

// A client that decodes all events of some blocks and counts them is found to have
// skipped nothing, and one that misses any is found out.
func TestTallyOfABlockAgreesWithItsEvents(t *testing.T) {
	const first = 1000
	b := traffic.NewBlock(traffic.SSE)
	text := b.Stamp(first, time.Now())
	all := decode(t, text)
	require.Len(t, all, traffic.BlockLen)

	var tally traffic.Tally
	done := tally.Expect(len(all))
	for _, e := range all {
		e.count(&tally)
	}
	<-done
	assert.NoError(t, tally.Check(first, len(all)))
	assert.Error(t, tally.Check(first+1, len(all)))
	assert.Error(t, tally.Check(first, len(all)-1))
}

func TestBlockMakesFinalWhatItHasAdded(t *testing.T) {
	b := traffic.NewBlock(traffic.SSE)
	fresh, finals := b.Messages()
	known := make(map[string]bool)
	var added, final uint64
	for _, e := range decode(t, b.Stamp(traffic.History, time.Now())) {
		switch e.Type {
		case "MessageAdded":
			n, ok := traffic.Number(e.Data.ID)
			require.True(t, ok)
			require.Equal(t, traffic.History+added, n)
			known[e.Data.ID] = true
			added++
		case "MessageFinalized":
			n, _ := traffic.Number(e.Data.ID)
			require.True(t, known[e.Data.ID])
			require.True(t, traffic.Final(n))
			final++
		}
	}
	assert.Equal(t, fresh, added)
	assert.Equal(t, finals, final)
}

func TestTellWritesTheMoment(t *testing.T) {
	b := traffic.Only(traffic.SSE, traffic.Added, 3, 0)
	now := time.Unix(1_800_000_000, 123)
	text := b.Stamp(0, now)
	b.Tell(now)
	for _, e := range decode(t, text) {
		assert.Equal(t, uint64(now.UnixNano()), e.Data.Depth)
		assert.Equal(t, now.Unix(), e.Data.Timestamp)
	}
}

func TestSSEBlockIsOneChunk(t *testing.T) {
	text := traffic.NewBlock(traffic.SSE).Stamp(0, time.Now())
	size, rest, ok := bytes.Cut(text, []byte("\r\n"))
	require.True(t, ok)
	n, err := strconv.ParseInt(string(size), 16, 64)
	require.NoError(t, err)
	assert.Len(t, rest, int(n)+len("\r\n"))
}

func TestLargeTipsMakeSmallBlocks(t *testing.T) {
	assert.Equal(t, 1, traffic.Only(traffic.WebSocket, traffic.Tips, 400, 10_000).Events)
	assert.Equal(t, 400, traffic.Only(traffic.WebSocket, traffic.Tips, 400, 8).Events)
}

type event struct {
	Type string
	Data struct {
		ID        string `json:"message_id"`
		Depth     uint64
		Timestamp int64
		Tips      []string
	}
}

func (e *event) count(t *traffic.Tally) {
	switch e.Type {
	case "MessageAdded":
		t.Message(e.Data.ID, e.Data.Depth)
	case "MessageFinalized":
		t.Add(traffic.Finalized, e.Data.ID)
	case "EnergyUpdated":
		t.Add(traffic.Energy, "")
	case "BalanceChanged":
		t.Add(traffic.Balance, "")
	case "TipsUpdated":
		t.Add(traffic.Tips, e.Data.Tips[len(e.Data.Tips)-1])
	}
}

var data = regexp.MustCompile(`(?m)^data: (.*)$`)

// decode reads the events of an SSE block.
func decode(t *testing.T, text []byte) []event {
	t.Helper()
	var all []event
	for _, m := range data.FindAllSubmatch(text, -1) {
		var e event
		require.NoError(t, json.Unmarshal(m[1], &e), "%s", m[1])
		all = append(all, e)
	}
	return all
}
