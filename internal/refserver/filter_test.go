package refserver_test

import (
	"testing"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
)

const (
	tips  = "TipsUpdated"
	kcore = "KCoreUpdated"
	econ  = "EconomicsUpdated"
)

var (
	everything = []string{econ, kcore, tips}
	nothing    = []string{}
)

// TestNodeFilterByQuery has the rows that were measured on a node 0.3.0, each on
// both transports.
func TestNodeFilterByQuery(t *testing.T) {
	rows := []struct {
		query string
		want  []string
	}{
		{"", everything},
		{"?events=all", everything},
		{"?events=tips.update,all", everything},
		{"?events=all,nonsense", everything},
		{"?events=ALL", nothing},
		{"?events=", nothing},
		{"?events=TipsUpdated", nothing},
		{"?events=TipsUpdated,tips.update", []string{tips}},
		{"?events=%20tips.update%20,%20kcore.update", []string{kcore, tips}},
		{"?events=+tips.update+,+kcore.update", []string{kcore, tips}},
		{"?events=tips.update%2Ckcore.update", []string{kcore, tips}},
		{"?events=tips%.update", nothing},
		{"?priority=high", []string{tips}},
		{"?priority=HIGH", []string{tips}},
		{"?priority=medium", []string{kcore}},
		{"?priority=low", []string{econ}},
		{"?priority=high,medium", everything},
		{"?priority=", everything},
		{"?priority=nonsense", everything},
		{"?priority=all", everything},
		{"?events=kcore.update&priority=high", nothing},
		{"?events=kcore.update&priority=medium", []string{kcore}},
		{"?foo=bar&foo=baz", everything},
	}
	for _, row := range rows {
		t.Run(row.query, func(t *testing.T) {
			inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
				ws, sse := r.socket(row.query), r.events(row.query)
				assert.Empty(t, ws.texts(), "silence on connect")
				assert.Empty(t, sse.bytes(), "silence on connect")
				r.emitThree()
				assert.Equal(t, row.want, ws.types())
				assert.Equal(t, row.want, sse.types())
			})
		})
	}
}

func TestNodeHeartbeatParameter(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		for _, fine := range []string{"?heartbeat=true", "?heartbeat=false"} {
			sse := r.events(fine)
			r.emitThree()
			assert.Equal(t, everything, sse.types(), fine)
		}
		ws := r.socket("?heartbeat=1") // a WebSocket does not know it
		r.emitThree()
		assert.Equal(t, everything, ws.types())
	})
}

func TestNodeRefusesQueries(t *testing.T) {
	const ws, sse = refserver.SocketPath, refserver.SSEPath
	rows := []struct{ path, query, want string }{
		{ws, "?events=a&events=b", "duplicate field `events`"},
		{ws, "?priority=low&priority=low", "duplicate field `priority`"},
		{sse, "?events=a&events=b", "duplicate field `events`"},
		{sse, "?heartbeat=true&heartbeat=true", "duplicate field `heartbeat`"},
		{sse, "?heartbeat=1", "provided string was not `true` or `false`"},
		{sse, "?heartbeat=", "provided string was not `true` or `false`"},
		{sse, "?heartbeat=True", "provided string was not `true` or `false`"},
	}
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		for _, row := range rows {
			p := r.open("GET "+row.path+row.query+" HTTP/1.1", upgrade...)
			assert.Equal(t, 400, p.head.StatusCode, row.query)
			assert.Equal(t, "text/plain; charset=utf-8", p.head.Header.Get("Content-Type"))
			assert.Equal(t, "Failed to deserialize query string: "+row.want, p.body())
		}
	})
}

// TestNodeFilterByCommand has the rows of the state machine that were measured
// on a node 0.3.0.
func TestNodeFilterByCommand(t *testing.T) {
	const sub, unsub = "Subscribe", "Unsubscribe"
	type command struct {
		kind  string
		names []string
	}
	rows := []struct {
		name     string
		query    string
		commands []command
		want     []string
	}{
		{"narrows from all", "", []command{{sub, []string{"tips.update"}}}, []string{tips}},
		{"all from all is nothing", "", []command{{sub, []string{"all"}}}, nothing},
		{"the empty list from all is nothing", "", []command{{sub, nil}}, nothing},
		{"a variant name from all is nothing", "", []command{{sub, []string{"TipsUpdated"}}}, nothing},
		{"cannot take from all", "", []command{{unsub, []string{"tips.update"}}}, everything},
		{"all taken from all", "", []command{{unsub, []string{"all"}}}, everything},
		{"cannot widen to all", "?events=tips.update", []command{{sub, []string{"all"}}}, []string{tips}},
		{"widens", "?events=tips.update", []command{{sub, []string{"kcore.update"}}}, []string{kcore, tips}},
		{"names are not trimmed", "?events=tips.update", []command{{sub, []string{" kcore.update"}}}, []string{tips}},
		{"the last name turns into all", "?events=tips.update", []command{{unsub, []string{"tips.update"}}}, everything},
		{"an unknown name takes nothing", "?events=tips.update", []command{{unsub, []string{"kcore.update"}}}, []string{tips}},
		{
			"and from there narrows",
			"?events=tips.update",
			[]command{{unsub, []string{"tips.update"}}, {sub, []string{"kcore.update"}}},
			[]string{kcore},
		},
		{"the way back to all", "", []command{{sub, nil}, {unsub, nil}}, everything},
		{"the priority stays", "?priority=low", []command{{sub, []string{"tips.update"}}}, nothing},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
				ws := r.socket(row.query)
				for _, c := range row.commands {
					// Echoed as if all were well.
					assert.Equal(t, []string{list(c.kind+"d", c.names...)}, ws.ask(list(c.kind, c.names...)))
				}
				r.emitThree()
				assert.Equal(t, row.want, ws.types())
			})
		})
	}
}

func TestGuideFilterByQuery(t *testing.T) {
	const greetAll, bad = `{"type":"Subscribed","events":["all"]}`, `{"type":"Error","message":"Invalid event type"}`
	rows := []struct {
		query    string
		greeting []string
		want     []string
	}{
		{"", []string{greetAll}, everything},
		{"?events=all&priority=all", []string{greetAll}, everything},
		{"?events=all&priority=high", []string{greetAll}, []string{tips}},
		{"?priority=high,medium", []string{greetAll}, []string{kcore, tips}},
		{"?priority=nonsense", []string{bad, greetAll}, everything},
		{"?events=&priority=", []string{greetAll}, everything},
		{"?events=TipsUpdated,%20KCoreUpdated", []string{list("Subscribed", tips, kcore)}, []string{kcore, tips}},
		{"?events=TipsUpdated,tips.update", []string{bad, list("Subscribed", tips)}, []string{tips}},
		{"?events=tips.update", []string{bad, list("Subscribed")}, nothing},
		{"?events=TipsUpdated,TransferRecorded", []string{bad, list("Subscribed", tips)}, []string{tips}},
		{"?events=KCoreUpdated&priority=high", []string{list("Subscribed", kcore)}, nothing},
	}
	for _, row := range rows {
		t.Run(row.query, func(t *testing.T) {
			inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
				ws := r.socket(row.query)
				assert.Equal(t, row.greeting, ws.texts())
				if len(row.greeting) > 1 { // SSE refuses what a WebSocket complains about
					p := r.open("GET "+refserver.SSEPath+row.query+" HTTP/1.1", "Host: node")
					assert.Equal(t, 400, p.head.StatusCode)
					assert.Contains(t, p.body(), "Invalid event type")
					r.emitThree()
					assert.Equal(t, row.want, ws.types())
					return
				}
				sse := r.events(row.query)
				r.emitThree()
				assert.Equal(t, row.want, sse.types())
				assert.Equal(t, row.want, ws.types())
			})
		})
	}
}

func TestGuideFilterByCommand(t *testing.T) {
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		const bad = `{"type":"Error","message":"Invalid event type"}`
		ws := r.socket("?events=TipsUpdated")
		ws.texts()
		step := func(say string, answers []string, want []string) {
			t.Helper()
			assert.Equal(t, answers, ws.ask(say))
			r.emitThree()
			assert.Equal(t, want, ws.types())
		}
		step(list("Subscribe", kcore), []string{list("Subscribed", kcore)}, []string{kcore, tips})
		step(list("Subscribe", "nonsense", econ), []string{bad, list("Subscribed", econ)}, everything)
		step(list("Unsubscribe", kcore, "what"), []string{bad, list("Unsubscribed", kcore)}, []string{econ, tips})
		step(list("Unsubscribe", econ, tips), []string{list("Unsubscribed", econ, tips)}, nothing)
		step(list("Subscribe", "all"), []string{list("Subscribed", "all")}, everything)
		step(list("Unsubscribe", tips), []string{list("Unsubscribed", tips)}, []string{econ, kcore})
		step(list("Unsubscribe", "all"), []string{list("Unsubscribed", "all")}, nothing)
	})
}

func TestGuideServerWithMoreTypes(t *testing.T) {
	cfg := refserver.Config{Known: three[:2]}
	inBubble(t, cfg, func(t *testing.T, r *rig) {
		assert.Equal(t, []string{list("Subscribed", kcore)}, r.socket("?events=KCoreUpdated").texts())
		assert.Len(t, r.socket("?events=EconomicsUpdated").texts(), 2)
	})
}
