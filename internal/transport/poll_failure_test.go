package transport_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// ended reads a stream to its end.
func (rig *pollRig) ended(s transport.Stream) error {
	for {
		_, err := s.Next()
		if err != nil {
			_, again := s.Next()
			assert.Equal(rig.t, err, again)
			return err
		}
	}
}

// kind is what an error means for the ladder.
func kind(err error) fallback.Kind { return transport.Classify(fallback.Polling, err).Kind }

// What a server does not have is left out; the rest goes on.
func TestPollMissing(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.refuse(http.StatusNotFound, "energy", "economics")
		s := rig.open()
		frames := rig.poll(s)
		assert.Equal(t, []events.Type{events.TypeTipsUpdated, events.TypeKCoreUpdated, events.TypeDiversityUpdated}, typesOf(frames))
		assert.ElementsMatch(t, []events.Type{events.TypeEnergyUpdated, events.TypeEconomicsUpdated}, rig.dialer.Missing())
		rig.look()
		rig.polls(s, 11)
		assert.Zero(t, asks(rig.look(), "energy"), "not asked again for a minute")
		rig.change = nil
		frames = rig.polls(s, 8)
		assert.Contains(t, typesOf(frames), events.TypeEnergyUpdated, "it is there after all")
	})
}

// Without tips nobody finds messages, unless there is one to begin at.
func TestPollMissingMessages(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.refuse(http.StatusNotFound, "tips")
		rig.open()
		assert.Equal(t, []events.Type{
			events.TypeTipsUpdated, events.TypeMessageAdded, events.TypeMessageFinalized,
		}, rig.dialer.Missing())
		rig.books.Found(repair.Fact{ID: "m", Timestamp: time.Now().Add(-time.Minute)}, time.Now())
		rig.books.PassEnded(time.Now())
		rig.open()
		assert.Equal(t, []events.Type{events.TypeTipsUpdated}, rig.dialer.Missing())
	})
}

// A server that has nothing of what is wanted refuses polling.
func TestPollAllMissing(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.refuse(http.StatusNotFound, "")
		err := rig.refusal()
		assert.True(t, rest.Missing(err))
		assert.Equal(t, fallback.Refused, kind(err))
		assert.Equal(t, "status 404", transport.Reason(err))
		assert.ErrorContains(t, err, "http://node/v1/tips")

		// Also when it happens later.
		rig.change = nil
		s := rig.open()
		rig.refuse(http.StatusNotFound, "")
		assert.True(t, rest.Missing(rig.ended(s)))
	})
}

// A stream for which nothing is left asks for nothing, and says so.
func TestPollNothingLeft(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.refuse(http.StatusNotFound, "tips")
		s := rig.open(events.TypeEnergyUpdated)
		rig.polls(s, 4) // no tips: the energy is the sign of life
		rig.refuse(http.StatusNotFound, "")
		assert.True(t, rest.Missing(rig.ended(s)))
	})
}

// A read that fails costs its own type only, is told, and made again in the next
// poll.
func TestPollOneFails(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		for _, status := range []int{http.StatusInternalServerError, http.StatusBadGateway, http.StatusForbidden} {
			rig.refuse(status, "diversity")
			s := rig.open(events.TypeTipsUpdated, events.TypeDiversityUpdated)
			frames := rig.poll(s)
			require.Len(t, frames, 2)
			assert.Equal(t, wire.Refusal, frames[1].Kind)
			assert.Equal(t, "diversity: status "+frames[1].Text[len(frames[1].Text)-3:], frames[1].Text)
			rig.change = nil
			frames = rig.polls(s, 2)
			assert.Equal(t, []events.Type{events.TypeDiversityUpdated}, typesOf(frames))
			s.Close()
		}
	})
}

// A family that always fails does not take the turns of the others.
func TestPollOneAlwaysFails(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open()
		rig.poll(s)
		rig.refuse(http.StatusInternalServerError, "diversity")
		rig.look()
		rig.polls(s, 60)
		asked := rig.look()
		for _, path := range []string{"/v1/energy", "/v1/admissibility", "/v1/economics/supply"} {
			assert.GreaterOrEqual(t, asks(asked, path), 9, path)
		}
	})
}

// An answer that cannot be used is garbage, and the stream goes on.
func TestPollGarbage(t *testing.T) {
	for body, reason := range map[string]wire.GarbageReason{
		"<html>": wire.NotJSON, "": wire.NotJSON, `{"a":1}`: wire.BadEvent, `{"diversity_score":"\xff`: wire.BadEvent,
	} {
		pollTest(t, func(t *testing.T, rig *pollRig) {
			rig.change = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.Contains(r.URL.Path, "diversity") {
					return false
				}
				_, _ = w.Write([]byte(body))
				return true
			}
			s := rig.open(events.TypeTipsUpdated, events.TypeDiversityUpdated)
			frames := rig.poll(s)
			require.Len(t, frames, 2)
			assert.Equal(t, wire.Garbage, frames[1].Kind)
			var garbage *wire.GarbageError
			require.ErrorAs(t, frames[1].Err, &garbage)
			assert.Equal(t, reason, garbage.Reason)
			assert.True(t, strings.HasPrefix(body, garbage.Head))
		})
	}
}

// A captive portal answers everything with a page: no event is made up, nothing
// is called open.
func TestPollPortal(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		portal := func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>Log in</html>"))
			return true
		}
		rig.change = portal
		err := rig.refusal()
		var body *rest.BodyError
		require.ErrorAs(t, err, &body)
		assert.Equal(t, "text/html", body.ContentType)
		assert.Equal(t, fallback.Refused, kind(err))

		rig.change = nil
		s := rig.open()
		rig.poll(s)
		rig.change = portal
		require.ErrorAs(t, rig.ended(s), &body)
	})
}

// An answer that is too large costs its own type only.
func TestPollTooLarge(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.change = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "energy") {
				return false
			}
			w.Header().Set("Content-Length", "33554433")
			return true
		}
		s := rig.open(events.TypeTipsUpdated, events.TypeEnergyUpdated)
		frames := rig.poll(s)
		require.Len(t, frames, 2)
		assert.Equal(t, "energy: too large", frames[1].Text)
	})
}

// A node that is not there ends the poll at the first question, and the stream.
func TestPollNotThere(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		reset := errors.New("connection refused")
		rig.fail = func(*http.Request) error { return reset }
		err := rig.refusal()
		require.ErrorIs(t, err, reset)
		assert.Len(t, rig.look(), 1)
		assert.Equal(t, fallback.Failed, kind(err))
		assert.ErrorContains(t, err, "rest: GET http://node/v1/tips: no answer: connection refused")

		rig.fail = nil
		s := rig.open()
		rig.poll(s)
		rig.look()
		rig.fail = func(*http.Request) error { return reset }
		require.ErrorIs(t, rig.ended(s), reset)
		assert.Len(t, rig.look(), 1)
	})
}

// A node that dies during a poll is given up after two questions; what came
// before counts, and the next poll tells.
func TestPollDiesMeanwhile(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open()
		rig.poll(s)
		rig.look()
		reset := errors.New("connection reset")
		rig.fail = func(r *http.Request) error {
			if strings.HasSuffix(r.URL.Path, "tips") {
				return nil
			}
			return reset
		}
		rig.poll(s)
		assert.Len(t, rig.look(), 3)
		rig.fail = func(*http.Request) error { return reset }
		require.ErrorIs(t, rig.ended(s), reset)
	})
}

// One question that takes its whole time-out does not end the stream.
func TestPollOneSlow(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open()
		rig.poll(s)
		slow := true
		rig.fail = func(r *http.Request) error {
			if !slow || !strings.HasSuffix(r.URL.Path, "diversity") {
				return nil
			}
			<-r.Context().Done()
			return r.Context().Err()
		}
		from := time.Now()
		rig.polls(s, 8)
		assert.Greater(t, time.Since(from), 45*time.Second)
		slow = false
		rig.polls(s, 8)
	})
}

// Opening takes no longer than it may, and ends with its context.
func TestPollOpenTimeout(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.fail = func(r *http.Request) error { <-r.Context().Done(); return r.Context().Err() }
		rig.dialer = rig.newDialer(func(c *transport.Config) { c.DialTimeout = 3 * time.Second })
		from := time.Now()
		err := rig.refusal()
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 3*time.Second, time.Since(from))
		assert.Equal(t, "timeout", transport.Reason(err))

		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("shutting down")
		stop := time.AfterFunc(time.Second, func() { cancel(why) })
		defer stop.Stop()
		_, err = rig.dialer.Open(ctx, fallback.Polling, nil)
		require.ErrorIs(t, err, why)
	})
}

// The end of the context that opened the stream does not end the stream.
func TestPollOutlivesOpening(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		ctx, cancel := context.WithCancel(t.Context())
		s, err := rig.dialer.Open(ctx, fallback.Polling, nil)
		require.NoError(t, err)
		defer s.Close()
		cancel()
		rig.polls(s, 3)
	})
}

// A server that wants to be left alone is: one question, then the wait that it
// asked for.
func TestPollThrottled(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.change = func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		err := rig.refusal()
		assert.Equal(t, fallback.Outcome{
			Transport: fallback.Polling, Kind: fallback.Busy, RetryAfter: 2 * time.Minute,
		}, transport.Classify(fallback.Polling, err))
		assert.Len(t, rig.look(), 1)

		// Whoever opens too early is told so without a request.
		wait(time.Minute)
		rig.change = nil
		err = rig.refusal()
		out := transport.Classify(fallback.Polling, err)
		assert.Equal(t, fallback.Busy, out.Kind)
		assert.Equal(t, time.Minute, out.RetryAfter)
		assert.Empty(t, rig.look())
		wait(time.Minute)
		rig.open()
	})
}

// In the middle of a poll, 429 ends the poll, not the stream.
func TestPollThrottledMeanwhile(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open()
		rig.poll(s)
		rig.look()
		rig.refuse(http.StatusTooManyRequests, "kcore")
		frames := rig.poll(s)
		assert.Equal(t, "finality/kcore/metrics: status 429", frames[len(frames)-1].Text)
		assert.Equal(t, []string{"/v1/tips", "/v1/finality/kcore/metrics"}, rig.look())
		rig.change = nil
		rig.polls(s, 3)
	})
}

// Credentials that are not taken are shown once, not ten times.
func TestPollUnauthorized(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.node = refserver.New(refserver.Config{Token: "secret"})
		err := rig.refusal()
		assert.Equal(t, fallback.Refused, kind(err))
		assert.Equal(t, "status 401", transport.Reason(err))
		assert.Len(t, rig.look(), 1)
	})
}

// A redirect to another host is not followed.
func TestPollRedirect(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.change = func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "http://elsewhere/login", http.StatusFound)
			return true
		}
		err := rig.refusal()
		var redirect *transport.RedirectError
		require.ErrorAs(t, err, &redirect)
		assert.Equal(t, fallback.Refused, kind(err))
	})
}
