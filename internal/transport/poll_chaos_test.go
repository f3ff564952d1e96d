package transport_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
)

// TestPollChaos lets a DAG grow in every way that is awkward, before a server
// that fails in every way it can: in the end each message and each finalization
// was handed on exactly once, the message first.
func TestPollChaos(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			pollTest(t, func(t *testing.T, rig *pollRig) { chaos(t, rig, rand.New(rand.NewPCG(seed, 1)), 60) })
		})
	}
}

// The same with few requests a minute, so that each poll takes several rounds.
func TestPollChaosFewRequests(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.dialer = rig.newDialer(func(c *transport.Config) { c.Requests = 20 })
		chaos(t, rig, rand.New(rand.NewPCG(3, 1)), 300)
	})
}

// chaos ends with a number of polls without faults.
func chaos(t *testing.T, rig *pollRig, rng *rand.Rand, last int) {
	for range rng.IntN(30) {
		id := rig.node.AddMessage(refserver.AddOptions{})
		if rng.IntN(2) == 0 {
			rig.node.Finalize(id, true)
		}
		wait(time.Duration(rng.IntN(8000)) * time.Millisecond)
	}
	wait(time.Second)
	before := map[string]bool{}
	for _, m := range rig.node.Messages() {
		before[m.ID] = true
	}
	old := len(rig.node.Finals())
	s := rig.open()
	var all []string
	for range 40 {
		for range rng.IntN(12) {
			if id := grow(rig, rng, all); id != "" {
				all = append(all, id)
			}
		}
		fault(rig, rng)
		s = rig.attempt(t, s, rng)
	}
	rig.change, rig.fail = nil, nil
	for range last {
		s = rig.attempt(t, s, rng)
	}
	assert.True(t, same(all, rig.added), "%d messages of %d", len(rig.added), len(all))
	final := rig.node.Finals()[old:]
	for _, id := range final {
		if !before[id] {
			assert.Equal(t, 1, asks(rig.final, id), "finality of %s", id)
		}
	}
	for _, id := range rig.final {
		assert.True(t, slices.Contains(final, id) || before[id], "finality of %s was made up", id)
	}
}

// grow does one thing to the DAG. It returns the id of a new message.
func grow(rig *pollRig, rng *rand.Rand, all []string) string {
	wait(time.Duration(rng.IntN(700)) * time.Millisecond)
	some := func() []string {
		if len(all) == 0 {
			return []string{}
		}
		return []string{all[rng.IntN(len(all))], all[len(all)-1]}
	}
	switch rng.IntN(10) {
	case 0, 1, 2:
		return rig.node.AddMessage(refserver.AddOptions{})
	case 3:
		return rig.node.AddMessage(refserver.AddOptions{Peer: true, Parents: some(), At: time.Now().Truncate(5 * time.Second)})
	case 4:
		return rig.node.AddMessage(ago(time.Duration(rng.IntN(40))*time.Second, some()...))
	case 5:
		return rig.node.AddMessage(ago(-time.Duration(rng.IntN(100))*time.Minute, some()...)) // a fast clock
	default:
		if len(all) > 0 {
			rig.node.Finalize(all[rng.IntN(len(all))], true)
		}
		return ""
	}
}

// fault changes what is wrong with the server.
func fault(rig *pollRig, rng *rand.Rand) {
	parts := []string{"tips", "since", "bulk", "kcore", "deposits", "finality", "energy", ""}
	part := parts[rng.IntN(len(parts))]
	rig.change, rig.fail = nil, nil
	switch rng.IntN(8) {
	case 0:
		rig.refuse(http.StatusInternalServerError, part)
	case 1:
		rig.refuse(http.StatusNotFound, part)
	case 2:
		rig.fail = func(*http.Request) error {
			if rng.IntN(3) == 0 {
				return errors.New("reset")
			}
			return nil
		}
	case 3:
		rig.change = func(w http.ResponseWriter, _ *http.Request) bool {
			if rng.IntN(4) > 0 {
				return false
			}
			_, _ = w.Write([]byte(`{"messages":[{"id":"x"`))
			return true
		}
	}
}

// attempt makes one poll, on a new stream if the old one has ended or at random
// is left with its frames unread.
func (rig *pollRig) attempt(t *testing.T, s transport.Stream, rng *rand.Rand) transport.Stream {
	t.Helper()
	for s != nil {
		f, err := s.Next()
		if err != nil {
			break
		}
		rig.handle(f)
		if f.Kind == wire.Alive {
			return s
		}
		if rng.IntN(200) == 0 {
			s.Close()
			wait(time.Second)
			break
		}
	}
	s, err := rig.dialer.Open(t.Context(), fallback.Polling, nil)
	if err != nil {
		wait(5 * time.Second)
		return nil
	}
	t.Cleanup(s.Close)
	return s
}
