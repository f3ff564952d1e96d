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

// mixed is one golden payload of a node for each type.
func mixed(t testing.TB) map[events.Type]events.Envelope {
	t.Helper()
	all := map[events.Type]events.Envelope{}
	for _, p := range lines[pair](t, "node.jsonl") {
		if _, have := all[p.Type]; !have {
			ws, _ := p.payloads(t, "node")
			all[p.Type] = events.Envelope{Type: p.Type, Data: ws}
		}
	}
	return all
}

// A decoder is the two ways to a struct.
type decoder struct {
	name            string
	env             events.Envelope
	generated, json func(events.Envelope) error
}

func decoderOf[E events.Event](name string, env events.Envelope) decoder {
	return decoder{name, env, into[E], func(env events.Envelope) error {
		var e E
		return json.Unmarshal(env.Data, &e)
	}}
}

// by returns the way of the given name.
func (d *decoder) by(way string) func(events.Envelope) error {
	if way == "json" {
		return d.json
	}
	return d.generated
}

// BenchmarkDecode compares Decode with encoding/json, in one run.
func BenchmarkDecode(b *testing.B) {
	golden := mixed(b)
	for _, d := range []decoder{
		decoderOf[events.TipsUpdated]("TipsUpdated/0", tips(0)),
		decoderOf[events.TipsUpdated]("TipsUpdated/8", tips(8)),
		decoderOf[events.TipsUpdated]("TipsUpdated/100", tips(100)),
		decoderOf[events.TipsUpdated]("TipsUpdated/2000", tips(2000)),
		decoderOf[events.MessageAdded]("MessageAdded/node", messages(b, "node")),
		decoderOf[events.MessageAdded]("MessageAdded/guide", messages(b, "guide")),
		decoderOf[events.MessageFinalized]("MessageFinalized", golden[events.TypeMessageFinalized]),
		decoderOf[events.EnergyUpdated]("EnergyUpdated", golden[events.TypeEnergyUpdated]),
		decoderOf[events.BalanceChanged]("BalanceChanged", golden[events.TypeBalanceChanged]),
		decoderOf[events.DiversityUpdated]("DiversityUpdated", golden[events.TypeDiversityUpdated]),
		decoderOf[events.MessageRejected]("MessageRejected", golden[events.TypeMessageRejected]),
		decoderOf[events.ProposalTallied]("ProposalTallied", golden[events.TypeProposalTallied]),
	} {
		for _, way := range []string{"generated", "json"} {
			b.Run(d.name+"/"+way, func(b *testing.B) {
				decode := d.by(way)
				b.SetBytes(int64(len(d.env.Data)))
				b.ReportAllocs()
				for b.Loop() {
					if decode(d.env) != nil {
						b.Fatal("does not decode")
					}
				}
			})
		}
	}
}

// BenchmarkDecodeMix is the decoding of a realistic stream: of 20 events, 6 new
// messages, 4 finalizations, 4 energies, 4 balances, 2 lists of 8 tips.
func BenchmarkDecodeMix(b *testing.B) {
	golden := mixed(b)
	var mix []decoder
	add := func(n int, d decoder) {
		for range n {
			mix = append(mix, d)
		}
	}
	add(6, decoderOf[events.MessageAdded]("", golden[events.TypeMessageAdded]))
	add(4, decoderOf[events.MessageFinalized]("", golden[events.TypeMessageFinalized]))
	add(4, decoderOf[events.EnergyUpdated]("", golden[events.TypeEnergyUpdated]))
	add(4, decoderOf[events.BalanceChanged]("", golden[events.TypeBalanceChanged]))
	add(2, decoderOf[events.TipsUpdated]("", tips(8)))
	for _, way := range []string{"generated", "json"} {
		b.Run(way, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				d := &mix[i%len(mix)]
				if d.by(way)(d.env) != nil {
					b.Fatal("does not decode")
				}
			}
		})
	}
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

// A payload's strings are its own bytes; what is left to allocate is its lists.
func TestDecodeAllocations(t *testing.T) {
	odd := envelope(events.TypeMessageRejected, `{"message_id":"5f0c","reason":"1 < \"q\"","rejection_type":"admissibility_failed","timestamp":1760554622}`)
	for name, c := range map[string]struct {
		env    events.Envelope
		decode func(events.Envelope) error
		want   float64
	}{
		"MessageAdded of a node":      {messages(t, "node"), into[events.MessageAdded], 0},
		"MessageAdded of the guide":   {messages(t, "guide"), into[events.MessageAdded], 0},
		"MessageFinalized of a node":  {envelope(events.TypeMessageFinalized, `{"message_id":"5f0c","finality_type":"kcore","timestamp":1760554622}`), into[events.MessageFinalized], 0},
		"MessageFinalized of a guide": {envelope(events.TypeMessageFinalized, `{"message_id":"5f0c","finality_type":"KCore","timestamp":"2024-01-15T10:30:00Z"}`), into[events.MessageFinalized], 0},
		"BalanceChanged":              {mixed(t)[events.TypeBalanceChanged], into[events.BalanceChanged], 0},
		"EnergyUpdated":               {mixed(t)[events.TypeEnergyUpdated], into[events.EnergyUpdated], 0},
		"DiversityUpdated":            {mixed(t)[events.TypeDiversityUpdated], into[events.DiversityUpdated], 1},
		"TipsUpdated of none":         {tips(0), into[events.TipsUpdated], 0},
		"TipsUpdated of 100":          {tips(100), into[events.TipsUpdated], 1},
		"TipsUpdated of 2000":         {tips(2000), into[events.TipsUpdated], 1},
		"a reason with escapes":       {odd, into[events.MessageRejected], 5}, // of which encoding/json's
	} {
		got := testing.AllocsPerRun(100, func() {
			assert.NoError(t, c.decode(c.env))
		})
		if c.want > 1 {
			assert.LessOrEqual(t, got, c.want, name)
			continue
		}
		assert.Equal(t, c.want, got, name)
	}
}

// The list of a payload has the room that it needs and no more.
func TestListsHaveTheirLength(t *testing.T) {
	for _, n := range []int{1, 3, 100} {
		e, err := events.Decode[events.TipsUpdated](tips(n))
		require.NoError(t, err)
		assert.Len(t, e.Tips, n)
		assert.Equal(t, n, cap(e.Tips))
	}
	e, err := events.Decode[events.DiversityUpdated](mixed(t)[events.TypeDiversityUpdated])
	require.NoError(t, err)
	assert.Equal(t, len(e.Axes), cap(e.Axes))

	commas := envelope(events.TypeTipsUpdated, `{"tips":["`+strings.Repeat(",", 3000)+`"],"count":1,"timestamp":1760554622}`)
	liar, err := events.Decode[events.TipsUpdated](commas)
	require.NoError(t, err)
	assert.LessOrEqual(t, cap(liar.Tips), 1001, "what a string claims is bounded by the bytes that elements have")
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
