package handlers_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

func TestErrorsAreJoinedAndStopNobody(t *testing.T) {
	var m handlers.Mux
	var d diary
	first, second := errors.New("first"), errors.New("second")
	handlers.On(&m, func(context.Context, events.TipsUpdated) error { return first })
	on[events.TipsUpdated](&m, &d, "between")
	m.OnAny(func(context.Context, events.Envelope) error { return second })
	on[events.TipsUpdated](&m, &d, "last")

	err := m.Dispatch(context.Background(), tips)
	require.ErrorIs(t, err, first)
	require.ErrorIs(t, err, second)
	assert.Equal(t, diary{"between", "last"}, d)

	var joined interface{ Unwrap() []error }
	require.ErrorAs(t, err, &joined)
	assert.Equal(t, []error{first, second}, joined.Unwrap(), "one for each handler that failed, in order")
}

func TestPanicIsAnErrorAndStopsNobody(t *testing.T) {
	for name, c := range map[string]struct {
		value any
		text  string
		is    error
	}{
		"a word":             {"boom", "handlers: panic: boom", nil},
		"an error":           {io.ErrUnexpectedEOF, "handlers: panic: unexpected EOF", io.ErrUnexpectedEOF},
		"a number":           {42, "handlers: panic: 42", nil},
		"nil, as Go has it":  {nil, "handlers: panic: panic called with nil argument", nil},
		"an error's address": {&events.DecodeError{Type: "X", Want: "Y"}, "handlers: panic: events: decode `X`: cannot be a `Y`", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var m handlers.Mux
			var d diary
			handlers.On(&m, func(context.Context, events.TipsUpdated) error { panic(c.value) })
			on[events.TipsUpdated](&m, &d, "next")

			err := m.Dispatch(context.Background(), tips)
			var panicked *handlers.PanicError
			require.ErrorAs(t, err, &panicked)
			require.Contains(t, panicked.Error(), c.text) // a suffix of Go's own may follow
			assert.Contains(t, string(panicked.Stack), "errors_test.go", "the stack leads to the handler")
			assert.NotContains(t, panicked.Error(), "goroutine", "but is not in the text")
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			assert.Equal(t, diary{"next"}, d)
		})
	}
}

func TestAPanicValueThatIsNoErrorUnwrapsToNothing(t *testing.T) {
	assert.NoError(t, (&handlers.PanicError{Value: "boom"}).Unwrap())
}

// loud panics while it is decoded.
type loud struct{}

func (loud) Type() events.Type           { return events.TypeTipsUpdated }
func (*loud) UnmarshalJSON([]byte) error { panic("cannot read") }

func TestAPanicWhileDecodingIsIsolatedToo(t *testing.T) {
	var m handlers.Mux
	var d diary
	on[loud](&m, &d, "loud 1")
	on[loud](&m, &d, "loud 2")
	on[events.TipsUpdated](&m, &d, "tips")
	err := m.Dispatch(context.Background(), tips)
	require.EqualError(t, err, "handlers: panic: cannot read\nhandlers: panic: cannot read")
	assert.Equal(t, diary{"tips"}, d)
}

func TestAPayloadThatDoesNotDecodeIsTheHandlersError(t *testing.T) {
	var m handlers.Mux
	var d diary
	on[events.TipsUpdated](&m, &d, "tips")
	m.OnAny(d.note("any"))
	err := m.Dispatch(context.Background(), events.Envelope{Type: events.TypeTipsUpdated, Data: []byte(`{"tips":7}`)})
	var wrong *events.DecodeError
	require.ErrorAs(t, err, &wrong)
	assert.Equal(t, events.TypeTipsUpdated, wrong.Type)
	assert.Equal(t, diary{"any"}, d, "it is not passed on, but who wants it raw gets it")
}

func TestHandlersGetTheContextEvenIfItHasEnded(t *testing.T) {
	var m handlers.Mux
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(io.EOF)
	var seen []error
	m.OnAny(func(ctx context.Context, _ events.Envelope) error {
		seen = append(seen, context.Cause(ctx))
		return nil
	})
	require.NoError(t, m.Dispatch(ctx, tips))
	assert.Equal(t, []error{io.EOF}, seen)
}
