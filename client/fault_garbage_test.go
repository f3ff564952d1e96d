package client_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// An oddity is something that a server may send and should not.
type oddity struct {
	name  string
	data  string // of an event: its type and payload, as an object
	event bool   // it is one nevertheless; others are counted as garbage
}

// eventOf returns an event of a notice type whose payload is as given.
func eventOf(payload string) string {
	return `{"type":"TransferRecorded","data":` + payload + `}`
}

var oddities = []oddity{
	{"no JSON", `not json`, false},
	{"half an object", `{"type":"TransferRecorded","data":{"amount":"1"`, false},
	{"a page", `<html></html>`, false},
	{"a list", `[]`, false},
	{"no type", `{"data":{}}`, false},
	{"a type that is no text", `{"type":7,"data":{}}`, false},
	{"one of the SDK's own", `{"type":"Gap","data":{}}`, false},
	{"deep nesting", eventOf(strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000)), false},
	{"huge numbers", eventOf(`{"amount":"odd","timestamp":1e999,"nonce":` + strings.Repeat("9", 400) + `}`), true},
	{"duplicate keys", eventOf(`{"amount":"odd","amount":"odd","reason":"a","reason":"b"}`), true},
	{"an unknown type", `{"type":"NeverHeardOf","data":{"amount":"odd"}}`, true},
	{"NUL in a text", eventOf(`{"amount":"odd","reason":"a\u0000b"}`), true},
	{"half a pair of surrogates", eventOf(`{"amount":"odd","reason":"\ud800"}`), true},
}

// What a server sends that is no event, or a strange one, is counted or delivered as it
// is, and costs nothing but itself.
func TestFault36GarbageCostsNothingElse(t *testing.T) {
	s := sheet{number: 36, name: "bad JSON, strange events, deep nesting, huge numbers, duplicate keys", note: "each counted, or delivered as it is; the next event came"}
	s.play(t, func(c *course) {
		c.busy(10 * time.Second)
		counted, odd := c.garbage(), 0
		for _, o := range oddities {
			text := o.data
			switch {
			case c.by == fallback.SSE:
				text = "data: " + text + "\n\n"
			case strings.HasPrefix(text, "{"):
				text = `{"type":"Event","event":` + text + `}`
			}
			c.node.Raw(refserver.Streams, []byte(text))
			c.notice(events.TypeTransferRecorded, 1)
			pass(100 * time.Millisecond)
			now := c.garbage()
			if o.event {
				odd++
			}
			assert.NotEqual(c.t, o.event, now > counted, "%s: counted", o.name)
			counted = now
		}
		strange := 0
		for _, env := range c.all() {
			if strings.Contains(string(env.Data), `"odd"`) {
				strange++
			}
		}
		assert.Equal(c.t, odd, strange, "they are events")
		c.forget(`"odd"`)
		c.busy(10 * time.Second)
		assert.Equal(c.t, uint64(1), c.attempts())
		assert.Empty(c.t, c.causes())
	})
}

// garbage is how much was counted as no event.
func (c *course) garbage() (n uint64) {
	for _, kind := range c.m.Metrics().Snapshot().Garbage {
		n += kind
	}
	return n
}

// forget takes what the story has no word of from what came.
func (c *course) forget(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.envs[:0]
	for _, env := range c.envs {
		if !strings.Contains(string(env.Data), text) {
			kept = append(kept, env)
		}
	}
	c.envs = kept
}

// The format of SSE has lines of its own that may be strange.
func TestFault36StrangeLines(t *testing.T) {
	s := sheet{
		number: 36, name: "strange lines of SSE: BOM, NUL in an id, bad retry, unknown fields", transports: []fallback.Transport{fallback.SSE},
		note: "passed over, as the format says",
	}
	s.play(t, func(c *course) {
		c.busy(5 * time.Second)
		for _, text := range []string{
			"\uFEFFdata: in the middle it is part of a name\n\n", "id: a\x00b\n\n", "retry: 1e9\n\n", "retry: -1\n\n",
			"data\n\n", "data:\n\n", "::\n\n", "nonsense\n\n", "event\n\n", "\r\r\n\n", "id\n\n",
		} {
			c.node.Raw(refserver.SSE, []byte(text))
			c.notice(events.TypeTransferRecorded, 1)
			pass(100 * time.Millisecond)
		}
		c.busy(5 * time.Second)
		assert.Equal(c.t, uint64(1), c.attempts())
		assert.Empty(c.t, c.causes())
		began := time.Now()
		over := c.begins(faultDrop)
		c.node.Drop(refserver.SSE)
		over()
		c.busy(5 * time.Second)
		assert.Equal(c.t, uint64(2), c.attempts())
		changes := c.changeList()
		assert.Less(c.t, changes[len(changes)-1].At.Sub(began), 2*time.Second, "no retry was believed")
	})
}

// Bytes that are no UTF-8 end a WebSocket, with code 1007 and a gap, and are replaced on
// SSE, as RFC 6455 and the format of SSE say; both are counted.
func TestFault36InvalidUTF8(t *testing.T) {
	s := sheet{number: 36, name: "invalid UTF-8", note: "WebSocket: 1007, gap, reconnect; SSE: U+FFFD"}
	s.play(t, func(c *course) {
		c.busy(10 * time.Second)
		over := c.begins(faultDrop)
		text := eventOf(`{"amount":"odd","reason":"a` + "\xff" + `b"}`)
		if c.by == fallback.SSE {
			text = "event: transfer.recorded\ndata: " + text + "\n\n"
		} else {
			text = fmt.Sprintf(`{"type":"Event","event":%s}`, text)
		}
		c.node.Raw(refserver.Streams, []byte(text))
		c.awaits()
		c.busy(2 * time.Second)
		over()
		c.busy(5 * time.Second)
		if c.by == fallback.WebSocket {
			assert.Equal(c.t, []events.GapCause{events.GapByDisconnect}, c.causes())
			assert.Equal(c.t, uint64(1), c.m.Metrics().Snapshot().Transports[c.by].EndedBy["utf8"])
			return
		}
		assert.Empty(c.t, c.causes())
		assert.Equal(c.t, uint64(1), c.m.Metrics().Snapshot().Garbage["utf8"])
		seen := c.seen(events.TypeTransferRecorded)
		require.NotEmpty(c.t, seen)
		c.forget("a\uFFFDb")
		assert.Len(c.t, c.seen(events.TypeTransferRecorded), len(seen)-1, "it came, with U+FFFD")
	})
}
