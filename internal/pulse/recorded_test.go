package pulse_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/subscription/events"
)

// A recordedBeat is a row of testdata/beats.jsonl: a beat of a node 0.3.0 or
// 0.1.10 as it came over a connection.
type recordedBeat struct {
	On        string      `json:"on"` // recording and connection
	T         float64     `json:"t"`  // seconds
	Type      events.Type `json:"type"`
	Timestamp int64       `json:"timestamp"`
}

// recordings returns the recorded beats of each connection.
func recordings(t *testing.T) map[string][]recordedBeat {
	t.Helper()
	text, err := os.ReadFile("testdata/beats.jsonl")
	require.NoError(t, err)
	all := map[string][]recordedBeat{}
	for line := range strings.Lines(string(text)) {
		var b recordedBeat
		require.NoError(t, json.Unmarshal([]byte(line), &b))
		all[b.On] = append(all[b.On], b)
	}
	require.Len(t, all, 8, "two nodes, a pair and twins")
	return all
}

// Idle nodes, busy ones, faucet transfers and 70 messages a minute: no connection
// missed a beat, and none is found missing.
func TestRecordedBeatsHaveNoHoleAndNoSilence(t *testing.T) {
	for on, beats := range recordings(t) {
		t.Run(on, func(t *testing.T) {
			p := pulse.New(host, time.Time{})
			for _, b := range beats {
				v, again := p.Look(at(b.T))
				assert.Equal(t, pulse.Fine, v, "at %.3f s", b.T)
				assert.True(t, again.After(at(b.T)))
				_, ok := p.Beat(b.Type, time.Unix(b.Timestamp, 0), at(b.T))
				assert.False(t, ok, "at %.3f s", b.T)
			}
		})
	}
}

// Without any two beats of the idle node's tips there is a hole, and one alone may
// be too few for whole seconds to show.
func TestARecordingWithoutTwoOfItsBeatsHasAHole(t *testing.T) {
	var beats []recordedBeat
	for _, b := range recordings(t)["node-0.3.0-live/ws"] {
		if b.Type == tips {
			beats = append(beats, b)
		}
	}
	require.Greater(t, len(beats), 15)
	for gone := 1; gone+2 < len(beats); gone++ {
		p := pulse.New(host, time.Time{})
		holes := 0
		for i, b := range beats {
			if i == gone || i == gone+1 {
				continue
			}
			if _, ok := p.Beat(b.Type, time.Unix(b.Timestamp, 0), at(b.T)); ok {
				holes++
				assert.Equal(t, gone+2, i)
			}
		}
		assert.Equal(t, 1, holes, "without beats %d and %d", gone, gone+1)
	}
}
