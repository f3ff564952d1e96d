package refserver_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
)

// What proposers' clocks and late arrivals do to what REST says.
func TestClocksOfProposers(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		now := time.Now()
		anchor := r.AddMessage(refserver.AddOptions{})
		fast := r.AddMessage(refserver.AddOptions{At: now.AddDate(1, 0, 0), Parents: []string{}})
		slow := r.AddMessage(refserver.AddOptions{At: now.AddDate(-1, 0, 0), Parents: []string{}, Peer: true})
		late := r.AddMessage(refserver.AddOptions{At: now.Add(-time.Second), Parents: []string{"ff"}, Silent: true})
		assert.Equal(t, []string{anchor, fast, slow, late}, messageIDs(r.Server))
		assert.ElementsMatch(t, []string{anchor, fast, slow, late}, r.Tips())
		_, body := r.get("/v1/messages/since/" + anchor)
		assert.Contains(t, body, `"count":1,`)
		assert.Contains(t, body, fast)

		assert.True(t, r.DropMessage(slow))
		assert.NotContains(t, r.Tips(), slow)
		_, body = r.get("/v1/messages/bulk?ids=" + slow)
		assert.Contains(t, body, `"not_found":["`+slow+`"]`)
	})
}

// Peers push messages into the store of a node whose main loop has ended.
func TestADeadNodeGrows(t *testing.T) {
	cfg := refserver.Config{Dialect: refserver.Node, FinalAfter: time.Second}
	inBubble(t, cfg, func(t *testing.T, r *rig) {
		r.run()
		ws := r.socket("")
		ws.frames()
		r.Dead(true)
		var ids []string
		for range 5 {
			ids = append(ids, r.AddMessage(refserver.AddOptions{Peer: true}))
		}
		r.AddMessage(refserver.AddOptions{})
		assert.True(t, r.Finalize(ids[4], false))
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Empty(t, ws.frames())
		assert.Len(t, r.Messages(), 6)
		assert.Contains(t, r.Finals(), ids[0])
		_, body := r.get("/v1/messages/bulk?ids=" + ids[0])
		assert.Contains(t, body, `"not_found":[]`)
		r.Dead(false)
		time.Sleep(6 * time.Second)
		assert.NotContains(t, ws.types(), "MessageAdded", "what was not said then is never said")
	})
}
