package handlers_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

func ExampleOn() {
	var mux handlers.Mux
	remove := handlers.On(&mux, func(_ context.Context, e events.MessageFinalized) error {
		fmt.Println(e.MessageID, "is final by", e.FinalityType)
		return nil
	})

	env := events.Envelope{
		Type: events.TypeMessageFinalized,
		Data: []byte(`{"message_id":"5f0c","finality_type":"KCore"}`),
	}
	_ = mux.Dispatch(context.Background(), env)
	remove()
	_ = mux.Dispatch(context.Background(), env)
	// Output: 5f0c is final by kcore
}

// A handler that waits, as for a database, may have several events at a time. Those
// of one message still come one after the other, so that no row is written before
// what it rests on.
func ExampleConcurrent() {
	var mux handlers.Mux
	save := func(_ context.Context, e events.MessageAdded) error {
		fmt.Println("saved", e.MessageID)
		return nil
	}
	handlers.On(&mux, save, handlers.Concurrent(4))
	handlers.On(&mux, func(context.Context, events.TipsUpdated) error { return nil })

	fmt.Println("messages at a time:", mux.Concurrency(events.TypeMessageAdded))
	fmt.Println("tips, one after the other:", mux.Concurrency(events.TypeTipsUpdated) == 0)

	// Dispatch, as in a test, runs all handlers, one after the other.
	env, _ := events.Encode(events.MessageAdded{MessageID: "5f0c"})
	_ = mux.Dispatch(context.Background(), env)
	// Output:
	// messages at a time: 4
	// tips, one after the other: true
	// saved 5f0c
}

// A handler needs no network to be tested.
func ExampleMux_Dispatch() {
	var mux handlers.Mux
	handlers.On(&mux, func(_ context.Context, e events.TipsUpdated) error {
		if e.Count == 0 {
			return errors.New("no tips")
		}
		return nil
	})
	handlers.On(&mux, func(context.Context, events.TipsUpdated) error {
		panic("an accident")
	})

	env, _ := events.Encode(events.TipsUpdated{})
	err := mux.Dispatch(context.Background(), env)
	fmt.Println(err)

	var accident *handlers.PanicError
	fmt.Println(errors.As(err, &accident))
	// Output:
	// no tips
	// handlers: panic: an accident
	// true
}

func ExampleMux_OnAny() {
	var mux handlers.Mux
	mux.OnAny(func(_ context.Context, env events.Envelope) error {
		fmt.Printf("%s: %s (known: %t)\n", env.Type, env.Data, env.Type.Known())
		return nil
	})

	ctx := context.Background()
	_ = mux.Dispatch(ctx, events.Envelope{Type: events.TypeTipsUpdated, Data: []byte(`{"tips":[],"count":0}`)})
	_ = mux.Dispatch(ctx, events.Envelope{Type: "Gossip", Data: []byte(`{"about":"node 7"}`)})
	// Output:
	// TipsUpdated: {"tips":[],"count":0} (known: true)
	// Gossip: {"about":"node 7"} (known: false)
}

func ExampleMux_OnGap() {
	var mux handlers.Mux
	mux.OnGap(func(_ context.Context, gap events.Gap) error {
		if gap.Stage == events.GapClosed {
			fmt.Printf("events may be missing on lane %s: %s, %d dropped\n", gap.Lane, gap.Cause, gap.Dropped)
		}
		return nil
	})

	env, _ := events.Encode(events.Gap{
		Number: 1, Stage: events.GapClosed, Cause: events.GapByOverflow, Lane: events.High, Dropped: 12,
	})
	_ = mux.Dispatch(context.Background(), env)
	// Output: events may be missing on lane high: overflow, 12 dropped
}
