package client_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// The link is perfect, and the node announces half of its own messages, none of its
// peers' and 94 % of its finalizations.
func TestFault41UntrueNode(t *testing.T) {
	s := sheet{
		number: 41, name: "node announces half of its own messages, none of peers, 94 % of finalizations", seeds: 2,
		dialects: nodeOnly, config: func(cfg *refserver.Config) {
			seed := cfg.Seed
			*cfg = untrue()
			cfg.Seed = seed
		},
		note: "next event: from a message to its delivery", median: 7 * time.Second, worst: 7 * time.Second,
	}
	s.play(t, func(c *course) {
		pass(5 * time.Second) // the start read
		began := time.Now()
		shown := make(map[string]time.Time) // finalizations: since when REST shows them
		const messages = 70                 // a minute
		for time.Since(began) < 10*time.Minute {
			wait := time.Duration(c.rng.ExpFloat64() / messages * float64(time.Minute))
			for end := time.Now().Add(wait); time.Now().Before(end); {
				time.Sleep(min(100*time.Millisecond, time.Until(end)))
				c.shows(shown)
			}
			c.add(refserver.AddOptions{Peer: c.rng.Float64() < 0.2})
		}
		mean, _ := c.asked(began)
		assert.LessOrEqual(c.t, mean, 60.0, "requests a minute")
		for range 300 {
			pass(100 * time.Millisecond)
			c.shows(shown)
		}
		c.areInTime(shown)
	})
}

// shows notes which finalizations REST shows now.
func (c *course) shows(since map[string]time.Time) {
	finals := c.node.Finals()
	for _, id := range finals[min(len(since), len(finals)):] {
		since[id] = time.Now()
	}
}

// areInTime checks how late facts came, and notes that in the row.
func (c *course) areInTime(shown map[string]time.Time) {
	var late []time.Duration
	for _, env := range c.all() {
		id, _ := wire.MessageID(env.Data)
		switch {
		case env.Type == events.TypeMessageFinalized:
			late = append(late, env.Received.Sub(shown[id]))
		case env.Type == events.TypeMessageAdded && c.story.messages[id] != nil:
			c.row.next = append(c.row.next, env.Received.Sub(c.story.messages[id].arrived))
		}
	}
	if assert.Greater(c.t, len(late), 100, "finalizations") {
		assert.LessOrEqual(c.t, slices.Max(late), 30*time.Second, "finalizations")
	}
}

// Equal transfers within one second are as many as they are, also while one transport
// takes the place of another. Where there are no beats, a gap says that the switch may
// have lost or doubled some.
func TestFault43EqualTransfersDuringASwitch(t *testing.T) {
	s := sheet{
		number: 43, name: "three identical transfers in a second, during a change of transport", seeds: 3, bare: true,
		transports: []fallback.Transport{fallback.WebSocket}, options: wide,
	}
	s.play(t, func(c *course) {
		over := c.begins(faultTakeAway)
		c.node.Refuse(refserver.WebSocket, refserver.Answer{Status: 403})
		c.follows()
		c.busy(10 * time.Second)
		c.node.Heal(refserver.WebSocket)
		over()
		for range 240 {
			c.notice(events.TypeTransferRecorded, 2)
			pass(c.upTo(300 * time.Millisecond))
			serial := c.serial
			c.serial-- // the same once more
			c.notice(events.TypeTransferRecorded, 1)
			c.serial = serial
			pass(time.Second / 2)
		}
		assert.Equal(c.t, fallback.WebSocket, c.m.Health().Transport)
		for _, a := range c.evidence().accounts() {
			if c.story.node && a.lane == events.High {
				assert.Equal(c.t, a.said, a.came, "%s at %v", a.key, a.at)
			}
		}
	})
}
