package handlers_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

func TestHandlersRunInTheOrderOfRegistration(t *testing.T) {
	var m handlers.Mux
	var d diary
	on[events.TipsUpdated](&m, &d, "tips 1")
	m.OnAny(d.note("any 1"))
	on[events.MessageAdded](&m, &d, "added")
	on[events.TipsUpdated](&m, &d, "tips 2")
	m.OnAny(d.note("any 2"))
	on[events.TipsUpdated](&m, &d, "tips 3")
	m.OnGap(func(context.Context, events.Gap) error { d = append(d, "gap"); return nil })

	for _, c := range []struct {
		env  events.Envelope
		want diary
	}{
		{tips, diary{"tips 1", "any 1", "tips 2", "any 2", "tips 3"}},
		{events.Envelope{Type: events.TypeMessageAdded, Data: []byte(`{}`)}, diary{"any 1", "added", "any 2"}},
		{gossip, diary{"any 1", "any 2"}},
		{events.Envelope{Type: events.TypeGap, Data: []byte(`{}`)}, diary{"any 1", "any 2", "gap"}},
		{events.Envelope{}, diary{"any 1", "any 2"}},
	} {
		d = nil
		dispatch(t, &m, c.env)
		assert.Equal(t, c.want, d, "%s", c.env.Type)
	}
}

func TestOrderSurvivesRemovalAndReturn(t *testing.T) {
	var m handlers.Mux
	var d diary
	first := on[events.TipsUpdated](&m, &d, "1")
	on[events.TipsUpdated](&m, &d, "2")
	m.OnAny(d.note("3"))
	first()
	on[events.TipsUpdated](&m, &d, "1 again")
	dispatch(t, &m, tips)
	assert.Equal(t, diary{"2", "3", "1 again"}, d)
}

func TestTypesAreWhatToAskFor(t *testing.T) {
	var m handlers.Mux
	var d diary
	assert.Equal(t, []events.Type{}, m.Types(), "nothing, which is not everything")

	m.OnGap(func(context.Context, events.Gap) error { return nil })
	assert.Equal(t, []events.Type{}, m.Types(), "a gap is not asked for")

	added := on[events.MessageAdded](&m, &d, "added")
	on[events.TipsUpdated](&m, &d, "tips")
	on[events.MessageAdded](&m, &d, "added")
	assert.Equal(t, []events.Type{events.TypeMessageAdded, events.TypeTipsUpdated}, m.Types())

	remove := m.OnAny(d.note("any"))
	assert.Nil(t, m.Types(), "everything")
	remove()
	added()
	assert.Equal(t, []events.Type{events.TypeTipsUpdated, events.TypeMessageAdded}, m.Types())

	m.Types()[0] = "mine"
	assert.Equal(t, []events.Type{events.TypeTipsUpdated, events.TypeMessageAdded}, m.Types())
}

func TestHandles(t *testing.T) {
	var m handlers.Mux
	var d diary
	on[events.TipsUpdated](&m, &d, "tips")
	assert.True(t, m.Handles(events.TypeTipsUpdated))
	assert.False(t, m.Handles(events.TypeMessageAdded))
	assert.False(t, m.Handles(events.TypeGap))
	remove := m.OnAny(d.note("any"))
	assert.True(t, m.Handles(events.TypeMessageAdded))
	assert.True(t, m.Handles("Gossip"))
	assert.True(t, m.Handles(events.TypeGap))
	remove()
	assert.False(t, m.Handles("Gossip"))
}

func TestNilMuxIsEmpty(t *testing.T) {
	var m *handlers.Mux
	remove := m.OnAny(func(context.Context, events.Envelope) error { return assert.AnError })
	on[events.TipsUpdated](m, nil, "tips")
	m.OnGap(nil)
	remove()
	assert.NoError(t, m.Dispatch(context.Background(), tips))
	assert.NoError(t, m.Err())
	assert.False(t, m.Handles(events.TypeTipsUpdated))
	assert.Equal(t, []events.Type{}, m.Types())
}
