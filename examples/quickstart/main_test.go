package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// until is a writer that ends the run once it has seen a text.
type until struct {
	text string
	end  context.CancelFunc

	mu  sync.Mutex
	buf bytes.Buffer
}

func (u *until) Write(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	n, err := u.buf.Write(p)
	if strings.Contains(u.buf.String(), u.text) {
		u.end()
	}
	return n, err
}

// follows runs the program until its output has text, and returns both outputs.
func follows(t *testing.T, text string, args ...string) (out, logs string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	u := &until{text: text, end: cancel}
	var l bytes.Buffer
	require.NoError(t, run(ctx, args, u, &l))
	require.NotErrorIs(t, ctx.Err(), context.DeadlineExceeded, "%q never came:\n%s", text, u.buf.String())
	return u.buf.String(), l.String()
}

func TestWithoutANodeItFollowsAServerOfItsOwn(t *testing.T) {
	out, logs := follows(t, "MessageAdded")
	assert.Contains(t, logs, "following a reference server in this process, http://127.0.0.1:")
	assert.Contains(t, out, "-- connected by websocket\n")
	assert.Regexp(t, `(?m)^MessageAdded +message_id=[0-9a-f]{12}… depth=\d+ .*\(live\)$`, out)
	assert.Regexp(t, `(?m)^TipsUpdated +tips=\[`, out)
	assert.Regexp(t, `(?m)^events: \d+ received`, out, "the statistics come last")
}

func TestJSONIsOneObjectPerLine(t *testing.T) {
	out, _ := follows(t, `"type":"MessageAdded"`, "-json", "-events", "MessageAdded,kcore.update")
	kinds := map[string]int{}
	for line := range strings.Lines(out) {
		var object map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &object), line)
		kind := object["kind"].(string)
		kinds[kind]++
		if kind == "event" {
			assert.Contains(t, []any{"MessageAdded", "KCoreUpdated"}, object["type"])
			assert.Contains(t, []any{"live", "state", "backfilled"}, object["origin"])
			assert.NotEmpty(t, object["received"])
			assert.IsType(t, map[string]any{}, object["data"])
		}
	}
	assert.Equal(t, 1, kinds["stats"])
	assert.NotZero(t, kinds["event"])
	assert.NotZero(t, kinds["state"])
}

func TestANodeThatIsNotThere(t *testing.T) {
	out, _ := follows(t, "next try at", "-node", "http://127.0.0.1:1")
	for _, transport := range []string{"websocket", "sse", "polling"} {
		assert.Contains(t, out, "-- connecting to http://127.0.0.1:1 by "+transport)
	}
	assert.Contains(t, out, "connection refused")
}

func TestFlags(t *testing.T) {
	f, err := parse([]string{
		"-node", "http://n", "-events", "TipsUpdated, message.new", "-priority", "high,low", "-for", "3s", "-json",
	}, &bytes.Buffer{})
	require.NoError(t, err)
	assert.Equal(t, flags{
		node: "http://n", duration: 3 * time.Second, json: true,
		want: subscription.Subscription{
			Types:      []events.Type{events.TypeTipsUpdated, events.TypeMessageAdded},
			Priorities: []events.Priority{events.High, events.Low},
		},
	}, f)

	f, err = parse(nil, &bytes.Buffer{})
	require.NoError(t, err)
	assert.Equal(t, subscription.All(), f.want)
}

func TestWrongFlagsSayWhatIsAllowed(t *testing.T) {
	for want, args := range map[string][]string{
		"did you mean `TipsUpdated`?": {"-events", "TipUpdated"},
		"-priority":                   {"-priority", "urgent"},
		"want a positive duration":    {"-for", "-3s"},
		`unexpected argument "x"`:     {"x"},
		"not defined: -nope":          {"-nope"},
		"invalid value":               {"-for", "soon"},
		"did you mean http://":        {"-node", "localhost:9121"},
	} {
		err := run(t.Context(), args, &bytes.Buffer{}, &bytes.Buffer{})
		require.ErrorContains(t, err, want)
	}
	require.ErrorIs(t, run(t.Context(), []string{"-help"}, &bytes.Buffer{}, &bytes.Buffer{}), flag.ErrHelp)
}

func TestGapsAndStatesAreShown(t *testing.T) {
	env, err := events.Encode(events.Gap{Number: 3, Stage: events.GapOpened, Cause: events.GapByDisconnect})
	require.NoError(t, err)
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	change := client.Change{To: client.Waiting, At: at, RetryAt: at.Add(1500 * time.Millisecond), Err: context.Canceled}

	var out bytes.Buffer
	p := &text{out: &out}
	require.NoError(t, p.event(t.Context(), env))
	p.state(change)
	assert.Regexp(t, `^Gap .*disconnect`, out.String())
	assert.Contains(t, out.String(), "next try at 12:00:01, in 1.5s")
	assert.Contains(t, out.String(), "context canceled")

	out.Reset()
	l := newLines(&out)
	require.NoError(t, l.event(t.Context(), env))
	l.state(change)
	assert.Contains(t, out.String(), `{"kind":"gap","data":{"number":3,`)
	assert.Contains(t, out.String(), `"retry_at":"2026-01-01T12:00:01.5Z","error":"context canceled"`)
}

func TestBriefSurvivesAnything(t *testing.T) {
	for in, want := range map[string]string{
		`{"type":"X","a":[],"b":["x","y"],"c":null}`: "a=[] b=[x … 2] c=null",
		`{}`: "",
		``:   "",
	} {
		assert.Equal(t, want, brief(json.RawMessage(in)), in)
	}
}
