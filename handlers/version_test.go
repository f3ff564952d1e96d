package handlers_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

func TestTheVersionChangesWithTheHandlers(t *testing.T) {
	var none *handlers.Mux
	assert.Zero(t, none.Version())
	var mux handlers.Mux
	seen := map[uint64]bool{mux.Version(): true}
	change := func(what string) {
		assert.False(t, seen[mux.Version()], what)
		seen[mux.Version()] = true
	}
	remove := handlers.On(&mux, func(context.Context, events.TipsUpdated) error { return nil })
	change("a handler more")
	remove()
	change("a handler less")
	before := mux.Version()
	remove()
	assert.Equal(t, before, mux.Version(), "it was gone")
	mux.OnAny(nil)
	change("a mistake")
	assert.Error(t, mux.Err())
}
