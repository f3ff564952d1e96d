package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// tips is a payload with n tips.
func tips(n int) string {
	ids := strings.Repeat(`"`+strings.Repeat("0a1b2c3d", 8)+`",`, n)
	return fmt.Sprintf(`{"tips":[%s],"count":%d,"timestamp":1760554622}`, strings.TrimSuffix(ids, ","), n)
}

// payloads are what is measured: small, middling, large.
func payloads() []struct {
	name string
	kind events.Type
	data string
} {
	type p = struct {
		name string
		kind events.Type
		data string
	}
	return []p{
		{"finalized", events.TypeMessageFinalized, `{"message_id":"` + strings.Repeat("0a1b2c3d", 8) + `","finality_type":"kcore","timestamp":1760554622}`},
		{"energy", events.TypeEnergyUpdated, `{"total_conflicts":0,"resolved_conflicts":0,"active_conflicts":0,"total_energy":-0.0,"timestamp":1760554622}`},
		{"tips20", events.TypeTipsUpdated, tips(20)},
		{"tips2000", events.TypeTipsUpdated, tips(2000)},
	}
}

func BenchmarkParse(b *testing.B) {
	for _, p := range payloads() {
		frame := []byte(`{"type":"Event","event":{"type":"` + string(p.kind) + `","data":` + p.data + `}}`)
		b.Run(p.name, func(b *testing.B) {
			b.SetBytes(int64(len(frame)))
			b.ReportAllocs()
			for b.Loop() {
				if m := wire.Parse(frame); m.Kind != wire.Event {
					b.Fatal(m.Err)
				}
			}
		})
	}
}

func BenchmarkParseGuide(b *testing.B) {
	frame := []byte(`{"type":"Event","event":{"type":"MessageAdded","message_id":"abc123def456","depth":42,"timestamp":"2024-01-15T10:30:00Z"}}`)
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		if m := wire.Parse(frame); m.Kind != wire.Event {
			b.Fatal(m.Err)
		}
	}
}

func BenchmarkParseSSE(b *testing.B) {
	for _, p := range payloads() {
		data := []byte(`{"type":"` + string(p.kind) + `","data":` + p.data + `}`)
		b.Run(p.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if m := wire.ParseSSE(p.kind.Name(), data); m.Kind != wire.Event {
					b.Fatal(m.Err)
				}
			}
		})
	}
}

// What the scanner is measured against: json.Valid alone finds nothing yet.
func BenchmarkJSONValid(b *testing.B) {
	for _, p := range payloads() {
		frame := []byte(`{"type":"Event","event":{"type":"` + string(p.kind) + `","data":` + p.data + `}}`)
		b.Run(p.name, func(b *testing.B) {
			b.SetBytes(int64(len(frame)))
			for b.Loop() {
				if !json.Valid(frame) {
					b.Fatal("not valid")
				}
			}
		})
	}
}

func BenchmarkMessageID(b *testing.B) {
	data := []byte(payloads()[0].data)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := wire.MessageID(data); !ok {
			b.Fatal("no id")
		}
	}
}

func BenchmarkSSEReader(b *testing.B) {
	for _, p := range payloads() {
		for _, end := range []struct{ name, chars string }{{"LF", "\n"}, {"CRLF", "\r\n"}} {
			event := "event: " + p.kind.Name() + end.chars + `data: {"type":"` + string(p.kind) + `","data":` + p.data + `}` + end.chars + end.chars
			b.Run(p.name+"/"+end.name, func(b *testing.B) {
				benchmarkSSE(b, event)
			})
		}
	}
	b.Run("comments", func(b *testing.B) { benchmarkSSE(b, ": heartbeat\n\n") })
	b.Run("CR", func(b *testing.B) { benchmarkSSE(b, "data: 1\r\r") })
}

// benchmarkSSE reads one event after the other, again and again.
func benchmarkSSE(b *testing.B, event string) {
	b.Helper()
	stream := bytes.Repeat([]byte(event), max(1, 1<<20/len(event)))
	source := bytes.NewReader(stream)
	r := wire.NewSSEReader(readFunc(func(p []byte) (int, error) {
		n, err := source.Read(p)
		if errors.Is(err, io.EOF) {
			source.Reset(stream)
			return source.Read(p)
		}
		return n, err
	}), 0)
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Next(); err != nil {
			b.Fatal(err)
		}
	}
}

// The time for a byte must not depend on the size of the event it is in.
func BenchmarkSSELargeEventInChunks(b *testing.B) {
	for _, mb := range []int{1, 4, 16} {
		b.Run(fmt.Sprintf("%dMB", mb), func(b *testing.B) {
			stream := []byte("data: " + strings.Repeat("x", mb<<20-6) + "\n\n")
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			for b.Loop() {
				_, err := wire.NewSSEReader(&pieces{stream, 1400}, 0).Next()
				require.NoError(b, err)
			}
		})
	}
}
