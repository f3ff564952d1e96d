package events_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

// tips is a payload as nodes send it, with n tips.
func tips(n int) events.Envelope {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("%q", fmt.Sprintf("%064x", i))
	}
	return envelope(events.TypeTipsUpdated, fmt.Sprintf(`{"tips":[%s],"count":%d,"timestamp":1760554622}`, strings.Join(ids, ","), n))
}

func messages(t testing.TB, dialect string) events.Envelope {
	t.Helper()
	for _, p := range lines[pair](t, dialect+".jsonl") {
		if p.Type == events.TypeMessageAdded {
			ws, _ := p.payloads(t, dialect)
			return events.Envelope{Type: p.Type, Data: ws}
		}
	}
	t.Fatal("no MessageAdded in the golden frames")
	return events.Envelope{}
}

func BenchmarkDecode(b *testing.B) {
	run := func(name string, env events.Envelope, decode func(events.Envelope) error) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(env.Data)))
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, decode(env))
			}
		})
	}
	for _, n := range []int{0, 8, 100, 2000} {
		run(fmt.Sprintf("TipsUpdated/%d", n), tips(n), into[events.TipsUpdated])
	}
	run("MessageAdded/node", messages(b, "node"), into[events.MessageAdded])
	run("MessageAdded/guide", messages(b, "guide"), into[events.MessageAdded])
}

func into[E events.Event](env events.Envelope) error {
	_, err := events.Decode[E](env)
	return err
}

func BenchmarkTimestamp(b *testing.B) {
	for _, text := range []string{`1705314600`, `"2024-01-15T10:30:00Z"`} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var at events.Timestamp
				if at.UnmarshalJSON([]byte(text)) != nil {
					b.Fatal("not read")
				}
			}
		})
	}
}

func BenchmarkLane(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if events.TypeReceiptValidated.Lane() != events.High {
			b.Fatal("not high")
		}
	}
}

func BenchmarkParseTypeNearMiss(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := events.ParseType("ReceiptValidate"); err == nil {
			b.Fatal("known")
		}
	}
}

// The limits are those of encoding/json, whose decoder allocates itself and each
// string: what comes on top would be ours.
func TestDecodeAllocations(t *testing.T) {
	for name, c := range map[string]struct {
		env    events.Envelope
		decode func(events.Envelope) error
		limit  float64
	}{
		"MessageAdded of a node":      {messages(t, "node"), into[events.MessageAdded], 6},
		"MessageAdded of the guide":   {messages(t, "guide"), into[events.MessageAdded], 6},
		"MessageFinalized of a node":  {envelope(events.TypeMessageFinalized, `{"message_id":"5f0c","finality_type":"kcore","timestamp":1760554622}`), into[events.MessageFinalized], 6},
		"MessageFinalized of a guide": {envelope(events.TypeMessageFinalized, `{"message_id":"5f0c","finality_type":"KCore","timestamp":"2024-01-15T10:30:00Z"}`), into[events.MessageFinalized], 6},
		"TipsUpdated of 100":          {tips(100), into[events.TipsUpdated], 120},
	} {
		assert.LessOrEqual(t, testing.AllocsPerRun(100, func() {
			assert.NoError(t, c.decode(c.env))
		}), c.limit, name)
	}
}

func TestTimestampAllocations(t *testing.T) {
	for _, text := range []string{`1705314600`, `1705314600123`, `"2024-01-15T10:30:00Z"`, `"2024-01-15T10:30:00.123456789+02:00"`} {
		data := []byte(text)
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			var at events.Timestamp
			if at.UnmarshalJSON(data) != nil {
				t.Fail()
			}
		}), text)
	}
}

func TestCatalogueAllocations(t *testing.T) {
	unknown := events.Type(strings.Repeat("Comet", 3))
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		_ = unknown.Lane()
		_ = events.TypeTipsUpdated.Lane()
		_ = events.TypeTipsUpdated.Name()
		_ = unknown.Family()
		_ = unknown.InGuide()
		_ = events.TypeMessageAdded.InGuide()
		_, _ = events.ParseType("tips.update")
	}))
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		var f events.FinalityType
		if json.Unmarshal([]byte(`"KCore"`), &f) != nil {
			t.Fail()
		}
	}), 5.0)
}
