package client_test

import (
	"fmt"
	"strings"
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

var node = refserver.Config{Dialect: refserver.Node, Untruths: refserver.Untruths{LateStart: time.Millisecond}}

// onEachStream runs test against a node by WebSocket and by SSE alone, with
// polling to fall back to never reached.
func onEachStream(t *testing.T, cfg refserver.Config, test func(*testing.T, *rig, fallback.Transport)) {
	t.Helper()
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(by.String(), func(t *testing.T) {
			inBubble(t, cfg, func(t *testing.T, r *rig) { test(t, r, by) })
		})
	}
}

// A node whose main loop has ended goes on with heartbeats and pongs, and says that
// it is healthy. Whether its store stands still or grows by what peers push: it is
// stale within 20 s, is not reconnected to again and again, and what REST shows is
// delivered nevertheless.
func TestRESTThatMovesDoesNotMeanDeaf(t *testing.T) {
	t.Parallel()
	for _, growing := range []bool{false, true} {
		t.Run(fmt.Sprintf("growing %v", growing), func(t *testing.T) {
			onEachStream(t, node, func(t *testing.T, r *rig, by fallback.Transport) {
				order := []fallback.Transport{by, fallback.SSE, fallback.Polling}
				if by == fallback.SSE {
					order = order[1:]
				}
				m, _ := r.follow(client.Options{Fallback: fallback.Policy{Order: order, Promote: -1}})
				r.connected(m)
				pass(time.Minute)
				require.True(t, m.Health().OK())
				died := time.Now()
				r.node.Dead(true)
				pass(20 * time.Second)
				assert.False(t, m.Health().OK())
				assert.WithinDuration(t, died, m.Health().StaleSince, 7*time.Second)
				var ids []string
				for range 20 {
					if growing {
						ids = append(ids, r.node.AddMessage(refserver.AddOptions{Peer: true}))
					}
					pass(30 * time.Second)
					assert.False(t, m.Health().OK(), "nothing of that is a sign of life")
				}
				if growing {
					assert.Len(t, r.seen(events.TypeMessageAdded), len(ids))
				}
				s := m.Metrics().Snapshot()
				assert.LessOrEqual(t, s.Transports[by].Dials, uint64(2), "at most one reconnect")
				r.node.Dead(false)
				pass(20 * time.Second)
				assert.True(t, m.Health().OK())
				assert.Zero(t, m.Health().StaleSince)
				causes := r.episodes(t)
				assert.Contains(t, causes, events.GapByDead)
				for _, g := range r.gapList() {
					if g.Cause == events.GapByDead && g.Stage == events.GapClosed {
						assert.WithinDuration(t, died, g.From, 7*time.Second)
						assert.WithinDuration(t, died.Add(620*time.Second), g.To, 10*time.Second)
					}
				}
			})
		})
	}
}

// stall makes a reader stall while a flood of its lane comes, so that the node drops
// thousands of its events.
func stall(t *testing.T, r *rig) {
	t.Helper()
	r.net.Freeze(address, true)
	padding := strings.Repeat("x", 8000)
	for i := range 6000 {
		if i == 200 {
			padding = ""
		}
		require.NoError(t, r.node.Emit(events.TypeTransferRecorded, fmt.Sprintf(
			`{"from_address":"","to_address":"","amount":"%d","reason":"%s","timestamp":%d}`, i, padding, time.Now().Unix())))
		time.Sleep(time.Millisecond) // fake time
	}
	r.net.Freeze(address, false)
}

// What was measured on a node: 339…4977 of 6,000 are lost, and a WebSocket stays deaf
// until something of another lane wakes it. The hole is told with its bounds, what it
// hides of facts is delivered, and 12 s later the connection hears.
func TestAStallIsToldAndMended(t *testing.T) {
	t.Parallel()
	onEachStream(t, node, func(t *testing.T, r *rig, by fallback.Transport) {
		m, _ := r.follow(client.Options{Fallback: only(by)})
		r.connected(m)
		pass(20 * time.Second)
		began := time.Now()
		id := ""
		go func() { time.Sleep(3 * time.Second); id = r.node.AddMessage(refserver.AddOptions{Peer: true}) }()
		stall(t, r)
		ended := time.Now()
		pass(12 * time.Second)
		heard := len(r.seen(events.TypeTransferRecorded))
		assert.Less(t, heard, 6000)
		require.NoError(t, r.node.Emit(events.TypePeerConnected, events.PeerConnected{PeerID: "p"}))
		pass(time.Second)
		assert.Len(t, r.seen(events.TypePeerConnected), 1, "the connection hears")
		assert.Equal(t, uint64(1), m.Metrics().Snapshot().Transports[by].Dials, "and is the same one")
		pass(time.Minute)
		r.episodes(t)
		told := false
		for _, g := range r.gapList() {
			if g.Stage != events.GapClosed {
				continue
			}
			assert.Contains(t, []events.GapCause{events.GapByStall, events.GapByDeaf, events.GapByOverflow}, g.Cause)
			assert.False(t, g.From.Before(began.Add(-6*time.Second)), "%v", g)
			assert.False(t, g.To.After(ended.Add(12*time.Second)), "%v", g)
			told = told || g.Cause != events.GapByOverflow && g.Lane == events.High
		}
		assert.True(t, told, "%v", r.gapList())
		assert.Equal(t, []string{id}, r.ids(t, events.TypeMessageAdded), "what the hole hid")
		assert.True(t, m.Health().OK())
	})
}

// A socket that lag has made deaf may be woken by the other lanes before anyone
// notices: there is no silence of 15 s, and thousands of events are missing.
func TestAHoleIsNotFifteenSecondsOfSilence(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{
			Fallback: only(fallback.WebSocket),
			Lanes:    [3]client.Lane{{Events: 8000}, {Events: 8000}, {Events: 8000}}, // no overflow of ours
		})
		r.connected(m)
		pass(20 * time.Second)
		stall(t, r)
		for range 4 { // two of another lane wake it
			require.NoError(t, r.node.Emit(events.TypeSyncStarted, events.SyncStarted{PeerID: "p"}))
			time.Sleep(50 * time.Millisecond)
		}
		pass(7 * time.Second)
		gaps := r.gapList()
		require.NotEmpty(t, gaps)
		assert.Subset(t, []events.GapCause{events.GapByStall, events.GapByDeaf}, r.episodes(t))
		assert.Zero(t, m.Health().StaleSince)
	})
}

// A quiet DAG and a deaf socket: REST does not move, and yet it is not the node that
// is dead.
func TestRESTThatStandsStillDoesNotMeanDead(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{Fallback: fallback.Policy{Promote: -1}})
		r.connected(m)
		pass(20 * time.Second)
		r.node.Mute(refserver.WebSocket)
		pass(20 * time.Second)
		h := m.Health()
		assert.Equal(t, fallback.SSE, h.Transport, "the other connection hears")
		assert.True(t, h.OK())
		assert.Contains(t, r.episodes(t), events.GapByDeaf)
		assert.NotContains(t, r.episodes(t), events.GapByDead)
	})
}

// A proxy that holds SSE back says nothing about the node: one reconnect decides.
func TestNoBeatOnTheSecondConnectionDoesNotMeanDead(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{})
		r.connected(m)
		pass(20 * time.Second)
		r.node.Hold(refserver.SSE, 1<<20)
		r.node.Mute(refserver.WebSocket)
		pass(28 * time.Second) // the second one is being opened
		require.Equal(t, uint64(2), m.Metrics().Snapshot().Transports[fallback.WebSocket].Dials)
		r.node.Heal(refserver.WebSocket)
		pass(35 * time.Second)
		assert.Equal(t, fallback.WebSocket, m.Health().Transport)
		assert.True(t, m.Health().OK())
		assert.NotContains(t, r.episodes(t), events.GapByDead)
	})
	inBubble(t, node, func(t *testing.T, r *rig) { // the same with pongs
		m, _ := r.follow(client.Options{})
		r.connected(m)
		pass(20 * time.Second)
		r.node.Hold(refserver.SSE, 1<<20)
		r.node.Dead(true)
		pass(33 * time.Second)
		assert.Equal(t, uint64(2), m.Metrics().Snapshot().Transports[fallback.WebSocket].Dials)
		assert.NotContains(t, r.episodes(t), events.GapByDead)
		pass(30 * time.Second)
		assert.Contains(t, r.episodes(t), events.GapByDead, "silent again")
	})
}

// A node that is dead from the start sends not one event that would tell its dialect.
func TestANodeThatIsDeadFromTheStart(t *testing.T) {
	t.Parallel()
	onEachStream(t, node, func(t *testing.T, r *rig, by fallback.Transport) {
		r.node.Dead(true)
		m, _ := r.follow(client.Options{Fallback: only(by)})
		r.connected(m)
		pass(time.Minute)
		assert.NotZero(t, m.Health().StaleSince)
		assert.False(t, m.Health().OK())
		pass(10 * time.Minute)
		assert.LessOrEqual(t, m.Metrics().Snapshot().Transports[by].Dials, uint64(2))
	})
}

// Without witnesses, and where there are no beats, silence proves nothing.
func TestSilenceProvesNothingWithoutBeats(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]client.Options{
		"guide": {}, "witness off": {Witness: client.WitnessOff},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := refserver.Config{}
			if name != "guide" {
				cfg = node
			}
			inBubble(t, cfg, func(t *testing.T, r *rig) {
				opts.Subscription.Types = []events.Type{events.TypeTransferRecorded}
				m, _ := r.follow(opts)
				r.connected(m)
				pass(10 * time.Minute)
				assert.Zero(t, m.Health().StaleSince)
				assert.Empty(t, r.gapList())
				assert.Equal(t, uint64(1), m.Metrics().Snapshot().Transports[fallback.WebSocket].Dials)
			})
		})
	}
}

// Every peer node tells of no message at all: nothing is wrong with the filter.
func TestNoMessageAddedForAMinuteIsNoWrongFilter(t *testing.T) {
	t.Parallel()
	cfg := node
	cfg.Untruths.HidePeers = true
	onEachStream(t, cfg, func(t *testing.T, r *rig, by fallback.Transport) {
		var log journal
		m, _ := r.follow(client.Options{Fallback: only(by), Logger: log.logger(-4)})
		r.connected(m)
		pass(10 * time.Second)
		var ids []string
		for range 30 {
			ids = append(ids, r.node.AddMessage(refserver.AddOptions{Peer: true}))
			pass(10 * time.Second)
		}
		assert.Len(t, r.seen(events.TypeMessageAdded), len(ids))
		assert.Equal(t, 1, log.with("does not announce"), "%v", &log)
		assert.Zero(t, log.with("level=WARN"), "%v", &log)
		assert.Empty(t, r.gapList())
	})
}

// A server without beats that sends nothing at all while REST moves: one warning.
func TestAServerThatSendsNothingWhileRESTMoves(t *testing.T) {
	t.Parallel()
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var log journal
		m, _ := r.follow(client.Options{
			Fallback: only(fallback.WebSocket), Logger: log.logger(0),
			Subscription: subscription.To(events.TypeMessageAdded),
		})
		r.connected(m)
		r.node.Dead(true)
		for range 30 {
			r.node.AddMessage(refserver.AddOptions{})
			pass(10 * time.Second)
		}
		assert.Equal(t, 1, log.with("not a single event"), "%v", &log)
		assert.NotEmpty(t, r.seen(events.TypeMessageAdded))
	})
}
