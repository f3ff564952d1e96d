package events_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

func envelope(t events.Type, data string) events.Envelope {
	return events.Envelope{Type: t, Data: json.RawMessage(data)}
}

// refuse decodes data as an E that it must not be.
func refuse[E events.Event](t *testing.T, typ events.Type, data string) *events.DecodeError {
	t.Helper()
	e, err := events.Decode[E](envelope(typ, data))
	var zero E
	assert.Equal(t, zero, e, "what failed to decode is zero: %s", data)
	var decode *events.DecodeError
	require.ErrorAs(t, err, &decode, data)
	assert.Equal(t, typ, decode.Type)
	return decode
}

func TestDecodeToleratesMissingNullAndExtraFields(t *testing.T) {
	at := events.Timestamp{Time: time.Unix(1760554622, 0).UTC()}
	for data, want := range map[string]events.TipsUpdated{
		`{}`:                {},
		` { "count" : 1 } `: {Count: 1},
		`{"tips":null,"count":null,"timestamp":null}`:                                       {},
		`{"tips":[],"count":0}`:                                                             {Tips: []string{}},
		`{"timestamp":1760554622,"count":1,"tips":["a"]}`:                                   {Tips: []string{"a"}, Count: 1, Timestamp: at},
		`{"type":"TipsUpdated","count":1,"new":{"nested":[1,{"a":null}]},"unit":"x"}`:       {Count: 1},
		`{"count":1,"":2,"cou\u006et":3}`:                                                   {Count: 3},
		`{"tips":["\ud83e\udd80 \"q\" \\ \u2028"]}`:                                         {Tips: []string{"🦀 \"q\" \\ \u2028"}},
		`{"tips":["` + strings.Repeat("f", 1<<20) + `"]}`:                                   {Tips: []string{strings.Repeat("f", 1<<20)}},
		`{"extra":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `,"count":1}`: {Count: 1},
		"\n\t\r {\"count\":1}\n":                                                            {Count: 1},
	} {
		got, err := events.Decode[events.TipsUpdated](envelope(events.TypeTipsUpdated, data))
		require.NoError(t, err, data)
		assert.Equal(t, want, got, data)
	}
}

// These follow from encoding/json. Whatever reads the payloads in its place has
// to do the same.
func TestDecodeFollowsEncodingJSON(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		want events.DiversityUpdated
	}{
		"of equal keys the last counts":        {`{"total_tips":1,"total_tips":2}`, events.DiversityUpdated{TotalTips: 2}},
		"but null leaves the first":            {`{"total_tips":1,"total_tips":null}`, events.DiversityUpdated{TotalTips: 1}},
		"keys match in any case":               {`{"Total_Tips":1}`, events.DiversityUpdated{TotalTips: 1}},
		"the last counts, whatever its case":   {`{"total_tips":1,"TOTAL_TIPS":2}`, events.DiversityUpdated{TotalTips: 2}},
		"underscores do not fold":              {`{"totaltips":1}`, events.DiversityUpdated{}},
		"a long s is an s":                     {`{"total_tip\u017f":1}`, events.DiversityUpdated{TotalTips: 1}},
		"a second list is laid over the first": {`{"axes":[{"axis":1,"radius":9},{"axis":2}],"axes":[{"axis":3}]}`, events.DiversityUpdated{Axes: []events.DiversityAxis{{Axis: 3, Radius: 9}}}},
		"a null in a list is zero":             {`{"axes":[null,{"axis":2}]}`, events.DiversityUpdated{Axes: []events.DiversityAxis{{}, {Axis: 2}}}},
	} {
		got, err := events.Decode[events.DiversityUpdated](envelope(events.TypeDiversityUpdated, c.data))
		require.NoError(t, err, name)
		assert.Equal(t, c.want, got, name)
	}
	rejected, err := events.Decode[events.MessageRejected](envelope(events.TypeMessageRejected, "{\"reason\":\"a\xffb\\ud800c\"}"))
	require.NoError(t, err)
	assert.Equal(t, "a\ufffdb\ufffdc", rejected.Reason, "what is no UTF-8 is replaced")
}

func TestDecodeRefusesOtherJSONTypes(t *testing.T) {
	for _, data := range []string{
		`null`, ` null `, `[]`, `"TipsUpdated"`, `1`, `true`,
		`{"tips":"a"}`, `{"tips":{}}`, `{"tips":[1]}`, `{"tips":[["a"]]}`,
		`{"count":"1"}`, `{"count":1.0}`, `{"count":1e3}`, `{"count":-1}`, `{"count":-0}`, `{"count":true}`, `{"count":[]}`,
		`{"count":18446744073709551616}`,
	} {
		err := refuse[events.TipsUpdated](t, events.TypeTipsUpdated, data)
		var mismatch *json.UnmarshalTypeError
		require.ErrorAs(t, err, &mismatch, data)
		assert.Contains(t, err.Error(), "events: decode `TipsUpdated`: json: cannot unmarshal ")
	}
	for _, data := range []string{
		`{"timestamp":true}`, `{"timestamp":"soon"}`, `{"timestamp":{}}`, `{"timestamp":1e99}`,
	} {
		err := refuse[events.TipsUpdated](t, events.TypeTipsUpdated, data)
		assert.Contains(t, err.Error(), "events: decode `TipsUpdated`: events: timestamp ")
	}
	for _, data := range []string{
		`{"finality_type":1}`, `{"finality_type":["kcore"]}`, `{"message_id":1}`,
	} {
		refuse[events.MessageFinalized](t, events.TypeMessageFinalized, data)
	}
	for _, data := range []string{
		`{"total_energy":"0.0"}`, `{"total_energy":1e400}`, `{"total_energy":[]}`, `{"active_conflicts":[]}`,
	} {
		refuse[events.EnergyUpdated](t, events.TypeEnergyUpdated, data)
	}
	refuse[events.TreasuryMilestoneCompleted](t, events.TypeTreasuryMilestoneCompleted, `{"milestone_id":4294967296}`)
	refuse[events.EconomicsUpdated](t, events.TypeEconomicsUpdated, `{"total_supply":310000000}`)
}

func TestDecodeRefusesMalformedJSON(t *testing.T) {
	for _, data := range []string{
		``, ` `, `{`, `{"count":1`, `{"count":1,}`, `{"count":01}`, `{"count":+1}`, `{"count":1}{}`, `{"count":1} x`, `{count:1}`, `{'count':1}`,
		`{"count":NaN}`, `{"tips":["a",]}`, "{\"tips\":[\"a\nb\"]}", `{"tips":["\x"]}`, `{"tips":["\u12"]}`, `<html>`, "\x00", "\ufeff{}",
		`{"extra":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`,
	} {
		err := refuse[events.TipsUpdated](t, events.TypeTipsUpdated, data)
		var syntax *json.SyntaxError
		require.ErrorAs(t, err, &syntax, "%.20q", data)
	}
}

func TestDecodeRefusesAnotherType(t *testing.T) {
	err := refuse[events.TipsUpdated](t, events.TypeMessageAdded, `{}`)
	assert.Equal(t, events.TypeTipsUpdated, err.Want)
	require.NoError(t, errors.Unwrap(err))
	require.EqualError(t, err, "events: decode `MessageAdded`: cannot be a `TipsUpdated`")
	refuse[events.TipsUpdated](t, "", `{}`)
	refuse[events.TipsUpdated](t, "tips.update", `{}`)
}

func TestDecodeRefusesPointersAndInterfaces(t *testing.T) {
	pointer := refuse[*events.TipsUpdated](t, events.TypeTipsUpdated, `{}`)
	require.EqualError(t, pointer, "events: decode `TipsUpdated`: into *events.TipsUpdated: want a struct, not a pointer or an interface")
	inter := refuse[events.Event](t, events.TypeTipsUpdated, `{}`)
	assert.ErrorContains(t, inter, "into events.Event: ")
	assert.Empty(t, inter.Want)
}

func TestDecodeErrorRepeatsLittle(t *testing.T) {
	long := strings.Repeat("9", 1<<20)
	for _, err := range []error{
		refuse[events.TipsUpdated](t, events.TypeTipsUpdated, `{"count":`+long+`}`),
		refuse[events.TipsUpdated](t, events.TypeTipsUpdated, `{"timestamp":"`+long+`"}`),
		refuse[events.TipsUpdated](t, events.Type(long), `{}`),
	} {
		assert.Less(t, len(err.Error()), 450)
	}
}

// comet is what a user writes for an event that the SDK does not know.
type comet struct {
	Mass uint64 `json:"mass"`
}

func (comet) Type() events.Type { return "Comet" }

func TestDecodeIntoATypeOfTheCaller(t *testing.T) {
	got, err := events.Decode[comet](envelope("Comet", `{"mass":7}`))
	require.NoError(t, err)
	assert.Equal(t, comet{7}, got)
	refuse[comet](t, "Comet", `null`)
}

func TestDecodeAny(t *testing.T) {
	e, err := events.DecodeAny(envelope(events.TypeMessageAdded, `{"message_id":"a","depth":3}`))
	require.NoError(t, err)
	assert.Equal(t, events.MessageAdded{MessageID: "a", Depth: 3}, e)

	e, err = events.DecodeAny(envelope(events.TypeGap, `{"number":1}`))
	require.NoError(t, err)
	assert.Equal(t, events.Gap{Number: 1}, e)

	e, err = events.DecodeAny(envelope(events.TypeMessageAdded, `{"depth":-3}`))
	assert.Nil(t, e)
	var decode *events.DecodeError
	require.ErrorAs(t, err, &decode)

	e, err = events.DecodeAny(envelope("message.new", `{}`))
	assert.Nil(t, e)
	require.ErrorAs(t, err, &decode)
	assert.Equal(t, events.Type("message.new"), decode.Type)

	_, err = events.DecodeAny(envelope("TipUpdated", `{}`))
	var unknown *events.UnknownTypeError
	require.ErrorAs(t, err, &unknown)
	assert.Equal(t, "TipsUpdated", unknown.Suggestion)
}

func TestEncode(t *testing.T) {
	tips := events.TipsUpdated{Tips: []string{"a"}, Count: 1, Timestamp: events.Timestamp{Time: time.Unix(1760554622, 0)}}
	for _, e := range []events.Event{tips, &tips} {
		env, err := events.Encode(e)
		require.NoError(t, err)
		assert.Equal(t, envelope(events.TypeTipsUpdated, `{"tips":["a"],"count":1,"timestamp":"2025-10-15T18:57:02Z"}`), env)
	}
	for _, e := range []events.Event{nil, (*events.TipsUpdated)(nil)} {
		_, err := events.Encode(e)
		require.EqualError(t, err, "events: encode: no event")
	}
	_, err := events.Encode(events.EnergyUpdated{TotalEnergy: math.Inf(1)})
	require.ErrorContains(t, err, "events: encode EnergyUpdated: json: unsupported value")
}
