package transport_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
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

// history gives the node a past: thirty messages in thirty seconds, most of them
// final.
func (rig *pollRig) history() {
	for n := range 30 {
		id := rig.node.AddMessage(refserver.AddOptions{})
		if n < 20 {
			rig.node.Finalize(id, true)
		}
		wait(time.Second)
	}
}

// firstStates are what a stream of all types begins with, on a node that has
// messages.
var firstStates = []events.Type{
	events.TypeTipsUpdated, events.TypeKCoreUpdated, events.TypeDiversityUpdated, events.TypeEnergyUpdated,
	events.TypeAdmissibilityUpdated, events.TypeEconomicsUpdated,
}

// begin polls until each of the states came, and returns how long that took.
func (rig *pollRig) begin(s transport.Stream) time.Duration {
	rig.t.Helper()
	from := time.Now()
	var all []events.Type
	for range 50 {
		all = append(all, typesOf(rig.poll(s))...)
		if !slices.ContainsFunc(firstStates, func(t events.Type) bool { return !slices.Contains(all, t) }) {
			return time.Since(from)
		}
	}
	require.Fail(rig.t, "states are missing", "%v", all)
	return 0
}

// follow lets the DAG grow, slowly, and polls until its state has been told.
func (rig *pollRig) follow(s transport.Stream) {
	rig.t.Helper()
	var frames []transport.Frame
	for range 12 {
		wait(10 * time.Second)
		rig.node.AddMessage(refserver.AddOptions{})
		frames = append(frames, rig.poll(s)...)
	}
	frames = append(frames, rig.polls(s, 20)...)
	assert.ElementsMatch(rig.t, rig.node.Tips(), lastOf[events.TipsUpdated](rig.t, frames).Tips)
}

// With few requests a minute a stream is usable after the first answer, and the
// rest of the first poll comes with the next ones.
func TestPollFewRequests(t *testing.T) {
	for requests, begun := range map[int]time.Duration{2: 10 * time.Minute, 5: 3 * time.Minute, 12: 2 * time.Minute, 20: time.Minute} {
		pollTest(t, func(t *testing.T, rig *pollRig) {
			rig.history()
			rig.dialer = rig.newDialer(func(c *transport.Config) { c.Requests = requests })
			from := time.Now()
			s := rig.open()
			assert.LessOrEqual(t, time.Since(from), 5*time.Second, "%d requests", requests)
			assert.LessOrEqual(t, rig.begin(s), begun, "%d requests", requests)
			rig.follow(s)
			s.Close()

			// Another one, with nothing left of the budget.
			s = rig.open()
			assert.Less(t, len(rig.poll(s)), 7)
			s.Close()
			minutes := time.Since(from).Minutes()
			assert.LessOrEqual(t, float64(asks(rig.look(), "")), float64(requests)*(minutes+1), "in %.1f minutes", minutes)
		})
	}
}

// A budget that the server's 429s have halved again and again is a small one.
func TestPollHalvedBudget(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.history()
		rig.refuse(http.StatusTooManyRequests, "")
		for range 5 {
			assert.Equal(t, fallback.Busy, kind(rig.refusal()))
			wait(5 * time.Second)
		}
		rig.change = nil
		from := time.Now()
		s := rig.open()
		assert.LessOrEqual(t, time.Since(from), 10*time.Second)
		assert.LessOrEqual(t, rig.begin(s), 2*time.Minute)
		rig.follow(s)
	})
}

// delay makes each answer take d.
func (rig *pollRig) delay(d time.Duration) {
	rig.fail = func(r *http.Request) error {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}
}

// A server that takes seconds for an answer takes longer for all of them than an
// opening may: what came by then counts.
func TestPollSlowServer(t *testing.T) {
	for _, each := range []time.Duration{1500 * time.Millisecond, 3 * time.Second, 8 * time.Second} {
		pollTest(t, func(t *testing.T, rig *pollRig) {
			rig.history()
			rig.delay(each)
			from := time.Now()
			s := rig.open()
			assert.LessOrEqual(t, time.Since(from), 10*time.Second, "%s", each)
			assert.LessOrEqual(t, rig.begin(s), 2*time.Minute, "%s", each)
			rig.follow(s)
		})
	}
}

// An answer that takes longer than one may fails the opening, however slow the
// others are.
func TestPollTooSlow(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.delay(11 * time.Second)
		from := time.Now()
		require.ErrorIs(t, rig.refusal(), context.DeadlineExceeded)
		assert.Equal(t, 10*time.Second, time.Since(from))
	})
}

// Where the caller's time runs out, what came by then counts, too; a caller that
// wants no stream any more gets none.
func TestPollOpeningCutShort(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.history()
		rig.delay(2 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		s, err := rig.dialer.Open(ctx, fallback.Polling, nil)
		require.NoError(t, err)
		defer s.Close()
		assert.Equal(t, []events.Type{events.TypeTipsUpdated}, typesOf(rig.poll(s)))
		rig.fail = nil
		frames := rig.polls(s, 2)
		for _, state := range firstStates[1:] {
			assert.Contains(t, typesOf(frames), state)
		}
		rig.follow(s)
		s.Close()

		rig.delay(2 * time.Second)
		stopped, stop := context.WithCancelCause(t.Context())
		why := errors.New("shutting down")
		timer := time.AfterFunc(3*time.Second, func() { stop(why) })
		defer timer.Stop()
		_, err = rig.dialer.Open(stopped, fallback.Polling, nil)
		require.ErrorIs(t, err, why)
	})
}

// A server that wants to be left alone for longer than until the next poll ends
// the stream: somebody has to hear of it. What came before is handed on.
func TestPollRetryAfter(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		pollTest(t, func(t *testing.T, rig *pollRig) {
			s := rig.open()
			rig.poll(s)
			rig.change = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.Contains(r.URL.Path, "kcore") {
					return false
				}
				w.Header().Set("Retry-After", "120")
				w.WriteHeader(status)
				return true
			}
			from := time.Now()
			err := rig.ended(s)
			assert.LessOrEqual(t, time.Since(from), 5*time.Second)
			assert.Equal(t, fallback.Outcome{
				Transport: fallback.Polling, Kind: fallback.Busy, RetryAfter: 2 * time.Minute,
			}, transport.Classify(fallback.Polling, err))
			assert.ErrorContains(t, err, "transport: polling: rest: GET http://node/v1/finality/kcore/metrics")

			// The opening, too, although it has an answer.
			wait(2 * time.Minute)
			err = rig.refusal()
			assert.Equal(t, 2*time.Minute, transport.Classify(fallback.Polling, err).RetryAfter)
		})
	}
}

// Another reader of the same server may have been told.
func TestPollRetryAfterOfAnother(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open()
		rig.poll(s)
		rig.change = func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		rig.refusal()
		rig.change = nil
		err := rig.ended(s)
		assert.Equal(t, fallback.Outcome{
			Transport: fallback.Polling, Kind: fallback.Busy, RetryAfter: 55 * time.Second,
		}, transport.Classify(fallback.Polling, err))
		assert.Equal(t, "cooling", transport.Reason(err))
	})
}

// One that wants a pause which is no longer than that between two polls has it.
func TestPollShortRetryAfter(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open()
		rig.poll(s)
		rig.change = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "kcore") {
				return false
			}
			w.Header().Set("Retry-After", "5")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		frames := rig.poll(s)
		assert.Equal(t, "finality/kcore/metrics: status 429", frames[len(frames)-1].Text)
		rig.change = nil
		from := time.Now()
		rig.polls(s, 2)
		assert.LessOrEqual(t, time.Since(from), 10*time.Second)
	})
}

// 429 ends the round, and the poll goes on after what was asked, not before it:
// one family that always gets it does not keep the others from being read.
func TestPollThrottledFamily(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.refuse(http.StatusTooManyRequests, "diversity")
		s := rig.open()
		assert.Equal(t, []events.Type{events.TypeTipsUpdated, events.TypeKCoreUpdated, ""}, typesOf(rig.poll(s)))
		assert.Equal(t, []string{"/v1/tips", "/v1/finality/kcore/metrics", "/v1/diversity"}, rig.look())
		frames := rig.polls(s, 20)
		assert.Contains(t, typesOf(frames), events.TypeEnergyUpdated)
		assert.Contains(t, typesOf(frames), events.TypeEconomicsUpdated)
	})
}

// What a server no longer has is told once, by name.
func TestPollMissingLater(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.refuse(http.StatusNotFound, "economics")
		s := rig.open()
		rig.poll(s)
		require.Equal(t, []events.Type{events.TypeEconomicsUpdated}, rig.dialer.Missing())
		var texts []string
		for range 4 {
			rig.refuse(http.StatusNotFound, "energy", "economics")
			for _, f := range rig.polls(s, 30) {
				if f.Kind == wire.Refusal {
					texts = append(texts, f.Text)
				}
			}
			rig.change = nil
			rig.polls(s, 20)
		}
		assert.Equal(t, []string{"energy: status 404, not available"}, texts)
	})
}
