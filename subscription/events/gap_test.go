package events_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

var (
	from = time.Date(2024, 1, 15, 10, 30, 0, 500e6, time.UTC)
	to   = from.Add(5 * time.Second)
)

func TestGapTravelsAsAnEnvelope(t *testing.T) {
	for data, gap := range map[string]events.Gap{
		`{"number":3,"stage":"opened","cause":"disconnect","lane":"all","from":"2024-01-15T10:30:00.5Z","dropped":0}`: {
			Number: 3, Stage: events.GapOpened, Cause: events.GapByDisconnect, From: from,
		},
		`{"number":4,"stage":"closed","cause":"overflow","lane":"high","from":"2024-01-15T10:30:00.5Z","to":"2024-01-15T10:30:05.5Z","dropped":12}`: {
			Number: 4, Stage: events.GapClosed, Cause: events.GapByOverflow, Lane: events.High, From: from, To: to, Dropped: 12,
		},
		`{"number":6,"stage":"settled","cause":"stall","lane":"medium","families":["notice","fact","state"],"from":"2024-01-15T10:30:00.5Z","to":"2024-01-15T10:30:05.5Z","dropped":0,"outcome":"unrepairable","repaired":7,"lost":-1}`: {
			Number: 6, Stage: events.GapSettled, Cause: events.GapByStall, Lane: events.Medium, From: from, To: to,
			Families: []events.Family{events.Notice, events.Fact, events.State},
			Outcome:  events.GapUnrepairable, Repaired: 7, Lost: events.LostUnknown,
		},
		`{"number":5,"stage":"closed","cause":"switch","lane":"low","from":"2024-01-15T10:30:00.5Z","to":"2024-01-15T10:30:05.5Z","dropped":0}`: {
			Number: 5, Stage: events.GapClosed, Cause: events.GapBySwitch, Lane: events.Low, From: from, To: to,
		},
	} {
		env, err := events.Encode(gap)
		require.NoError(t, err)
		assert.Equal(t, envelope(events.TypeGap, data), env)
		back, err := events.Decode[events.Gap](env)
		require.NoError(t, err)
		assert.Equal(t, gap, back)
	}
}

func TestGapKeepsWordsOfALaterVersion(t *testing.T) {
	g, err := events.Decode[events.Gap](envelope(events.TypeGap, `{"stage":"forgiven","cause":"comet","lane":"medium","outcome":"luck"}`))
	require.NoError(t, err)
	assert.Equal(t, events.Gap{Stage: "forgiven", Cause: "comet", Outcome: "luck", Lane: events.Medium}, g)
	refuse[events.Gap](t, events.TypeGap, `{"lane":"urgent"}`)
	refuse[events.Gap](t, events.TypeGap, `{"families":["cousin"]}`)
}

func TestGapString(t *testing.T) {
	for want, g := range map[string]events.Gap{
		"gap 3 opened: disconnect, all lanes, since 2024-01-15T10:30:00Z": {
			Number: 3, Stage: events.GapOpened, Cause: events.GapByDisconnect, From: from,
		},
		"gap 4 closed: overflow, lane high, 2024-01-15T10:30:00Z to 2024-01-15T10:30:05Z, 12 dropped": {
			Number: 4, Stage: events.GapClosed, Cause: events.GapByOverflow, Lane: events.High, From: from, To: to, Dropped: 12,
		},
		"gap 5 settled: overflow, lane low, 2024-01-15T10:30:00Z to 2024-01-15T10:30:05Z, 12 dropped, unrepairable, 12 lost": {
			Number: 5, Stage: events.GapSettled, Cause: events.GapByOverflow, Lane: events.Low, From: from, To: to, Dropped: 12,
			Outcome: events.GapUnrepairable, Lost: 12,
		},
		"gap 6 settled: deaf, lane high, 2024-01-15T10:30:00Z to 2024-01-15T10:30:05Z, unrepairable, 7 repaired, an unknown number lost": {
			Number: 6, Stage: events.GapSettled, Cause: events.GapByDeaf, Lane: events.High, From: from, To: to,
			Outcome: events.GapUnrepairable, Repaired: 7, Lost: events.LostUnknown,
		},
	} {
		assert.Equal(t, want, g.String())
	}
}

func TestEnvelopeJSON(t *testing.T) {
	for text, env := range map[string]events.Envelope{
		`{"type":"Comet","data":{"mass":7},"time":"2024-01-15T10:30:00.5Z","received":"2024-01-15T10:30:05.5Z","origin":"polled"}`: {
			Type: "Comet", Data: json.RawMessage(`{"mass":7}`), Time: from, Received: to, Origin: events.OriginPolled,
		},
		`{"type":"Comet","data":{},"received":"2024-01-15T10:30:05.5Z","origin":"live"}`: {
			Type: "Comet", Data: json.RawMessage(`{}`), Received: to,
		},
	} {
		got, err := json.Marshal(env)
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
		var back events.Envelope
		require.NoError(t, json.Unmarshal(got, &back))
		assert.Equal(t, env, back)
	}
}

func TestOriginText(t *testing.T) {
	assert.Equal(t, "live", events.OriginLive.String())
	assert.Equal(t, "polled", events.OriginPolled.String())
	assert.Equal(t, "backfilled", events.OriginBackfilled.String())
	assert.Equal(t, "state", events.OriginState.String())
	assert.Equal(t, "invalid", events.Origin(9).String())
	_, err := events.Origin(9).MarshalText()
	require.EqualError(t, err, "events: invalid origin 9: want 0 to 3")
	o := events.OriginPolled
	require.EqualError(t, o.UnmarshalText([]byte("Live")), "events: unknown origin `Live`: want live, polled, backfilled or state")
	assert.Equal(t, events.OriginPolled, o)
}
