package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// A proposer a year ahead does not stop what is read by REST.
func TestTheNewestTimestampIsNotTheAnchor(t *testing.T) {
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{})
		r.connected(m)
		pass(20 * time.Second)
		ids := []string{r.node.AddMessage(refserver.AddOptions{At: time.Now().AddDate(1, 0, 0)})}
		pass(2 * time.Minute)
		for range 10 {
			// Nothing refers to it, and the tips of a dead node's stream do not tell: it is
			// shown by what is newer than the anchor.
			id := r.node.AddMessage(refserver.AddOptions{Peer: true, Silent: true, Parents: []string{ids[len(ids)-1]}})
			r.node.AddMessage(refserver.AddOptions{Silent: true, Parents: []string{id}})
			ids = append(ids, id)
			pass(70 * time.Second)
		}
		got := r.ids(t, events.TypeMessageAdded)
		for _, id := range ids {
			assert.Contains(t, got, id)
		}
		r.once(t, events.TypeMessageAdded, r.added())
	})
}

// After an outage of an hour the first thing that comes is a live event. What the
// hour brought is read from its beginning.
func TestTheNewestLiveEventIsNotTheAnchor(t *testing.T) {
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(by.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
				m, _ := r.follow(client.Options{Fallback: only(by)})
				r.connected(m)
				pass(20 * time.Second)
				r.node.AddMessage(refserver.AddOptions{})
				pass(time.Minute)
				r.net.Refuse(address, true)
				r.net.Reset(address)
				hour := 0
				for range 60 {
					// Orphans: nothing that is newer leads to them.
					r.node.AddMessage(refserver.AddOptions{Parents: []string{}})
					pass(time.Minute)
					hour++
				}
				r.node.Refuse(refserver.REST, refserver.Answer{Status: 503})
				r.net.Refuse(address, false)
				pass(2 * time.Minute)
				r.connected(m)
				id := r.node.AddMessage(refserver.AddOptions{})
				pass(20 * time.Second)
				require.Contains(t, r.ids(t, events.TypeMessageAdded), id)
				require.Less(t, len(r.seen(events.TypeMessageAdded)), hour)
				r.node.Heal(refserver.REST)
				pass(3 * time.Minute)
				r.once(t, events.TypeMessageAdded, r.added())
			})
		})
	}
}
