package client_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// What is no event is counted, logged once per kind, and costs nothing else.
func TestGarbageIsSkipped(t *testing.T) {
	t.Parallel()
	for _, only := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		t.Run(only.String(), func(t *testing.T) {
			inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
				var j journal
				m, _ := r.follow(client.Options{
					Fallback: fallback.Policy{Order: []fallback.Transport{only}}, Logger: j.logger(slog.LevelWarn),
				})
				r.connected(m)
				for _, text := range []string{
					"", "not json", "<html></html>", "[]", "42", "{}", `{"type":1}`, `{"type":"Event"}`,
					`{"type":"Event","event":3}`, `{"type":"Event","event":{"type":"Gap","data":{}}}`, `{"type":"Nonsense"}`, strings.Repeat("[", 100_000),
				} {
					for range 3 {
						if only == fallback.SSE {
							text = "event: tips.update\ndata: " + text + "\n\n"
						}
						r.node.Raw(refserver.Streams, []byte(text))
					}
				}
				if only == fallback.WebSocket {
					r.node.RawBinary([]byte{0, 1, 2})
				}
				pass(time.Second)
				id := r.node.AddMessage(refserver.AddOptions{})
				pass(time.Second)
				assert.Equal(t, []string{id}, r.ids(t, events.TypeMessageAdded), "one bad message never costs the next")
				assert.Empty(t, r.gapList())
				s := m.Metrics().Snapshot()
				total := uint64(0)
				for _, n := range s.Garbage {
					total += n
				}
				assert.Greater(t, total, uint64(20), "%v", s.Garbage)
				assert.LessOrEqual(t, j.with("not an event"), len(s.Garbage), "once per kind:\n%v", j.String())
				assert.NotZero(t, j.with("not an event"))
			})
		})
	}
}

func TestInvalidUTF8EndsAWebSocketWithAGap(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{Fallback: only(fallback.WebSocket)})
		r.connected(m)
		r.node.Raw(refserver.WebSocket, []byte("{\"type\":\"\xff\"}"))
		pass(time.Minute)
		assert.Equal(t, client.Connected, m.Health().State)
		assert.Equal(t, []events.GapCause{events.GapByDisconnect}, r.episodes(t))
	})
}

// SSE is decoded as UTF-8 with U+FFFD for what is wrong: the event arrives, and
// that it was altered is told.
func TestInvalidUTF8OnSSEIsReplacedAndTold(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var j journal
		m, _ := r.follow(client.Options{Fallback: only(fallback.SSE), Logger: j.logger(slog.LevelWarn)})
		r.connected(m)
		for range 3 {
			r.node.Raw(refserver.SSE, []byte("event: transfer.recorded\ndata: {\"type\":\"TransferRecorded\",\"data\":{\"reason\":\"a\xffb\"}}\n\n"))
		}
		pass(time.Second)
		seen := r.seen(events.TypeTransferRecorded)
		require.Len(t, seen, 3)
		e, err := events.Decode[events.TransferRecorded](seen[0])
		require.NoError(t, err)
		assert.Equal(t, "a\uFFFDb", e.Reason)
		assert.Equal(t, uint64(3), m.Metrics().Snapshot().Garbage["utf8"])
		assert.Equal(t, 1, j.with("not UTF-8"), j.String())
	})
}

// A frame over the limit is told with the option that would let it pass, and is
// not asked for again and again.
func TestAFrameOverTheLimitIsNoReconnectLoop(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{MaxFrame: 64 << 10})
		r.connected(m)
		for range 30 {
			r.node.Oversize(100 << 10)
			pass(10 * time.Second)
		}
		dials := r.node.Requests("/v1/ws/events") + r.node.Requests("/v1/sse/events")
		assert.Less(t, dials, 40, "in five minutes")
		told := false
		for _, c := range r.changeList() {
			told = told || c.Err != nil && strings.Contains(c.Err.Error(), "MaxFrame")
		}
		assert.True(t, told, "the error names the option")
	})
}

func TestALargeFramePasses(t *testing.T) {
	t.Parallel()
	for _, only := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
			m, _ := r.follow(client.Options{Fallback: fallback.Policy{Order: []fallback.Transport{only}}})
			r.connected(m)
			r.node.Oversize(1_400_000)
			pass(time.Second)
			found := false
			for _, env := range r.seen(events.TypeTipsUpdated) {
				found = found || len(env.Data) > 1_300_000
			}
			assert.True(t, found, "%v: 20,000 tips", only)
		})
	}
}

// A captive portal answers everything with a page. It is never taken for a node,
// and a client that starts behind one goes on once it is gone.
func TestACaptivePortal(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Rate: 1}, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.All, refserver.Portal())
		m, _ := r.follow(client.Options{})
		pass(10 * time.Minute)
		assert.NotEqual(t, client.Closed, m.Health().State)
		assert.NotContains(t, strings.Join(r.states(), ","), "connected")
		assert.Empty(t, r.all())
		r.node.Heal(refserver.All)
		pass(2 * time.Minute)
		assert.Equal(t, client.Connected, m.Health().State)
	})
}

func TestTheLogIsQuietWhenAllIsWell(t *testing.T) {
	t.Parallel()
	for _, only := range every {
		inBothDialects(t, refserver.Config{Rate: 2}, func(t *testing.T, r *rig) {
			var j journal
			_, stop := r.follow(client.Options{
				Fallback: fallback.Policy{Order: []fallback.Transport{only}}, Logger: j.logger(slog.LevelInfo),
			})
			pass(3 * time.Minute)
			requireCanceled(t, stop())
			if only != fallback.Polling { // which tells once what it cannot bring
				assert.Empty(t, j.String())
			}
		})
	}
}

func TestAnOutageIsLoggedOnceAndNotPerAttempt(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var j journal
		m, _ := r.follow(client.Options{Logger: j.logger(slog.LevelInfo)})
		r.connected(m)
		r.net.Refuse(address, true)
		r.net.Reset(address)
		pass(6 * time.Hour)
		assert.Equal(t, 1, j.with("stream lost"), j.String())
		assert.Zero(t, j.with("cannot connect"), j.String())
		r.net.Refuse(address, false)
		pass(time.Minute)
		assert.Equal(t, 1, j.with("connected again"), j.String())
	})
}

func TestSecretsAppearNowhere(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var j journal
		r.node.Refuse(refserver.All, refserver.Answer{Status: 403})
		m, err := client.New("http://user:hunter2@"+address, nil, &client.Options{
			HTTPClient: r.net.Client(), Logger: j.logger(slog.LevelDebug), OnState: r.change,
		})
		require.NoError(t, err)
		err = m.Run(t.Context())
		require.Error(t, err)
		texts := []string{err.Error(), j.String()}
		for _, c := range r.changeList() {
			if c.Err != nil {
				texts = append(texts, c.Err.Error())
			}
		}
		for _, text := range texts {
			assert.NotContains(t, text, "hunter2")
			assert.NotContains(t, text, "aHVudGVyMg")
		}
	})
}
