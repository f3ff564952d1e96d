package events_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

func TestPriorityText(t *testing.T) {
	for text, p := range map[string]events.Priority{"all": events.AnyPriority, "high": events.High, "medium": events.Medium, "low": events.Low} {
		assert.Equal(t, text, p.String())
		got, err := events.ParsePriority(text)
		require.NoError(t, err)
		assert.Equal(t, p, got)
	}
	got, err := events.ParsePriority("HIGH")
	require.NoError(t, err)
	assert.Equal(t, events.High, got)

	data, err := json.Marshal(map[events.Priority]int{events.High: 1, events.AnyPriority: 2})
	require.NoError(t, err)
	assert.JSONEq(t, `{"high":1,"all":2}`, string(data))
	var back map[events.Priority]int
	require.NoError(t, json.Unmarshal(data, &back))
	assert.Equal(t, map[events.Priority]int{events.High: 1, events.AnyPriority: 2}, back)
}

func TestPriorityRefusesOthers(t *testing.T) {
	for _, text := range []string{"", "urgent", "high,medium", " high", "1"} {
		p := events.Low
		err := p.UnmarshalText([]byte(text))
		require.ErrorContains(t, err, "events: unknown priority `"+text+"`: want high, medium, low or all")
		assert.Equal(t, events.Low, p)
	}
	assert.Equal(t, "invalid", events.Priority(4).String())
	_, err := events.Priority(4).MarshalText()
	require.EqualError(t, err, "events: invalid priority 4: want 0 to 3")
}
