package refserver_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	ws   = refserver.SocketPath
	sse  = refserver.SSEPath
	rest = "/v1/tips"
)

// paths has one path for each part.
var paths = map[refserver.Part]string{refserver.WebSocket: ws, refserver.SSE: sse, refserver.REST: rest}

// fine is the status of an untroubled answer.
var fine = map[refserver.Part]int{refserver.WebSocket: 101, refserver.SSE: 200, refserver.REST: 200}

// status asks for a path as a WebSocket client does.
func (r *rig) status(path string) int {
	r.t.Helper()
	p := r.open("GET "+path+" HTTP/1.1", upgrade...)
	p.conn.Close()
	return p.head.StatusCode
}

func TestRefuse(t *testing.T) {
	for hit := range paths {
		inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
			r.Refuse(hit, refserver.Answer{
				Status: 429, Header: http.Header{"Retry-After": {"7"}}, Body: "slow down", Times: 2,
			})
			for range 2 {
				p := r.open("GET "+paths[hit]+" HTTP/1.1", upgrade...)
				assert.Equal(t, 429, p.head.StatusCode)
				assert.Equal(t, "7", p.head.Header.Get("Retry-After"))
				assert.Equal(t, "slow down", p.body())
			}
			for part, path := range paths {
				assert.Equal(t, fine[part], r.status(path))
			}
			r.Refuse(hit, refserver.Answer{Status: 403})
			for range 10 {
				assert.Equal(t, 403, r.status(paths[hit]))
			}
			r.Heal(hit)
			assert.Equal(t, fine[hit], r.status(paths[hit]))
		})
	}
}

func TestRefusePath(t *testing.T) {
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.RefusePath("/v1/energy", refserver.Answer{Status: 404})
		r.RefusePath(rest, refserver.Answer{Status: 500, Times: 1})
		assert.Equal(t, 404, r.status("/v1/energy"))
		assert.Equal(t, 404, r.status("/v1/energy"))
		assert.Equal(t, 500, r.status(rest))
		assert.Equal(t, 200, r.status(rest))
		r.Heal(refserver.REST)
		assert.Equal(t, 200, r.status("/v1/energy"))
	})
}

func TestPortal(t *testing.T) {
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.Refuse(refserver.All, refserver.Portal())
		for _, path := range paths {
			p := r.open("GET "+path+" HTTP/1.1", upgrade...)
			assert.Equal(t, 200, p.head.StatusCode)
			assert.Equal(t, "text/html; charset=utf-8", p.head.Header.Get("Content-Type"))
			assert.Contains(t, p.body(), "<html>")
		}
	})
}

// A zero Answer is none.
func TestTakeAway(t *testing.T) {
	for hit := range paths {
		inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
			live := map[refserver.Part]*peer{refserver.WebSocket: r.socket(""), refserver.SSE: r.events("")}
			r.TakeAway(hit, refserver.Answer{})
			for part, p := range live {
				assert.Equal(t, part == hit, p.ended() != nil)
			}
			p := r.request("GET "+paths[hit]+" HTTP/1.1", upgrade...)
			_, err := http.ReadResponse(p.br, nil)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			r.Heal(hit)
			assert.Equal(t, fine[hit], r.status(paths[hit]))
		})
	}
}

func TestDropIsAFIN(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		w, s := r.socket(""), r.events("")
		assert.Equal(t, 1, r.Drop(refserver.WebSocket))
		require.ErrorIs(t, w.ended(), io.EOF)
		require.NoError(t, s.ended())
		assert.Equal(t, 1, r.Drop(refserver.All))
		require.ErrorIs(t, s.ended(), io.ErrUnexpectedEOF)
		assert.Zero(t, r.Drop(refserver.All))
		assert.Zero(t, r.Sockets())
	})
}

// Over TCP it is a true reset: TestOverTCP.
func TestResetEndsConnections(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		w, s := r.socket(""), r.events("")
		assert.Equal(t, 2, r.Reset(refserver.Streams))
		require.Error(t, w.ended())
		require.Error(t, s.ended())
		assert.Zero(t, r.Streams(refserver.Streams))
	})
}

func TestFreeze(t *testing.T) {
	for hit := range paths {
		inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
			w, s := r.socket(""), r.events("")
			r.Freeze(hit)
			require.NoError(t, r.Emit(tips, `{}`))
			w.say(ping)
			asking := r.request("GET "+paths[hit]+" HTTP/1.1", upgrade...)
			time.Sleep(time.Minute)
			assert.Equal(t, hit == refserver.WebSocket, len(w.frames()) == 0)
			assert.Equal(t, hit == refserver.SSE, s.bytes() == "", "not even a heartbeat")
			require.NoError(t, w.ended())
			require.NoError(t, s.ended())
			r.Heal(hit)
			asking.readHead()
			assert.Equal(t, fine[hit], asking.head.StatusCode)
			if hit == refserver.WebSocket {
				assert.Len(t, w.frames(), 2)
			}
			if hit == refserver.SSE {
				assert.Contains(t, s.bytes(), "event: tips.update")
			}
		})
	}
}

// Nobody waits for ever for a frozen server: not Close, not a request whose
// client has gone.
func TestFrozenConnectionsEnd(t *testing.T) {
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		w := r.socket("")
		w.frames()
		r.Freeze(refserver.All)
		gone := r.request("GET "+rest+" HTTP/1.1", "Host: node")
		synctest.Wait()
		gone.conn.Close()
		waiting := r.request("GET "+rest+" HTTP/1.1", "Host: node")
		require.NoError(t, r.Emit(tips, `{}`))
		synctest.Wait()
		r.Close()
		require.Error(t, w.ended())
		_, err := http.ReadResponse(waiting.br, nil)
		require.Error(t, err)
	})
}

func TestMute(t *testing.T) {
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.Mute(refserver.Streams)
		w, s := r.socket(""), r.events("") // the heads come
		require.NoError(t, r.Emit(tips, `{}`))
		w.say(ping)
		time.Sleep(time.Minute)
		assert.Empty(t, w.frames())
		assert.Empty(t, s.bytes())
		r.Heal(refserver.Streams)
		assert.Len(t, w.frames(), 3)
		assert.Contains(t, s.bytes(), "event: TipsUpdated")
	})
}

func TestDieAfter(t *testing.T) {
	for _, n := range []int{0, 1, 3} {
		inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
			r.DieAfter(refserver.Streams, n)
			w, s := r.socket("?events=tips.update"), r.events("?events=tips.update")
			for range n {
				require.NoError(t, w.ended())
				require.NoError(t, s.ended())
				r.emitThree()
			}
			require.ErrorIs(t, w.ended(), io.EOF)
			require.Error(t, s.ended())
			assert.Len(t, w.frames(), n)
			assert.Equal(t, n, strings.Count(s.bytes(), "event:"))
			r.Heal(refserver.Streams)
			assert.NoError(t, r.socket("").ended())
		})
	}
}

func TestDrip(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		w := r.socket("")
		r.Drip(refserver.All, 3, time.Second)
		require.NoError(t, r.Emit(tips, `{}`))
		time.Sleep(10 * time.Second)
		assert.Empty(t, w.frames())
		time.Sleep(20 * time.Second)
		assert.Len(t, w.frames(), 1)

		begun := time.Now()
		_, body := r.get(rest)
		assert.Equal(t, `{"tips":[]}`, body)
		assert.Equal(t, 3*time.Second, time.Since(begun), "eleven bytes, three at a time")

		require.NoError(t, r.Emit(tips, `{}`))
		slow := r.request("GET "+rest+" HTTP/1.1", "Host: node")
		time.Sleep(time.Second)
		r.Close() // does not wait for the rest
		require.Error(t, w.ended())
		slow.readHead()
		_, err := io.ReadAll(slow.head.Body)
		require.Error(t, err)
	})
}

func TestHold(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		s := r.events("")
		r.Hold(refserver.SSE, 150)
		for range 4 {
			require.NoError(t, r.Emit(tips, `{}`))
		}
		got := s.bytes()
		assert.Equal(t, 3, strings.Count(got, "event:"), "in one go")
		r.Heal(refserver.SSE)
		assert.Empty(t, s.bytes())
		assert.Contains(t, s.waits(15*time.Second), "event: tips.update")
	})
}

func TestFaultsOfSingleEvents(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		w, s := r.socket(""), r.events("")
		emit := func(names ...string) []string {
			for _, n := range names {
				require.NoError(t, r.Emit(tips, `"`+n+`"`))
			}
			var got []string
			for _, text := range w.texts() {
				got = append(got, strings.TrimSuffix(strings.TrimPrefix(text, `{"type":"Event","event":{"type":"TipsUpdated","data":"`), `"}}`))
			}
			return got
		}
		r.Duplicate(2)
		assert.Equal(t, []string{"a", "a", "b", "b", "c"}, emit("a", "b", "c"))
		r.Swap(1)
		assert.Empty(t, emit("a"))
		assert.Equal(t, []string{"b", "a", "c"}, emit("b", "c"))
		s.bytes()
		r.Garble(1)
		assert.Equal(t, []string{`{"type":"Event","event":{"typ`, "b"}, emit("a", "b"))
		assert.Equal(t, "event: tips.update\ndata: {\"type\":\"TipsUpda\n\n"+
			"event: tips.update\ndata: {\"type\":\"TipsUpdated\",\"data\":\"b\"}\n\n", s.bytes())
	})
}

func TestRaw(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		w, s := r.socket("?events="), r.events("?priority=low") // no filter holds it up
		r.Raw(refserver.WebSocket, []byte("\xff"))
		assert.Equal(t, []message{{0x81, "\xff"}}, w.frames())
		assert.Empty(t, s.bytes())
		r.Raw(refserver.SSE, []byte("id: 1\r\ndata\r\n\r\n"))
		assert.Empty(t, w.frames())
		assert.Equal(t, "id: 1\r\ndata\r\n\r\n", s.bytes())
		r.RawBinary([]byte{1, 2})
		assert.Equal(t, []message{{0x82, "\x01\x02"}}, w.frames())
		assert.Empty(t, s.bytes())
	})
}

func TestClosedServerGivesNoAnswer(t *testing.T) {
	s := refserver.New(refserver.Config{})
	s.Close()
	w := &hijackless{header: http.Header{}}
	req, err := http.NewRequest(http.MethodGet, rest, nil)
	require.NoError(t, err)
	s.ServeHTTP(w, req)
	assert.Zero(t, w.status)
}

// hijackless is a connection that cannot be taken over, as those of HTTP/2.
type hijackless struct {
	header http.Header
	status int
	body   strings.Builder
}

func (w *hijackless) Header() http.Header         { return w.header }
func (w *hijackless) WriteHeader(status int)      { w.status = status }
func (w *hijackless) Write(b []byte) (int, error) { return w.body.Write(b) }

func TestStreamsNeedAConnection(t *testing.T) {
	s := refserver.New(refserver.Config{})
	defer s.Close()
	w := &hijackless{header: http.Header{}}
	req, err := http.NewRequest(http.MethodGet, sse, nil)
	require.NoError(t, err)
	s.ServeHTTP(w, req)
	assert.Equal(t, 505, w.status)

	s.Drip(refserver.REST, 1, time.Millisecond)
	w = &hijackless{header: http.Header{}}
	req.URL.Path = rest
	s.ServeHTTP(w, req)
	assert.Equal(t, "{", w.body.String(), "cannot be flushed")
}

func TestServeWithoutAListener(t *testing.T) {
	s := refserver.New(refserver.Config{})
	broken := errors.New("no more connections")
	require.ErrorIs(t, s.Serve(brokenListener{broken}), broken)
	s.Close()
	assert.NoError(t, s.Serve(brokenListener{}), "closed already")
}
