package transport_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/adic/adic-go/subscription/events"
)

// Finalizations that nobody announces are found when the count rises: own ones by
// the deposits' hint, those of peers by asking, each after its message and once.
func TestPollFinality(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.node.AddMessage(refserver.AddOptions{})
		s := rig.open(events.TypeMessageAdded, events.TypeMessageFinalized)
		rig.poll(s)
		var all []string
		for n := range 40 {
			wait(time.Second)
			all = append(all, rig.node.AddMessage(refserver.AddOptions{Peer: n%2 == 0}))
			if n > 10 {
				rig.node.Finalize(all[n-10], true)
			}
			if n%5 == 4 {
				rig.poll(s)
			}
		}
		rig.polls(s, 12)
		assert.True(t, same(rig.node.Finals(), rig.final), "%d of %d", len(rig.final), len(rig.node.Finals()))
		assert.True(t, same(all, rig.added))
		assert.LessOrEqual(t, asks(rig.look(), ""), 200, "requests in 100 s")
	})
}

// A message that is final when it is found is added first.
func TestPollFinalAtOnce(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open(events.TypeMessageFinalized, events.TypeMessageAdded)
		rig.polls(s, 2)
		wait(100 * time.Millisecond)
		id := rig.node.AddMessage(refserver.AddOptions{})
		rig.node.FinalizeHomology(id)
		frames := rig.polls(s, 2)
		assert.Equal(t, []events.Type{events.TypeMessageAdded, events.TypeMessageFinalized}, typesOf(frames))
		assert.Equal(t, events.FinalityHomology, lastOf[events.MessageFinalized](t, frames).FinalityType)
		assert.Equal(t, id, lastOf[events.MessageFinalized](t, frames).MessageID)
	})
}

// History that was final before the first poll is not told; what becomes final
// after it is, however old.
func TestPollFinalityOfHistory(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		var ids []string
		for n := range 12 {
			wait(5 * time.Second)
			ids = append(ids, rig.node.AddMessage(refserver.AddOptions{}))
			if n < 8 {
				rig.node.Finalize(ids[n], true)
			}
		}
		s := rig.open(events.TypeMessageAdded, events.TypeMessageFinalized)
		rig.polls(s, 10)
		assert.Empty(t, rig.added)
		assert.Empty(t, rig.final)
		rig.node.Finalize(ids[9], true)
		rig.node.Finalize(ids[11], true)
		rig.polls(s, 3)
		assert.ElementsMatch(t, []string{ids[9], ids[11]}, rig.final)
		assert.Empty(t, rig.added)
	})
}

// A count that rises for what the server does not have, a peer's artifacts, ends
// in no storm.
func TestPollUnexplained(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		for range 30 {
			rig.node.AddMessage(refserver.AddOptions{})
		}
		gone := rig.node.AddMessage(refserver.AddOptions{Peer: true})
		s := rig.open(events.TypeMessageFinalized)
		rig.polls(s, 24)
		rig.node.Finalize(gone, true)
		rig.node.DropMessage(gone)
		rig.polls(s, 24)
		rig.look()
		rig.polls(s, 60)
		assert.LessOrEqual(t, asks(rig.look(), "/v1/finality/*"), 15, "three a minute")
		assert.LessOrEqual(t, len(rig.final), 1)
	})
}

// A node that is restarted counts anew; what becomes final again is told once.
func TestPollCountFalls(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open(events.TypeMessageAdded, events.TypeMessageFinalized)
		rig.poll(s)
		wait(time.Second)
		first := rig.node.AddMessage(refserver.AddOptions{})
		second := rig.node.AddMessage(refserver.AddOptions{})
		rig.node.Finalize(first, true)
		rig.polls(s, 3)
		assert.Equal(t, []string{first}, rig.final)
		rig.node.Restart()
		rig.polls(s, 3)
		rig.node.Finalize(first, true)
		rig.node.Finalize(second, true)
		rig.polls(s, 6)
		assert.Equal(t, []string{first, second}, rig.final)
	})
}

// Without the count the slow sweep and the deposits find what is final.
func TestPollNoCount(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.refuse(http.StatusNotFound, "kcore")
		s := rig.open(events.TypeKCoreUpdated, events.TypeMessageFinalized)
		assert.Equal(t, []events.Type{events.TypeKCoreUpdated}, rig.dialer.Missing())
		rig.poll(s)
		wait(time.Second)
		own := rig.node.AddMessage(refserver.AddOptions{})
		peers := rig.node.AddMessage(refserver.AddOptions{Peer: true})
		rig.node.Finalize(own, true)
		rig.node.Finalize(peers, true)
		rig.polls(s, 2)
		assert.Contains(t, rig.final, own)
		rig.polls(s, 10)
		assert.ElementsMatch(t, []string{own, peers}, rig.final)
	})
}

// A server that knows nothing about an id says 404: not final.
func TestPollFinality404(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open(events.TypeMessageAdded, events.TypeMessageFinalized)
		rig.poll(s)
		wait(time.Second)
		id := rig.node.AddMessage(refserver.AddOptions{Peer: true})
		rig.node.Finalize(id, true)
		hide := true
		rig.change = func(w http.ResponseWriter, r *http.Request) bool {
			if !hide || !strings.HasSuffix(r.URL.Path, "/finality/"+id) {
				return false
			}
			w.WriteHeader(http.StatusNotFound)
			return true
		}
		frames := rig.polls(s, 3)
		assert.Equal(t, []events.Type{events.TypeMessageAdded}, typesOf(frames))
		hide = false
		rig.polls(s, 10)
		assert.Equal(t, []string{id}, rig.final)
	})
}

// A busy node: deposits hint, and the budget is kept.
func TestPollBusy(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open()
		rig.poll(s)
		rig.look()
		var all []string
		for range 24 {
			for range 6 { // 72 a minute
				wait(800 * time.Millisecond)
				all = append(all, rig.node.AddMessage(refserver.AddOptions{}))
			}
			for n := range all {
				if n < len(all)-ledger.K && n%2 == 0 {
					rig.node.Finalize(all[n], true)
				}
			}
			rig.poll(s)
		}
		assert.LessOrEqual(t, asks(rig.look(), ""), 240, "two minutes")
		rig.polls(s, 12)
		assert.True(t, same(all, rig.added))
		assert.True(t, same(rig.node.Finals(), rig.final), "%d of %d", len(rig.final), len(rig.node.Finals()))
	})
}
