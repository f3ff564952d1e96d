package transport_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// ago is a message of the past, from a peer, on given parents.
func ago(d time.Duration, parents ...string) refserver.AddOptions {
	if parents == nil {
		parents = []string{}
	}
	return refserver.AddOptions{Peer: true, Parents: parents, At: time.Now().Add(-d)}
}

// What arrives with an old timestamp is behind the anchor, where since is blind:
// the walk from the tips finds it, through its children if it has some.
func TestPollLateArrival(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.node.AddMessage(refserver.AddOptions{})
		s := rig.open(events.TypeMessageAdded)
		for range 24 {
			wait(time.Second)
			rig.node.AddMessage(refserver.AddOptions{})
			if time.Now().Second()%5 == 0 {
				rig.poll(s)
			}
		}
		rig.polls(s, 5)
		rig.added = nil

		alone := rig.node.AddMessage(ago(40 * time.Second))
		grandparent := rig.node.AddMessage(ago(45 * time.Second))
		parent := rig.node.AddMessage(ago(50*time.Second, grandparent))
		child := rig.node.AddMessage(ago(time.Second, parent, alone))
		history := rig.node.AddMessage(ago(30 * time.Minute))
		rig.poll(s)
		assert.ElementsMatch(t, []string{alone, grandparent, parent, child}, rig.added)
		assert.Less(t, index(rig.added, grandparent), index(rig.added, parent), "parents first, whatever their clocks say")
		assert.Less(t, index(rig.added, parent), index(rig.added, child))
		rig.polls(s, 30)
		assert.Len(t, rig.added, 4)
		assert.NotContains(t, rig.added, history, "below the horizon")
		rig.look()
		rig.polls(s, 6)
		assert.Zero(t, asks(rig.look(), "bulk"), "and known: nobody asks for it again")
	})
}

// same reports whether two lists have the same elements.
func same(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func index(list []string, want string) int {
	for i, s := range list {
		if s == want {
			return i
		}
	}
	return -1
}

// More messages in one millisecond than fit on a page do not hold the reader up.
func TestPollTies(t *testing.T) {
	for _, n := range []int{500, 1001} {
		pollTest(t, func(t *testing.T, rig *pollRig) {
			first := rig.node.AddMessage(refserver.AddOptions{})
			s := rig.open(events.TypeMessageAdded)
			rig.polls(s, 4)
			wait(time.Second)
			var all []string
			for range n {
				all = append(all, rig.node.AddMessage(refserver.AddOptions{Parents: []string{first}}))
			}
			rig.polls(s, 5)
			assert.True(t, same(all, rig.added), "%d of %d", len(rig.added), n)
			wait(time.Second)
			later := rig.node.AddMessage(refserver.AddOptions{})
			rig.polls(s, 3)
			assert.Contains(t, rig.added, later)
			assert.Len(t, rig.added, n+1)
		})
	}
}

// An outage is read from its beginning, over several polls if it was long, and
// each message once.
func TestPollCatchesUp(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.node.AddMessage(refserver.AddOptions{})
		s := rig.open(events.TypeMessageAdded)
		rig.polls(s, 4)
		s.Close()
		var all []string
		for range 2200 {
			wait(100 * time.Millisecond)
			all = append(all, rig.node.AddMessage(refserver.AddOptions{}))
		}
		s = rig.open(events.TypeMessageAdded)
		assert.Less(t, len(rig.polls(s, 1)), 2100, "a poll has an end")
		rig.polls(s, 2)
		assert.True(t, slices.Equal(all, rig.added), "in order: %d of %d", len(rig.added), len(all))
		assert.LessOrEqual(t, asks(rig.look(), ""), 120)
	})
}

// Facts that another transport handed on are not handed on again; those that it
// did not announce are.
func TestPollAfterStream(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.node.AddMessage(refserver.AddOptions{})
		rig.books.Begin(time.Now()) // the stream's connection
		var silent []string
		for n := range 1000 {
			wait(time.Second)
			id := rig.node.AddMessage(refserver.AddOptions{})
			if n%2 == 0 {
				assert.True(t, rig.books.Added(id, time.Now()))
				continue
			}
			silent = append(silent, id)
		}
		s := rig.open(events.TypeMessageAdded)
		rig.polls(s, 5)
		assert.True(t, same(silent, rig.added), "%d of %d", len(rig.added), len(silent))
	})
}

// What a closed stream had found and nobody read is told by the next one.
func TestPollUnread(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open(events.TypeMessageAdded, events.TypeMessageFinalized)
		rig.poll(s)
		var all []string
		for range 10 {
			wait(10 * time.Millisecond)
			all = append(all, rig.node.AddMessage(refserver.AddOptions{}))
		}
		rig.node.Finalize(all[0], true)
		wait(time.Minute)
		for range 3 {
			f, err := s.Next()
			require.NoError(t, err)
			rig.handle(f)
		}
		s.Close()
		wait(10 * time.Minute)
		s = rig.open(events.TypeMessageAdded, events.TypeMessageFinalized)
		rig.polls(s, 8)
		assert.ElementsMatch(t, all, rig.added)
		assert.Equal(t, all[:1], rig.final)
	})
}

// Nothing new and no such anchor look alike: the anchor is proved once a minute,
// and replaced.
func TestPollAnchorUnknown(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		first := rig.node.AddMessage(refserver.AddOptions{})
		wait(time.Minute)
		second := rig.node.AddMessage(refserver.AddOptions{})
		s := rig.open(events.TypeMessageAdded)
		rig.polls(s, 5)
		id, _, ok := rig.books.Anchor()
		require.True(t, ok)
		require.Equal(t, second, id)

		require.True(t, rig.node.DropMessage(second)) // pruned
		rig.polls(s, 15)
		id, _, _ = rig.books.Anchor()
		assert.Equal(t, first, id, "the newest that the server knows")
		wait(time.Second)
		third := rig.node.AddMessage(refserver.AddOptions{Parents: []string{first}})
		rig.poll(s)
		assert.Equal(t, []string{third}, rig.added)

		// Another node at this address: nothing of what is known is there.
		rig.node.NewHistory(99)
		wait(time.Second)
		fourth := rig.node.AddMessage(refserver.AddOptions{})
		rig.polls(s, 15)
		assert.Equal(t, []string{third, fourth}, rig.added)
		id, _, _ = rig.books.Anchor()
		assert.Equal(t, fourth, id)
	})
}

// A proposer whose clock is a year ahead is never the anchor: it would hide all
// that comes.
func TestPollFastClock(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		first := rig.node.AddMessage(refserver.AddOptions{})
		s := rig.open(events.TypeMessageAdded)
		rig.polls(s, 4)
		fast := rig.node.AddMessage(ago(-365*24*time.Hour, first))
		rig.polls(s, 4)
		assert.Equal(t, []string{fast}, rig.added)
		var all []string
		for range 50 {
			wait(time.Second)
			all = append(all, rig.node.AddMessage(refserver.AddOptions{Parents: []string{first}}))
		}
		rig.polls(s, 4)
		assert.Equal(t, append([]string{fast}, all...), rig.added)
	})
}

// A parent that the server does not have ends in a question a minute.
func TestPollPrunedParent(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open(events.TypeMessageAdded)
		rig.poll(s)
		wait(time.Second)
		gone := rig.node.AddMessage(refserver.AddOptions{})
		child := rig.node.AddMessage(refserver.AddOptions{Parents: []string{gone}, At: time.Now().Add(time.Millisecond)})
		rig.node.DropMessage(gone)
		rig.polls(s, 8)
		assert.Equal(t, []string{child}, rig.added)
		rig.look()
		rig.polls(s, 24)
		assert.LessOrEqual(t, asks(rig.look(), "bulk"), 2+2, "two minutes: the parent, and the anchor")
	})
}

// Many tips and a deep past are no flood, and do not keep the first poll.
func TestPollLargeDAG(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		root := rig.node.AddMessage(refserver.AddOptions{})
		for range 600 {
			rig.node.AddMessage(refserver.AddOptions{Parents: []string{root}})
		}
		chain := root
		for range 200 {
			wait(200 * time.Millisecond)
			chain = rig.node.AddMessage(refserver.AddOptions{Parents: []string{chain}})
		}
		from := time.Now()
		s := rig.open(events.TypeTipsUpdated, events.TypeMessageAdded)
		assert.Zero(t, time.Since(from), "within the burst of the budget")
		rig.poll(s)
		wait(time.Second)
		id := rig.node.AddMessage(refserver.AddOptions{Parents: []string{chain}})
		rig.polls(s, 2)
		assert.Equal(t, []string{id}, rig.added)
		rig.polls(s, 8)
		assert.Equal(t, []string{id}, rig.added)
		late := rig.node.AddMessage(ago(30 * time.Second))
		rig.polls(s, 2)
		assert.Equal(t, []string{id, late}, rig.added)
	})
}

// Without since the walk alone finds everything, without bulk it goes step by
// step, and the other way round.
func TestPollHalfOfTheEndpoints(t *testing.T) {
	for _, gone := range [][]string{{"/messages/since/"}, {"/messages/bulk"}, {"/messages/since/", "/messages/bulk"}} {
		pollTest(t, func(t *testing.T, rig *pollRig) {
			rig.refuse(http.StatusNotFound, gone...)
			rig.node.AddMessage(refserver.AddOptions{})
			s := rig.open(events.TypeMessageAdded)
			rig.poll(s)
			assert.Nil(t, rig.dialer.Missing())
			var all []string
			for range 30 {
				wait(500 * time.Millisecond)
				all = append(all, rig.node.AddMessage(refserver.AddOptions{}))
				all = append(all, rig.node.AddMessage(ago(20*time.Second)))
			}
			rig.polls(s, 12)
			assert.ElementsMatch(t, all, rig.added, "%v", gone)
		})
	}
}

// A server that has no tips can be followed from an anchor on.
func TestPollNoTips(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		first := rig.node.AddMessage(refserver.AddOptions{})
		rig.refuse(http.StatusNotFound, "/tips")
		rig.books.Begin(time.Now())
		rig.books.Added(first, time.Now()) // a stream announced it
		s := rig.open(events.TypeTipsUpdated, events.TypeMessageAdded)
		assert.Equal(t, []events.Type{events.TypeTipsUpdated}, rig.dialer.Missing())
		rig.poll(s)
		wait(time.Second)
		id := rig.node.AddMessage(refserver.AddOptions{})
		rig.polls(s, 2)
		assert.Equal(t, []string{id}, rig.added)
		got, _, _ := rig.books.Anchor()
		assert.Equal(t, first, got)
		rig.polls(s, 4)
		got, _, _ = rig.books.Anchor()
		assert.Equal(t, id, got, "passes end without the tips")
	})
}

// A single message that the server sends no answer for ends the walk, not the
// poll.
func TestPollSingleFails(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.node.AddMessage(refserver.AddOptions{})
		bad := http.StatusInternalServerError
		rig.change = func(w http.ResponseWriter, r *http.Request) bool {
			switch {
			case asks([]string{r.URL.Path}, "bulk") > 0:
				w.WriteHeader(http.StatusNotFound)
			case asks([]string{r.URL.Path}, "/v1/messages/") > 0 && bad != 0:
				w.WriteHeader(bad)
			default:
				return false
			}
			return true
		}
		s := rig.open(events.TypeTipsUpdated, events.TypeMessageAdded)
		frames := rig.poll(s)
		assert.Equal(t, wire.Refusal, frames[len(frames)-1].Kind)
		assert.Equal(t, "messages: status 500", frames[len(frames)-1].Text)
		wait(time.Second)
		id := rig.node.AddMessage(refserver.AddOptions{})
		bad = 0
		rig.polls(s, 3)
		assert.Equal(t, []string{id}, rig.added)
	})
}

// The messages of one poll come parents first.
func TestPollOrder(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		first := rig.node.AddMessage(refserver.AddOptions{})
		s := rig.open(events.TypeMessageAdded)
		rig.polls(s, 5)
		chain := []string{first}
		for n := range 100 {
			chain = append(chain, rig.node.AddMessage(ago(time.Duration(n%7)*time.Second, chain[n])))
		}
		rig.poll(s)
		assert.True(t, slices.Equal(chain[1:], rig.added), "%d of 100", len(rig.added))
	})
}

// A chain that grows faster than it can be walked back is read from its middle on
// with since.
func TestPollChainFromNothing(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open(events.TypeMessageAdded)
		rig.poll(s)
		var chain []string
		grow := func() {
			wait(100 * time.Millisecond)
			parents := chain[max(0, len(chain)-1):]
			chain = append(chain, rig.node.AddMessage(refserver.AddOptions{Parents: append([]string{}, parents...)}))
		}
		for range 100 {
			grow()
		}
		for range 20 {
			rig.poll(s)
			for range 49 {
				grow()
			}
		}
		rig.polls(s, 2)
		assert.True(t, same(chain, rig.added), "%d of %d", len(rig.added), len(chain))
	})
}

// A dialer without books keeps some of its own.
func TestPollOwnBooks(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		d := rig.newDialer(func(c *transport.Config) { c.Books = nil })
		s, err := d.Open(t.Context(), fallback.Polling, nil)
		require.NoError(t, err)
		defer s.Close()
		rig.poll(s)
		wait(time.Second)
		id := rig.node.AddMessage(refserver.AddOptions{})
		rig.polls(s, 2)
		assert.Equal(t, []string{id}, rig.added)
	})
}
