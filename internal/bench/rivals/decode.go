package rivals

import (
	"bytes"
	"fmt"

	"github.com/adic/adic-go/internal/bench/traffic"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// A decode understands one event and counts it.
type decode func(text []byte, t *traffic.Tally) error

// A way is one of the decoders that a client can be given.
type way struct {
	name string
	new  func(form traffic.Form) decode
}

// ways are all decoders.
func ways() (nop, generated, twoPass way) {
	return way{"nop", nothing}, way{"decoder", predicted}, way{"json", standard}
}

// nothing counts the event unread.
func nothing(traffic.Form) decode {
	return func(_ []byte, t *traffic.Tally) error { t.Add(traffic.Raw, ""); return nil }
}

// head is what stands before the name of the type, on a WebSocket.
const head = `{"type":"Event","event":{"type":"`

// predicted finds type and payload at the places where a node puts them, without a
// scan if they are there, copies the payload once into a chunk that many share, and
// has the generated decoder make a struct of it. There is no cheaper way that keeps
// the events valid.
func predicted(form traffic.Form) decode {
	first, tail := []byte(head), 2
	if form == traffic.SSE {
		first, tail = []byte(`{"type":"`), 1
	}
	var chunk chunk
	return func(text []byte, t *traffic.Tally) error {
		env, ok := envelope(text, first, tail)
		if !ok {
			m := wire.Parse(text)
			if form == traffic.SSE {
				m = wire.ParseSSE("", text)
			}
			if m.Kind != wire.Event {
				return fmt.Errorf("no event: %q", text)
			}
			env.Type, env.Data = m.Type, m.Data
		}
		env.Data = chunk.copy(env.Data)
		return typed(env, t)
	}
}

// envelope takes an event apart that looks as expected.
func envelope(text, first []byte, tail int) (env events.Envelope, ok bool) {
	const middle = `","data":`
	rest, ok := bytes.CutPrefix(text, first)
	if !ok {
		return env, false
	}
	at := bytes.IndexByte(rest, '"')
	if at < 0 || !bytes.HasPrefix(rest[at:], []byte(middle)) || len(rest) < at+len(middle)+tail {
		return env, false
	}
	env.Type = known(rest[:at])
	env.Data = rest[at+len(middle) : len(rest)-tail]
	return env, env.Type != ""
}

// known returns the type that is spelled so, without an allocation.
func known(name []byte) events.Type {
	switch string(name) {
	case "MessageAdded":
		return events.TypeMessageAdded
	case "MessageFinalized":
		return events.TypeMessageFinalized
	case "EnergyUpdated":
		return events.TypeEnergyUpdated
	case "BalanceChanged":
		return events.TypeBalanceChanged
	case "TipsUpdated":
		return events.TypeTipsUpdated
	case "KCoreUpdated":
		return events.TypeKCoreUpdated
	default:
		return ""
	}
}

// typed makes the struct of an event, and counts it.
func typed(env events.Envelope, t *traffic.Tally) (err error) {
	switch env.Type {
	case events.TypeMessageAdded:
		e, err := events.Decode[events.MessageAdded](env)
		if err == nil {
			t.Message(e.MessageID, e.Depth)
		}
		return err
	case events.TypeMessageFinalized:
		return as(env, t, func(e events.MessageFinalized) (traffic.Kind, string) { return traffic.Finalized, e.MessageID })
	case events.TypeEnergyUpdated:
		return as(env, t, func(events.EnergyUpdated) (traffic.Kind, string) { return traffic.Energy, "" })
	case events.TypeBalanceChanged:
		return as(env, t, func(events.BalanceChanged) (traffic.Kind, string) { return traffic.Balance, "" })
	case events.TypeTipsUpdated:
		return as(env, t, func(e events.TipsUpdated) (traffic.Kind, string) { return traffic.Tips, e.Tips[len(e.Tips)-1] })
	case events.TypeKCoreUpdated:
		return as(env, t, func(events.KCoreUpdated) (traffic.Kind, string) { return traffic.Count, "" })
	default:
		return fmt.Errorf("type %s", env.Type)
	}
}

func as[E events.Event](env events.Envelope, t *traffic.Tally, count func(E) (traffic.Kind, string)) error {
	e, err := events.Decode[E](env)
	if err == nil {
		t.Add(count(e))
	}
	return err
}

// A chunk holds the payloads of many events.
type chunk struct{ bytes []byte }

func (c *chunk) copy(data []byte) []byte {
	const size = 16 << 10
	if len(data) > size/4 {
		return bytes.Clone(data)
	}
	if len(data) > cap(c.bytes)-len(c.bytes) {
		c.bytes = make([]byte, 0, size)
	}
	n := len(c.bytes)
	c.bytes = append(c.bytes, data...)
	return c.bytes[n:len(c.bytes):len(c.bytes)]
}
