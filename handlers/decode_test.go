package handlers_test

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

// decodes counts how often a counted was decoded.
var decodes atomic.Int64

// counted is the payload of TipsUpdated, decoded with a count; rival is another
// struct for it.
type (
	counted struct {
		Tips []string `json:"tips"`
	}
	rival struct {
		Count int `json:"count"`
	}
)

func (counted) Type() events.Type { return events.TypeTipsUpdated }
func (rival) Type() events.Type   { return events.TypeTipsUpdated }

func (c *counted) UnmarshalJSON(data []byte) error {
	decodes.Add(1)
	type plain counted
	return json.Unmarshal(data, (*plain)(c))
}

func TestAnEventIsDecodedOnceForAllHandlersOfItsStruct(t *testing.T) {
	for handlersOfIt, want := range []int64{0, 1, 1, 1} {
		var m handlers.Mux
		var got []any
		for range handlersOfIt {
			handlers.On(&m, func(_ context.Context, e counted) error { got = append(got, e); return nil })
		}
		handlers.On(&m, func(_ context.Context, e rival) error { got = append(got, e); return nil })
		for range handlersOfIt {
			handlers.On(&m, func(_ context.Context, e counted) error { got = append(got, e); return nil })
		}
		m.OnAny(func(context.Context, events.Envelope) error { return nil })

		decodes.Store(0)
		dispatch(t, &m, tips)
		assert.Equal(t, want, decodes.Load())
		require.Len(t, got, 2*handlersOfIt+1)
		for i, e := range got {
			if i == handlersOfIt {
				assert.Equal(t, rival{Count: 2}, e, "each struct is filled in its own way")
			} else {
				assert.Equal(t, counted{Tips: []string{"a", "b"}}, e)
			}
		}
	}
}

func TestTwoHandlersAreEnoughToShare(t *testing.T) {
	var m handlers.Mux
	var d diary
	on[counted](&m, &d, "1")
	on[counted](&m, &d, "2")
	decodes.Store(0)
	dispatch(t, &m, tips)
	assert.Equal(t, int64(1), decodes.Load())
	assert.Equal(t, diary{"1", "2"}, d)
}

func TestADecodeErrorIsSharedToo(t *testing.T) {
	var m handlers.Mux
	var d diary
	on[counted](&m, &d, "1")
	on[counted](&m, &d, "2")
	on[rival](&m, &d, "3")
	decodes.Store(0)
	err := m.Dispatch(context.Background(), events.Envelope{Type: events.TypeTipsUpdated, Data: []byte(`{"tips":3,"count":2}`)})
	var joined interface{ Unwrap() []error }
	require.ErrorAs(t, err, &joined)
	assert.Len(t, joined.Unwrap(), 2, "one for each handler")
	assert.Equal(t, int64(1), decodes.Load())
	assert.Equal(t, diary{"3"}, d)
}

// What one event was decoded to is in the way of none that comes later, or that a
// handler dispatches meanwhile.
func TestWhatIsSharedIsOfOneEventOnly(t *testing.T) {
	var m handlers.Mux
	var got []counted
	keep := func(_ context.Context, e counted) error { got = append(got, e); return nil }
	send := func(data string) error {
		return m.Dispatch(context.Background(), events.Envelope{Type: events.TypeTipsUpdated, Data: []byte(data)})
	}
	nested := false
	handlers.On(&m, func(_ context.Context, e counted) error {
		got = append(got, e)
		if nested {
			return nil
		}
		nested = true
		return send(`{"tips":["inner"]}`)
	})
	handlers.On(&m, keep)

	require.NoError(t, send(`{"tips":["outer"]}`))
	require.Error(t, send(`{"tips":3}`))
	require.NoError(t, send(`{}`))
	outer, inner := counted{Tips: []string{"outer"}}, counted{Tips: []string{"inner"}}
	assert.Equal(t, []counted{outer, inner, inner, outer, {}, {}}, got)
}

func TestAHandlerThatPanicsLeavesWhatIsDecodedToTheNext(t *testing.T) {
	var m handlers.Mux
	var d diary
	handlers.On(&m, func(context.Context, counted) error { panic("boom") })
	on[counted](&m, &d, "next")
	decodes.Store(0)
	require.EqualError(t, m.Dispatch(context.Background(), tips), "handlers: panic: boom")
	assert.Equal(t, int64(1), decodes.Load())
	assert.Equal(t, diary{"next"}, d)
}

func TestAnEventThatOnlyAnyHandlesIsNotDecoded(t *testing.T) {
	var m handlers.Mux
	m.OnAny(func(context.Context, events.Envelope) error { return nil })
	assert.NoError(t, m.Dispatch(context.Background(), events.Envelope{Type: events.TypeTipsUpdated, Data: []byte(`not JSON`)}))
}
