package wire_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

func TestFinalizedCount(t *testing.T) {
	for data, want := range map[string]uint64{
		`{"finalized_count":10,"pending_count":9,"current_k_value":1,"timestamp":1795443106}`:                 10,
		`{"finalized_count":150,"pending_count":5,"current_k_value":null,"timestamp":"2024-01-15T10:30:00Z"}`: 150,
		"\n{ \"pending_count\" : 9 , \"finalized_count\" : 10 }\n":                                            10,
		`{"type":"KCoreUpdated","finalized_count":10}`:                                                        10,
		`{"a":{"finalized_count":1},"finalized_count":10}`:                                                    10,
		`{"finalized_count":1,"finalized_count":10}`:                                                          10,
		`{"finalized_count":"x","finalized_count":10}`:                                                        10,
		`{"finalized\u005fcount":10}`:                                                                         10,
		`{"finalized_count":0}`:                                                                               0,
		`{"finalized_count":9007199254740993}`:                                                                1<<53 + 1,
		`{"finalized_count":18446744073709551615}`:                                                            math.MaxUint64,
	} {
		n, ok := wire.FinalizedCount([]byte(data))
		assert.True(t, ok, data)
		assert.Equal(t, want, n, data)
	}
}

func TestNoFinalizedCount(t *testing.T) {
	for _, data := range []string{
		`{"pending_count":9}`, `{"a":{"finalized_count":1}}`, `{"Finalized_Count":1}`,
		`{"finalized_count":-1}`, `{"finalized_count":-0}`, `{"finalized_count":1.0}`, `{"finalized_count":1e3}`,
		`{"finalized_count":18446744073709551616}`, `{"finalized_count":99999999999999999999}`,
		`{"finalized_count":"10"}`, `{"finalized_count":null}`, `{"finalized_count":true}`, `{"finalized_count":[10]}`,
		`{"finalized_count":10,"finalized_count":null}`,
		`{}`, `["finalized_count",10]`, `10`, ``,
		`{"finalized_count":10`, `{"finalized_count":10,`, `{"finalized_count":10,7`, `{"finalized_count":`, `{"finalized_count":01}`,
	} {
		n, ok := wire.FinalizedCount([]byte(data))
		assert.False(t, ok, data)
		assert.Zero(t, n, data)
	}
}

// Every recorded frame of the type tells its count, in either dialect.
func TestFinalizedCountOfRecordedFrames(t *testing.T) {
	for _, file := range []string{"node.jsonl", "guide.jsonl"} {
		seen := 0
		for _, row := range goldenRows(t, file) {
			if row.Type != events.TypeKCoreUpdated {
				continue
			}
			seen++
			data := wire.Parse([]byte(row.WS)).Data
			var want events.KCoreUpdated
			require.NoError(t, json.Unmarshal(data, &want))
			n, ok := wire.FinalizedCount(data)
			assert.True(t, ok, row.WS)
			assert.Equal(t, want.FinalizedCount, n, row.WS)
		}
		assert.Positive(t, seen, file)
	}
}

func TestFinalizedCountDoesNotAllocate(t *testing.T) {
	data := []byte(`{"finalized_count":18446744073709551615,"pending_count":9,"current_k_value":null,"timestamp":1795443106}`)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = wire.FinalizedCount(data) }))
}

func BenchmarkFinalizedCount(b *testing.B) {
	data := []byte(`{"finalized_count":10,"pending_count":9,"current_k_value":1,"timestamp":1795443106}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := wire.FinalizedCount(data); !ok {
			b.Fatal("no count")
		}
	}
}

func FuzzFinalizedCount(f *testing.F) {
	for _, s := range append(seeds, `{"finalized_count":1,"finalized_count":18446744073709551616}`, `{"finalized\u005fcount":7}`,
		`{"finalized_count":null}`, `{"x":{"finalized_count":1}}`, `{"finalized_count":-0}`, `{"finalized_count":1e1}`) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) || depth(data) > 512 {
			return // never asked for: Parse has refused the payload
		}
		// A map keeps the case of keys, and the last of two that are equal.
		var fields map[string]json.RawMessage
		var want uint64
		_ = json.Unmarshal(data, &fields)
		raw := string(fields["finalized_count"])
		wantOK := raw != "" && !strings.HasPrefix(raw, "null") && json.Unmarshal([]byte(raw), &want) == nil
		if !wantOK {
			want = 0
		}
		n, ok := wire.FinalizedCount(data)
		require.Equal(t, wantOK, ok)
		require.Equal(t, want, n)
	})
}
