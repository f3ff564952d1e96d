package events_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/adic/adic-go/subscription/events"
)

func ExampleParseType() {
	for _, name := range []string{"TipsUpdated", "tips.update", "TipUpdated"} {
		t, err := events.ParseType(name)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(t, t.Name(), t.Priority())
	}
	// Output:
	// TipsUpdated tips.update high
	// TipsUpdated tips.update high
	// events: unknown type `TipUpdated`: did you mean `TipsUpdated`?
}

func ExampleDecode() {
	env := events.Envelope{
		Type: events.TypeMessageFinalized,
		Data: json.RawMessage(`{"message_id":"5f0c","finality_type":"KCore","timestamp":1705314600}`),
	}
	final, err := events.Decode[events.MessageFinalized](env)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(final.MessageID, final.FinalityType == events.FinalityKCore, final.Timestamp)

	_, err = events.Decode[events.TipsUpdated](env)
	fmt.Println(err)
	// Output:
	// 5f0c true 2024-01-15 10:30:00 +0000 UTC
	// events: decode `MessageFinalized`: cannot be a `TipsUpdated`
}

// A Comet is an event that the SDK does not know.
type Comet struct {
	Mass uint64 `json:"mass"`
}

func (Comet) Type() events.Type { return "Comet" }

// Events that the SDK does not know arrive undecoded. A struct of your own
// decodes them.
func ExampleDecode_unknownType() {
	env := events.Envelope{Type: "Comet", Data: json.RawMessage(`{"mass":7}`)}
	c, err := events.Decode[Comet](env)
	fmt.Println(c.Mass, err)
	// Output: 7 <nil>
}

func ExampleDecodeAny() {
	for _, env := range []events.Envelope{
		{Type: events.TypeTipsUpdated, Data: json.RawMessage(`{"tips":["5f0c","77e0"],"count":2}`)},
		{Type: events.TypeMessageAdded, Data: json.RawMessage(`{"message_id":"5f0c","depth":3}`)},
		{Type: events.TypeMessageAdded, Data: json.RawMessage(`{"depth":"3"}`)},
		{Type: "Comet", Data: json.RawMessage(`{}`)},
	} {
		e, err := events.DecodeAny(env)
		var unknown *events.UnknownTypeError
		switch e := e.(type) {
		case events.TipsUpdated:
			fmt.Println(e.Count, "tips")
		case events.MessageAdded:
			fmt.Println("new:", e.MessageID)
		default:
			fmt.Println("unknown type:", errors.As(err, &unknown))
		}
	}
	// Output:
	// 2 tips
	// new: 5f0c
	// unknown type: false
	// unknown type: true
}

func ExampleEncode() {
	env, err := events.Encode(events.MessageAdded{MessageID: "5f0c", Depth: 3})
	fmt.Printf("%s %s %v\n", env.Type, env.Data, err)
	// Output: MessageAdded {"message_id":"5f0c","depth":3,"timestamp":null} <nil>
}

func ExampleTimestamp() {
	for _, text := range []string{`1705314600`, `1705314600000`, `"2024-01-15T16:15:00+05:45"`} {
		var t events.Timestamp
		err := json.Unmarshal([]byte(text), &t)
		fmt.Println(t, err)
	}
	// Output:
	// 2024-01-15 10:30:00 +0000 UTC <nil>
	// 2024-01-15 10:30:00 +0000 UTC <nil>
	// 2024-01-15 10:30:00 +0000 UTC <nil>
}
