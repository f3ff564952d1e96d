package client_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// The failures_… tests are of failures that clients of event streams have had, each
// named after what this one does instead. These were shown elsewhere already:
//
//	a goroutine or two outlive a stream nobody reads     transport: TestCloseWithUnreadEvents
//	whoever removes itself in its callback waits for ever handlers: TestAHandlerMayRemoveItself; TestCancelFromTheHandlerBefore
//	accepted and closed at once, the wait never grows    TestAServerThatAcceptsAndDiesIsNotHammered; fallback: TestAcceptThenDie
//	the state cannot be asked for during a slow dial     TestHealthDuringADialReturnsAtOnce
//	a blocked reader is taken for a dead link            TestABlockedReaderIsNoFault; transport: TestSlowConsumerIsNoDeadLink
//	pongs are no sign of life                            transport: TestPongsAreLife, TestAnyByteIsLife
//	an event in two pieces is lost                       wire: TestSSEEventIsReturnedAtItsLastByte; transport: FuzzReadingAhead
//	a subscription that is refused waits for ever        TestAnErrorOfTheServerIsToldAndTheStreamGoesOn; transport: TestEverySpellingRefused
//	a receiver that fell behind is silent ever after     TestADeafSocketIsWokenByPings

// An end is one way in which a server ends a stream.
type end struct {
	name string
	by   func(*refserver.Server)
}

// endsOf returns the ways in which a stream by t can end.
func endsOf(t fallback.Transport) []end {
	ends := []end{
		{"FIN", func(s *refserver.Server) { s.Drop(refserver.Streams) }},
		{"RST", func(s *refserver.Server) { s.Reset(refserver.Streams) }},
	}
	if t != fallback.WebSocket {
		return ends
	}
	for _, code := range []uint16{0, 1000, 1001, 1011, 1012, 1013, 4000} {
		ends = append(ends, end{fmt.Sprint("close ", code), func(s *refserver.Server) { s.Bye(code, "") }})
	}
	return ends
}

// However a stream ends, and be it as cleanly as can be, whoever follows a node has
// lost it: it is said, and another one is opened. A client that sends nothing notices
// no later than one that does.
func TestEveryEndOfAStreamIsADisconnect(t *testing.T) {
	t.Parallel()
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		inBothDialects(t, refserver.Config{Rate: 1}, func(t *testing.T, r *rig) {
			m, stop := r.follow(client.Options{Fallback: only(by)})
			r.connected(m)
			for i, end := range endsOf(by) {
				pass(40 * time.Second) // it has proved good
				changes := len(r.changeList())
				end.by(r.node)
				pass(2 * time.Second)
				told := r.changeList()[changes:]
				require.NotEmpty(t, told, end.name)
				assert.NotEqual(t, client.Connected, told[0].To, end.name)
				require.Error(t, told[0].Err, end.name)
				require.Equal(t, client.Connected, m.Health().State, "%s over %v", end.name, by)
				assert.Equal(t, i+1, int(m.Metrics().Snapshot().Reconnections), end.name)
			}
			sent := r.added()
			pass(10 * time.Second)
			requireCanceled(t, stop())
			assert.Subset(t, r.ids(t, events.TypeMessageAdded), sent)
			for _, cause := range r.episodes(t) {
				assert.Equal(t, events.GapByDisconnect, cause)
			}
		})
	}
}

// A status that says "not now" is no answer for good, whether it is the first that
// is heard or comes later.
func TestAStatusThatPassesIsAskedAgain(t *testing.T) {
	t.Parallel()
	for _, status := range []int{
		http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	} {
		inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
			r.node.Refuse(refserver.All, refserver.Answer{Status: status})
			m, stop := r.follow(client.Options{})
			for range 2 {
				pass(10 * time.Minute)
				assert.Equal(t, client.Waiting, m.Health().State, status)
				r.node.Heal(refserver.All)
				pass(time.Minute)
				assert.Equal(t, client.Connected, m.Health().State, status)
				r.node.TakeAway(refserver.All, refserver.Answer{Status: status})
			}
			requireCanceled(t, stop())
		})
	}
}

// A connection that was good for a while is followed by the shortest wait, however
// many there were before and however busy they were. "A while" is measured from the
// connect, not from the last event.
func TestAfterGoodConnectionsWaitsDoNotGrow(t *testing.T) {
	t.Parallel()
	for _, by := range []fallback.Transport{fallback.WebSocket, fallback.SSE} {
		inBothDialects(t, refserver.Config{Rate: 2}, func(t *testing.T, r *rig) {
			m, _ := r.follow(client.Options{Fallback: only(by)})
			r.connected(m)
			for range 4 {
				pass(40 * time.Second)
				require.Positive(t, r.node.Drop(refserver.Streams))
				began := time.Now()
				pass(0)
				r.connected(m)
				assert.LessOrEqual(t, time.Since(began), time.Second, by)
			}
		})
	}
}

// A server that sends an event and ends the stream looks well each time.
func TestAStreamThatDiesAfterItsFirstEventIsNotHammered(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Rate: 5}, func(t *testing.T, r *rig) {
		r.node.DieAfter(refserver.Streams, 1)
		r.follow(client.Options{})
		for range 3 {
			sockets, streams := r.node.Requests(refserver.SocketPath), r.node.Requests(refserver.SSEPath)
			pass(time.Minute - time.Millisecond) // the minute's end is the next one's beginning
			sockets, streams = r.node.Requests(refserver.SocketPath)-sockets, r.node.Requests(refserver.SSEPath)-streams
			const most = 10
			assert.LessOrEqual(t, sockets, most)
			assert.LessOrEqual(t, streams, most)
			assert.Positive(t, sockets+streams, "but it goes on trying")
		}
	})
}

// A stream on which nothing happens is healthy as long as the server answers pings
// or sends heartbeats.
func TestAQuietStreamIsKept(t *testing.T) {
	t.Parallel()
	for by, path := range map[fallback.Transport]string{
		fallback.WebSocket: refserver.SocketPath, fallback.SSE: refserver.SSEPath,
	} {
		inBubble(t, refserver.Config{Dialect: refserver.Guide}, func(t *testing.T, r *rig) {
			m, _ := r.follow(client.Options{Fallback: only(by)})
			r.connected(m)
			pass(time.Hour)
			assert.Equal(t, client.Connected, m.Health().State)
			assert.Equal(t, 1, r.node.Requests(path), by)
			assert.Empty(t, r.gapList())
		})
	}
}

// An SSE stream may say how long to stay away after it.
func TestAPauseThatAStreamAskedForIsKept(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{Fallback: only(fallback.SSE)})
		r.connected(m)
		r.node.Raw(refserver.SSE, []byte("retry: 7000\n\n"))
		pass(time.Second)
		r.node.Drop(refserver.SSE)
		pass(6 * time.Second)
		assert.Equal(t, 1, r.node.Requests(refserver.SSEPath))
		pass(4 * time.Second)
		assert.Equal(t, 2, r.node.Requests(refserver.SSEPath))
	})
}
