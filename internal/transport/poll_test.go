package transport_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// The first poll tells the state.
func TestPollBegins(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		for n := range 30 {
			id := rig.node.AddMessage(refserver.AddOptions{})
			if n < 20 {
				rig.node.Finalize(id, false)
			}
			wait(time.Second)
		}
		s := rig.open()
		assert.Equal(t, fallback.Polling, s.Transport())
		assert.Equal(t, wire.UnknownDialect, s.Dialect())
		assert.Equal(t, time.Now(), s.Opened())
		assert.True(t, time.Now().Truncate(time.Second).Equal(s.ServerTime()))
		frames := rig.poll(s)
		assert.Equal(t, []events.Type{
			events.TypeTipsUpdated, events.TypeKCoreUpdated, events.TypeDiversityUpdated, events.TypeEnergyUpdated,
			events.TypeAdmissibilityUpdated, events.TypeEconomicsUpdated,
		}, typesOf(frames))
		for _, f := range frames {
			assert.Equal(t, wire.Event, f.Kind)
			assert.Equal(t, len(f.Data), f.Size)
			assert.True(t, s.ServerTime().Equal(f.Time), "%s: %s", f.Type, f.Time)
		}
		tips := lastOf[events.TipsUpdated](t, frames)
		assert.ElementsMatch(t, rig.node.Tips(), tips.Tips)
		assert.EqualValues(t, len(tips.Tips), tips.Count)
		assert.True(t, s.ServerTime().Equal(tips.Timestamp.Time))
		k := lastOf[events.KCoreUpdated](t, frames)
		assert.EqualValues(t, 20, k.FinalizedCount)
		assert.EqualValues(t, 10, k.PendingCount)
		assert.EqualValues(t, ledger.K, k.CurrentKValue)
		assert.Len(t, lastOf[events.DiversityUpdated](t, frames).Axes, 3)
		e := lastOf[events.EconomicsUpdated](t, frames)
		assert.Equal(t, "310000000", e.TotalSupply)
		assert.Equal(t, "60000000", e.TreasuryBalance)

		assert.Empty(t, rig.polls(s, 20), "nothing changes, nothing is told")
		assert.Nil(t, rig.dialer.Missing())
	})
}

// An empty DAG is a beginning, too.
func TestPollEmptyDAG(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open()
		frames := rig.poll(s)
		assert.Empty(t, lastOf[events.TipsUpdated](t, frames).Tips)
		assert.Contains(t, string(frames[0].Data), `"tips":[]`)
		assert.NotContains(t, typesOf(frames), events.TypeAdmissibilityUpdated, "nothing could be judged")
	})
}

// What changes is told once. Facts are not told, but the books hear of them.
func TestPollChanges(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.node.AddMessage(refserver.AddOptions{})
		s := rig.open()
		rig.poll(s)
		wait(time.Second)
		id := rig.node.AddMessage(refserver.AddOptions{})
		frames := rig.poll(s)
		assert.Equal(t, []events.Type{events.TypeTipsUpdated, events.TypeKCoreUpdated}, typesOf(frames)[:2])
		assert.Equal(t, []string{id}, lastOf[events.TipsUpdated](t, frames).Tips)
		assert.Contains(t, rig.books.Ask(time.Now(), 9), id)

		rig.node.Finalize(id, true)
		frames = rig.poll(s)
		assert.EqualValues(t, 1, lastOf[events.KCoreUpdated](t, frames).FinalizedCount)

		economics := ledger.Genesis()
		economics.Balance = ledger.ADIC / 8
		rig.node.SetEconomics(economics)
		frames = rig.polls(s, 6)
		assert.Equal(t, "0.125", lastOf[events.EconomicsUpdated](t, frames).TreasuryBalance)
		assert.Empty(t, rig.polls(s, 20))
	})
}

// Each minute has its reads and no more, and none that makes a node go through
// its whole store.
func TestPollSchedule(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		rig.node.AddMessage(refserver.AddOptions{})
		wait(time.Minute)
		s := rig.open()
		rig.polls(s, 13)
		rig.look()
		from := time.Now()
		rig.polls(s, 120)
		assert.Equal(t, 10*time.Minute, time.Since(from), "the budget makes nobody wait")
		asked := rig.look()
		for path, want := range map[string]int{
			"/v1/tips": 120, "/v1/finality/kcore/metrics": 120, "/v1/diversity": 20,
			"/v1/energy": 20, "/v1/admissibility": 20, "/v1/economics/supply": 20, "/v1/economics/treasury": 20,
			"messages": 0, "/v1/deposits": 0, "/v1/finality/*": 0,
			"status": 0, "health": 0, "statistics": 0, "range": 0, "/metrics": 120,
		} {
			assert.Equal(t, want, asks(asked, path), path)
		}
	})
}

// In each poll at most one state takes its turn, however the interval is.
func TestPollTurns(t *testing.T) {
	for interval, turns := range map[time.Duration]int{
		time.Second: 1, 5 * time.Second: 1, 10 * time.Second: 2, time.Minute: 4,
	} {
		pollTest(t, func(t *testing.T, rig *pollRig) {
			d := rig.newDialer(func(c *transport.Config) { c.PollInterval = interval })
			s, err := d.Open(t.Context(), fallback.Polling, nil)
			require.NoError(t, err)
			defer s.Close()
			rig.polls(s, 61)
			rig.look()
			total := 0
			for range 60 {
				rig.poll(s)
				asked := rig.look()
				n := asks(asked, "diversity") + asks(asked, "energy") + asks(asked, "admissibility") + asks(asked, "supply")
				assert.LessOrEqual(t, n, turns)
				total += n
			}
			each := float64(total) / 4 / (60 * interval.Seconds()) // a second
			assert.InDelta(t, 1/max(30, interval.Seconds()), each, 0.01, "%s", interval)
		})
	}
}

// An interval that makes no sense is the default one.
func TestPollNegativeInterval(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s, err := rig.newDialer(func(c *transport.Config) { c.PollInterval = -1 }).Open(t.Context(), fallback.Polling, nil)
		require.NoError(t, err)
		defer s.Close()
		from := time.Now()
		rig.polls(s, 3)
		assert.Equal(t, 2*transport.DefaultPollInterval, time.Since(from))
	})
}

// Only what is wanted is read.
func TestPollOnlyWanted(t *testing.T) {
	for want, paths := range map[events.Type][]string{
		events.TypeTipsUpdated:          {"/v1/tips"},
		events.TypeMessageAdded:         {"/v1/tips"},
		events.TypeMessageFinalized:     {"/v1/tips", "/v1/finality/kcore/metrics"},
		events.TypeKCoreUpdated:         {"/v1/finality/kcore/metrics"},
		events.TypeDiversityUpdated:     {"/v1/diversity"},
		events.TypeEnergyUpdated:        {"/v1/energy"},
		events.TypeAdmissibilityUpdated: {"/v1/admissibility"},
		events.TypeEconomicsUpdated:     {"/v1/economics/supply", "/v1/economics/treasury"},
		events.TypeTransferRecorded:     {"/v1/tips"}, // a sign of life
	} {
		pollTest(t, func(t *testing.T, rig *pollRig) {
			s := rig.open(want)
			frames := rig.poll(s)
			assert.Equal(t, paths, rig.look(), "%s", want)
			for _, f := range frames {
				assert.Equal(t, want, f.Type)
			}
			rig.poll(s)
			assert.NotEmpty(t, rig.look(), "%s: each poll proves that the server is there", want)
		})
	}
}

// What is wanted besides is read from the next poll on.
func TestPollWiden(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open(events.TypeMessageFinalized)
		assert.Empty(t, rig.poll(s))
		assert.True(t, s.Widen([]events.Type{events.TypeTipsUpdated, events.TypeTransferRecorded}))
		assert.Equal(t, []events.Type{events.TypeTipsUpdated}, typesOf(rig.poll(s)))
		assert.True(t, s.Widen(nil))
		assert.Len(t, typesOf(rig.poll(s)), 5, "all but admissibility, of which there is no sample; also those that did not change")
	})
}

// A closed stream returns what it has received, then ErrClosed, for ever.
func TestPollClose(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open()
		rig.poll(s)
		waiting := afterNext(s)
		wait(time.Second)
		s.Close()
		s.Close()
		require.ErrorIs(t, <-waiting, transport.ErrClosed)
		_, err := s.Next()
		require.ErrorIs(t, err, transport.ErrClosed)

		s = rig.open(events.TypeTipsUpdated)
		s.Close()
		f, err := s.Next()
		require.NoError(t, err)
		assert.Equal(t, events.TypeTipsUpdated, f.Type)
		f, err = s.Next()
		require.NoError(t, err)
		assert.Equal(t, wire.Alive, f.Kind)
		_, err = s.Next()
		require.ErrorIs(t, err, transport.ErrClosed)
		s.Probe()
	})
}

// Close ends a poll that hangs.
func TestPollCloseWhileAsking(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open()
		rig.poll(s)
		rig.fail = func(r *http.Request) error { <-r.Context().Done(); return r.Context().Err() }
		waiting := afterNext(s)
		wait(6 * time.Second)
		assert.NotEmpty(t, rig.look())
		s.Close()
		require.ErrorIs(t, <-waiting, transport.ErrClosed)
	})
}

// The last sign of life is the last answer, whatever it says.
func TestPollLastFrame(t *testing.T) {
	pollTest(t, func(t *testing.T, rig *pollRig) {
		s := rig.open()
		assert.Equal(t, s.Opened(), s.LastFrame())
		rig.polls(s, 3)
		assert.Equal(t, s.Opened().Add(10*time.Second), s.LastFrame())
		rig.refuse(http.StatusInternalServerError, "/v1/tips", "since", "kcore", "diversity", "energy", "adm", "eco")
		var err error
		for err == nil {
			_, err = s.Next()
		}
		assert.Equal(t, s.Opened().Add(15*time.Second), s.LastFrame())
	})
}

// A server whose clock is five minutes behind, or ahead, has its own time.
func TestPollServerClock(t *testing.T) {
	for _, skew := range []time.Duration{-5 * time.Minute, 5 * time.Minute} {
		pollTest(t, func(t *testing.T, rig *pollRig) {
			rig.node = refserver.New(refserver.Config{Dialect: refserver.Node, Skew: skew})
			rig.node.AddMessage(refserver.AddOptions{})
			wait(2 * time.Second)
			s := rig.open()
			for _, f := range rig.poll(s) {
				assert.Equal(t, time.Now().Add(skew).UTC(), f.Time, "%s", f.Type)
			}
			assert.Equal(t, time.Now().Add(skew).UTC(), rig.dialer.REST().Now().UTC())
		})
	}
}

// BenchmarkPoll is a poll of an idle node, without the network: tips and the count,
// now and then a state, and what the node does to answer.
func BenchmarkPoll(b *testing.B) {
	rig := &pollRig{node: refserver.New(refserver.Config{Dialect: refserver.Node}), books: repair.New(0)}
	for range 100 {
		rig.node.AddMessage(refserver.AddOptions{At: time.Now().Add(-time.Hour)})
	}
	d := rig.newDialer(func(c *transport.Config) { c.PollInterval, c.Requests = 1, 1<<40 })
	s, err := d.Open(b.Context(), fallback.Polling, nil)
	require.NoError(b, err)
	defer s.Close()
	b.ReportAllocs()
	for b.Loop() {
		for f, err := s.Next(); f.Kind != wire.Alive; f, err = s.Next() {
			require.NoError(b, err)
		}
	}
}
