package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// askedFor returns how many questions REST has answered since then, by the log.
func (r *rig) askedFor(since int) (n int) {
	for _, q := range r.node.Log()[since:] {
		if q.Part == refserver.REST {
			n++
		}
	}
	return n
}

// A proposer a year ahead does not stop what is read by REST: an outage is read from
// its beginning, page by page, and not back from the tips, message by message.
func TestTheNewestTimestampIsNotTheAnchor(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{Subscription: subscription.To(events.TypeMessageAdded)})
		r.connected(m)
		pass(20 * time.Second)
		r.node.AddMessage(refserver.AddOptions{})
		pass(time.Minute)
		last := r.node.AddMessage(refserver.AddOptions{Parents: []string{}, At: time.Now().AddDate(1, 0, 0)})
		pass(2 * time.Minute)
		for range 5 {
			r.net.Refuse(address, true)
			r.net.Reset(address)
			for range 100 {
				last = r.node.AddMessage(refserver.AddOptions{Parents: []string{last}})
				pass(time.Second)
			}
			before := len(r.node.Log())
			r.net.Refuse(address, false)
			pass(2 * time.Minute)
			r.once(t, events.TypeMessageAdded, r.added())
			assert.Less(t, r.askedFor(before), 25)
		}
	})
}

// After an outage of an hour the first thing that comes is a live event. What the
// hour brought is read from its beginning.
func TestTheNewestLiveEventIsNotTheAnchor(t *testing.T) {
	t.Parallel()
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(by.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
				m, _ := r.follow(client.Options{Fallback: only(by), Subscription: subscription.To(events.TypeMessageAdded)})
				r.connected(m)
				pass(20 * time.Second)
				r.node.AddMessage(refserver.AddOptions{})
				pass(time.Minute)
				r.net.Refuse(address, true)
				r.net.Reset(address)
				hour := 0
				last := r.node.AddMessage(refserver.AddOptions{})
				for range 360 {
					last = r.node.AddMessage(refserver.AddOptions{Parents: []string{last}})
					pass(10 * time.Second)
					hour++
				}
				r.node.Refuse(refserver.REST, refserver.Answer{Status: 503})
				r.net.Refuse(address, false)
				pass(2 * time.Minute)
				r.connected(m)
				id := r.node.AddMessage(refserver.AddOptions{Parents: []string{last}})
				pass(20 * time.Second)
				require.Contains(t, r.ids(t, events.TypeMessageAdded), id)
				require.Less(t, len(r.seen(events.TypeMessageAdded)), hour)
				before := len(r.node.Log())
				r.node.Heal(refserver.REST)
				pass(90 * time.Second)
				r.once(t, events.TypeMessageAdded, r.added())
				assert.Less(t, r.askedFor(before), 25)
			})
		})
	}
}

// REST is away when a node comes back with an empty store, and the stream tells of new
// messages before anything can be asked. They are no proof of the history before them.
func TestWhatCameSinceTheConnectIsNoProof(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{})
		r.connected(m)
		for range 5 {
			r.node.AddMessage(refserver.AddOptions{})
			pass(10 * time.Second)
		}
		r.node.Refuse(refserver.REST, refserver.Answer{Status: 503})
		r.node.NewHistory(2)
		pass(2 * time.Second)
		r.connected(m)
		r.node.AddMessage(refserver.AddOptions{})
		pass(time.Second)
		assert.NotContains(t, r.episodes(t), events.GapByHistory, "nobody can know yet")
		r.node.Heal(refserver.REST)
		pass(time.Minute)
		assert.Contains(t, r.episodes(t), events.GapByHistory)
	})
}
