package wire_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

var (
	second = time.Unix(1760554622, 0).UTC()
	milli  = time.UnixMilli(1760554622123).UTC()
	guided = time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC)
)

// An event as Parse and ParseSSE shall see it.
type event struct {
	dialect wire.Dialect
	kind    events.Type
	data    string
	at      time.Time
}

func (e event) check(t *testing.T, m wire.Message) {
	t.Helper()
	require.NoError(t, m.Err)
	assert.Equal(t, wire.Event, m.Kind)
	assert.Equal(t, e.dialect, m.Dialect)
	assert.Equal(t, e.kind, m.Type)
	assert.Equal(t, e.data, string(m.Data))
	assert.Equal(t, e.at, m.Time)
	assert.Empty(t, m.Names)
	assert.Empty(t, m.Text)
}

func TestParseEvent(t *testing.T) {
	const added = `{"message_id":"a","depth":3,"timestamp":1760554622}`
	node := event{wire.Node, events.TypeMessageAdded, added, second}
	flat := func(s string) event { return event{wire.Guide, events.TypeTipsUpdated, s, guided} }
	const tips = `{"type":"TipsUpdated","tips":["a"],"count":1,"timestamp":"2024-01-15T10:30:00Z"}`
	for name, c := range map[string]struct {
		frame string
		want  event
	}{
		"node":  {`{"type":"Event","event":{"type":"MessageAdded","data":` + added + `}}`, node},
		"guide": {`{"type":"Event","event":` + tips + `}`, flat(tips)},

		"event before type": {`{"event":{"type":"MessageAdded","data":` + added + `},"type":"Event"}`, node},
		"data before type":  {`{"type":"Event","event":{"data":` + added + `,"type":"MessageAdded"}}`, node},
		"type last of flat": {
			`{"event":{"timestamp":"2024-01-15T10:30:00Z","tips":[],"type":"TipsUpdated"},"type":"Event"}`,
			flat(`{"timestamp":"2024-01-15T10:30:00Z","tips":[],"type":"TipsUpdated"}`),
		},
		"white space": {
			" \t\r\n{ \"type\" : \"Event\" ,\n\"event\"\t:\r{ \"type\" : \"MessageAdded\" , \"data\" : " + added + " } } \n",
			node,
		},
		"escapes": {`{"ty\u0070e":"\u0045vent","e\u0076ent":{"\u0074ype":"Message\u0041dded","dat\u0061":` + added + `}}`, node},
		"escaped timestamp": {
			`{"type":"Event","event":{"type":"MessageAdded","data":{"timest\u0061mp":1760554622}}}`,
			event{wire.Node, events.TypeMessageAdded, `{"timest\u0061mp":1760554622}`, second},
		},
		"unknown keys": {
			`{"id":7,"type":"Event","seq":[1,{"type":"x"}],"event":{"v":{"data":{}},"type":"MessageAdded","data":` + added + `,"z":null}}`,
			node,
		},
		"last type wins":  {`{"type":"Pong","type":"Event","event":{"type":"x","type":"MessageAdded","data":` + added + `}}`, node},
		"last event wins": {`{"type":"Event","event":7,"event":{"type":"A","data":{"timestamp":1}},"event":{"type":"MessageAdded","data":` + added + `}}`, node},
		"last data wins": {
			`{"type":"Event","event":{"type":"MessageAdded","data":{"timestamp":1},"data":{"timestamp":2,"timestamp":1760554622,"timest":3}}}`,
			event{wire.Node, events.TypeMessageAdded, `{"timestamp":2,"timestamp":1760554622,"timest":3}`, second},
		},
		"last data wins, without a time": {
			`{"type":"Event","event":{"type":"MessageAdded","data":{"timestamp":1},"data":{}}}`,
			event{wire.Node, events.TypeMessageAdded, `{}`, time.Time{}},
		},
		"case matters": {
			`{"Type":"x","type":"Event","Event":1,"event":{"TYPE":1,"type":"MessageAdded","Data":2,"data":` + added + `}}`,
			node,
		},

		"dotted type": {`{"type":"Event","event":{"type":"message.new","data":` + added + `}}`, node},
		"unknown type": {
			`{"type":"Event","event":{"type":"BrandNew","data":{"x":1}}}`,
			event{wire.Node, "BrandNew", `{"x":1}`, time.Time{}},
		},
		"unknown flat type": {
			`{"type":"Event","event":{"type":"BrandNew","x":1}}`,
			event{wire.UnknownDialect, "BrandNew", `{"type":"BrandNew","x":1}`, time.Time{}},
		},
		"unknown flat type with a time": {
			`{"type":"Event","event":{"type":"BrandNew","data":[1],"timestamp":"2024-01-15T10:30:00Z"}}`,
			event{wire.Guide, "BrandNew", `{"type":"BrandNew","data":[1],"timestamp":"2024-01-15T10:30:00Z"}`, guided},
		},
		"unknown type without a payload": {
			`{"type":"Event","event": {"type":"BrandNew"} }`,
			event{wire.UnknownDialect, "BrandNew", `{"type":"BrandNew"}`, time.Time{}},
		},
		"unknown type, data and more": {
			`{"type":"Event","event":{"type":"BrandNew","data":7,"more":1}}`,
			event{wire.Node, "BrandNew", `7`, time.Time{}},
		},
		"unknown type, escaped": {
			`{"type":"Event","event":{"type":"Brand\u004eew\u00e9","data":{}}}`,
			event{wire.Node, "BrandNewé", `{}`, time.Time{}},
		},
		"unknown type, no UTF-8": {
			"{\"type\":\"Event\",\"event\":{\"type\":\"Brand\xff\",\"data\":{}}}",
			event{wire.Node, "Brand\uFFFD", `{}`, time.Time{}},
		},

		"flat with a data field": {
			`{"type":"Event","event":{"type":"TipsUpdated","data":{"x":1},"timestamp":"2024-01-15T10:30:00Z"}}`,
			flat(`{"type":"TipsUpdated","data":{"x":1},"timestamp":"2024-01-15T10:30:00Z"}`),
		},
		"flat with a data string": {
			`{"type":"Event","event":{"data":"x","timestamp":"2024-01-15T10:30:00Z","type":"TipsUpdated"}}`,
			flat(`{"data":"x","timestamp":"2024-01-15T10:30:00Z","type":"TipsUpdated"}`),
		},
		"node form with a time of its own": {
			`{"type":"Event","event":{"type":"MessageAdded","timestamp":"2024-01-15T10:30:00Z","data":` + added + `}}`,
			node,
		},

		"no wrapper, node":   {`{"type":"MessageAdded","data":` + added + `}`, node},
		"no wrapper, dotted": {`{"type":"message.new","data":` + added + `}`, node},
		"no wrapper, flat":   {tips, flat(tips)},
	} {
		t.Run(name, func(t *testing.T) { c.want.check(t, wire.Parse([]byte(c.frame))) })
	}
}

func TestParseSSEEvent(t *testing.T) {
	const (
		added = `{"message_id":"a","depth":3,"timestamp":1760554622}`
		node  = `{"type":"MessageAdded","data":` + added + `}`
		tips  = `{"tips":["a"],"count":1,"timestamp":"2024-01-15T10:30:00Z"}`
		flat  = `{"type":"TipsUpdated","tips":["a"],"timestamp":"2024-01-15T10:30:00Z"}`
	)
	nodeEvent := event{wire.Node, events.TypeMessageAdded, added, second}
	guideEvent := event{wire.Guide, events.TypeTipsUpdated, tips, guided}
	flatEvent := event{wire.Guide, events.TypeTipsUpdated, flat, guided}
	for name, c := range map[string]struct {
		event, data string
		want        event
	}{
		"node":                         {"message.new", node, nodeEvent},
		"node without a name":          {"", node, nodeEvent},
		"node, named message":          {"message", node, nodeEvent},
		"node, variant name":           {"MessageAdded", node, nodeEvent},
		"node, name of another type":   {"tips.update", node, nodeEvent},
		"node, unknown name":           {"new.thing", node, nodeEvent},
		"guide":                        {"TipsUpdated", tips, guideEvent},
		"guide, white space":           {"TipsUpdated", "\n " + tips + "\r\n", guideEvent},
		"guide, dotted name":           {"tips.update", tips, event{wire.Node, events.TypeTipsUpdated, tips, guided}},
		"flat with type":               {"TipsUpdated", flat, flatEvent},
		"flat with type, no name":      {"", flat, flatEvent},
		"wrapper, node":                {"", `{"type":"Event","event":` + node + `}`, nodeEvent},
		"wrapper, node, named":         {"Event", `{"type":"Event","event":` + node + `}`, nodeEvent},
		"wrapper, flat":                {"", `{"type":"Event","event":` + flat + `}`, flatEvent},
		"wrapper, type in the name":    {"TipsUpdated", `{"type":"Event","event":` + tips + `}`, guideEvent},
		"named heartbeat, a true one":  {"heartbeat", node, nodeEvent},
		"unknown, by name":             {"BrandNew", `{"x":1}`, event{wire.UnknownDialect, "BrandNew", `{"x":1}`, time.Time{}}},
		"unknown, with a time":         {"BrandNew", `{"timestamp":"2024-01-15T10:30:00Z"}`, event{wire.Guide, "BrandNew", `{"timestamp":"2024-01-15T10:30:00Z"}`, guided}},
		"unknown, no payload":          {"brand.new", `{"type":"BrandNew"}`, event{wire.Node, "BrandNew", `{"type":"BrandNew"}`, time.Time{}}},
		"unknown, by type":             {"", `{"type":"BrandNew","data":{}}`, event{wire.Node, "BrandNew", `{}`, time.Time{}}},
		"unknown, by type and name":    {"brand.new", `{"type":"BrandNew","data":{}}`, event{wire.Node, "BrandNew", `{}`, time.Time{}}},
		"payload with a type":          {"TipsUpdated", `{"type":"hot"}`, event{wire.Guide, events.TypeTipsUpdated, `{"type":"hot"}`, time.Time{}}},
		"payload with a number type":   {"TipsUpdated", `{"type":7}`, event{wire.Guide, events.TypeTipsUpdated, `{"type":7}`, time.Time{}}},
		"payload with data, no type":   {"TipsUpdated", `{"data":{"timestamp":1}}`, event{wire.Guide, events.TypeTipsUpdated, `{"data":{"timestamp":1}}`, time.Time{}}},
		"payload with a control type":  {"TipsUpdated", `{"type":"Pong"}`, event{wire.Guide, events.TypeTipsUpdated, `{"type":"Pong"}`, time.Time{}}},
		"name of another type, nested": {"TipsUpdated", `{"type":"BrandNew","data":{}}`, event{wire.Node, "BrandNew", `{}`, time.Time{}}},
	} {
		t.Run(name, func(t *testing.T) { c.want.check(t, wire.ParseSSE(c.event, []byte(c.data))) })
	}
}

// What a type that the SDK does not know carries is its own affair: a node's
// serializer makes a list of a tuple, and a bare value of a newtype.
func TestUnknownTypesCarryAnyJSON(t *testing.T) {
	for _, data := range []string{`[1,2]`, `[]`, `"x"`, `""`, `null`, `7`, `-0.5e3`, `true`, `{}`, `[{"timestamp":1}]`} {
		t.Run(data, func(t *testing.T) {
			node := `{"type":"NewThing","data": ` + data + ` }`
			want := event{wire.Node, "NewThing", data, time.Time{}}
			want.check(t, wire.Parse([]byte(`{"type":"Event","event":`+node+`}`)))
			want.check(t, wire.ParseSSE("new.thing", []byte(node)))
			want.check(t, wire.ParseSSE("", []byte(node)))
			want.check(t, wire.ParseSSE("tips.update", []byte(node)))

			m := wire.ParseSSE("new.thing", []byte("\n"+data+" "))
			event{wire.Node, "new.thing", data, time.Time{}}.check(t, m)
			assert.Equal(t, len(m.Data), cap(m.Data), "appending must not write into the event")
			event{wire.UnknownDialect, "NewThing", data, time.Time{}}.check(t, wire.ParseSSE("NewThing", []byte(data)))
		})
	}
}

func TestParseTime(t *testing.T) {
	for raw, want := range map[string]time.Time{
		`1760554622`:                      second,
		`1760554622123`:                   milli,
		`1760554622.0`:                    second,
		`1.760554622e9`:                   second,
		`"2024-01-15T10:30:00Z"`:          guided,
		`"2024-01-15T12:30:00+02:00"`:     guided,
		`"2024-01-15T10:30:00\u005a"`:     guided,
		`"2024-01-15T10:30:00.5Z"`:        guided.Add(time.Second / 2),
		`9999999999`:                      time.Unix(9999999999, 0).UTC(),
		`99999999999`:                     time.Unix(99999999999, 0).UTC(),
		`100000000000`:                    time.UnixMilli(100000000000).UTC(),
		`0`:                               time.Unix(0, 0).UTC(),
		`-5`:                              time.Unix(-5, 0).UTC(),
		`null`:                            {},
		`true`:                            {},
		`{"timestamp":1}`:                 {},
		`[1]`:                             {},
		`""`:                              {},
		`"yesterday"`:                     {},
		`99999999999999999999999999`:      {},
		`1e400`:                           {},
		`"2024-01-15T10:30:00Z and more"`: {},
	} {
		t.Run(raw, func(t *testing.T) {
			node := wire.Parse([]byte(`{"type":"Event","event":{"type":"MessageAdded","data":{"timestamp":` + raw + `}}}`))
			require.Equal(t, wire.Event, node.Kind)
			assert.Equal(t, want, node.Time)
			guide := wire.Parse([]byte(`{"type":"Event","event":{"type":"MessageAdded","timestamp":` + raw + `}}`))
			require.Equal(t, wire.Event, guide.Kind)
			assert.Equal(t, want, guide.Time)
			assert.Equal(t, want, wire.ParseSSE("MessageAdded", []byte(`{"timestamp":`+raw+`}`)).Time)
		})
	}
}

func TestParseKnowsEveryType(t *testing.T) {
	for _, kind := range events.Types() {
		for _, spelling := range []string{string(kind), kind.Name()} {
			assert.Equal(t, kind, wire.Parse([]byte(`{"type":"Event","event":{"type":"`+spelling+`","data":{}}}`)).Type)
			assert.Equal(t, kind, wire.ParseSSE(spelling, []byte(`{}`)).Type)
		}
	}
}

func TestParseControl(t *testing.T) {
	for frame, want := range map[string]wire.Message{
		`{"type":"Pong"}`:                                          {Kind: wire.Pong},
		` { "extra":[1] , "type" : "Pong" } `:                      {Kind: wire.Pong},
		`{"type":"Subscribed","events":["TipsUpdated","a\u0062"]}`: {Kind: wire.Subscribed, Names: []string{"TipsUpdated", "ab"}},
		`{"events":["tips.update"],"type":"Unsubscribed"}`:         {Kind: wire.Unsubscribed, Names: []string{"tips.update"}},
		`{"type":"Subscribed","events":["x"],"events":["y"]}`:      {Kind: wire.Subscribed, Names: []string{"y"}},
		`{"type":"Subscribed","events":[]}`:                        {Kind: wire.Subscribed, Names: []string{}},
		`{"type":"Subscribed"}`:                                    {Kind: wire.Subscribed},
		`{"type":"Subscribed","events":"all"}`:                     {Kind: wire.Subscribed},
		`{"type":"Subscribed","events":["a",7]}`:                   {Kind: wire.Subscribed},
		`{"type":"Error","message":"Invalid event type"}`:          {Kind: wire.Refusal, Text: "Invalid event type"},
		`{"type":"Error","message":"\u00e9\n"}`:                    {Kind: wire.Refusal, Text: "é\n"},
		`{"type":"Error","message":{"code":7}}`:                    {Kind: wire.Refusal},
		`{"type":"Error"}`:                                         {Kind: wire.Refusal},
		`{"type":"Error","message":""}`:                            {Kind: wire.Refusal},
	} {
		t.Run(frame, func(t *testing.T) {
			assert.Equal(t, want, wire.Parse([]byte(frame)))
			assert.Equal(t, want, wire.ParseSSE("", []byte(frame)))
			names := map[wire.Kind]string{wire.Pong: "pong", wire.Subscribed: "subscribed", wire.Unsubscribed: "Unsubscribed", wire.Refusal: "error"}
			assert.Equal(t, want, wire.ParseSSE(names[want.Kind], []byte(frame)))
		})
	}
}

func TestRefusalTextIsBounded(t *testing.T) {
	m := wire.Parse([]byte(`{"type":"Error","message":"` + strings.Repeat("é", 400) + `"}`))
	assert.Equal(t, strings.Repeat("é", 256), m.Text)
	m = wire.Parse([]byte(`{"type":"Error","message":"x` + strings.Repeat("é", 400) + `"}`))
	assert.Equal(t, "x"+strings.Repeat("é", 255), m.Text, "not half a character")
}

func TestHeartbeatEventsAreSignsOfLife(t *testing.T) {
	alive := wire.Message{Kind: wire.Alive}
	for _, name := range []string{"heartbeat", "Heartbeat", "ping"} {
		for _, data := range []string{"", "{}", "ok", `{"timestamp":1760554622}`, `{"type":"Heartbeat"}`} {
			assert.Equal(t, alive, wire.ParseSSE(name, []byte(data)), "%s %s", name, data)
		}
	}
}

func TestDataAliasesTheFrame(t *testing.T) {
	frame := []byte(`{"type":"Event","event":{"type":"MessageAdded","data":{"depth":1}}}`)
	m := wire.Parse(frame)
	frame[strings.Index(string(frame), "1")] = '2'
	assert.Equal(t, `{"depth":2}`, string(m.Data))
	assert.Equal(t, len(m.Data), cap(m.Data), "appending must not write into the frame")
}

func TestNames(t *testing.T) {
	var dialects, kinds []string
	for d := wire.UnknownDialect; d <= wire.Node+1; d++ {
		dialects = append(dialects, d.String())
	}
	for k := wire.Garbage; k <= wire.Alive+1; k++ {
		kinds = append(kinds, k.String())
	}
	assert.Equal(t, []string{"unknown", "guide", "node", "invalid"}, dialects)
	assert.Equal(t, []string{"garbage", "event", "subscribed", "unsubscribed", "pong", "refusal", "alive", "invalid"}, kinds)
}
