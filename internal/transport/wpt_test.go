package transport_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/internal/wpt"
)

// A wptCase is a case of the web-platform-tests for event sources.
type wptCase struct{ wpt.Case }

// What the cases say of the text of events is tested in internal/wire; here it is what
// they say of requests and answers, over a network, whole and in pieces. Where a
// browser gives up for good, Open returns an error. What becomes of that is where we
// differ: a 5xx is tried again after a wait, and 204 moves on to the next transport.
func TestWebPlatformTests(t *testing.T) {
	wpt.Run(t, func(t *testing.T, c wpt.Case, piece int) {
		synctest.Test(t, func(t *testing.T) { wptCase{c}.run(t, piece) })
	})
}

// run plays c in pieces of n bytes.
func (c wptCase) run(t *testing.T, n int) {
	var requests atomic.Int64
	d := dialer(t, start(t, func(w http.ResponseWriter, r *http.Request) { c.serve(t, w, r, int(requests.Add(1))-1, n) }), nil)
	var sizes []int
	var retry time.Duration
	closed := false
	for int(requests.Load()) < len(c.Connections) && !closed {
		s, err := d.Open(t.Context(), fallback.SSE, nil)
		if err != nil {
			closed = true
			c.checkError(t, err)
			break
		}
		var f transport.Frame
		for f, err = s.Next(); err == nil; f, err = s.Next() {
			if f.Kind != wire.Alive {
				sizes = append(sizes, f.Size)
			}
		}
		var ended *transport.ClosedError
		require.ErrorAs(t, err, &ended)
		if ended.RetryAfter > 0 {
			retry = ended.RetryAfter
		}
		s.Close()
	}
	var want []int
	for _, e := range c.Expect.Events {
		want = append(want, len(e.Data))
	}
	assert.Equal(t, want, sizes, "bytes of the events, in pieces of %d", n)
	assert.Equal(t, c.Expect.Closed, closed)
	if c.Expect.ReconnectAfterMS > 0 {
		assert.Equal(t, time.Duration(c.Expect.ReconnectAfterMS)*time.Millisecond, retry)
	}
}

// serve answers the i-th request.
func (c wptCase) serve(t *testing.T, w http.ResponseWriter, r *http.Request, i, n int) {
	if i < len(c.Expect.RequestHeaders) {
		for name, want := range c.Expect.RequestHeaders[i] {
			got := r.Header.Values(name)
			if want == nil {
				assert.Empty(t, got, name)
			} else {
				assert.Equal(t, []string{*want}, got, name)
			}
		}
	}
	conn := c.Connections[i]
	for name, value := range conn.Headers {
		w.Header().Set(name, strings.ReplaceAll(value, "{{self}}", r.URL.String()))
	}
	w.WriteHeader(conn.Status)
	for body := conn.Body; len(body) > 0; {
		piece := body[:min(n, len(body))]
		body = body[len(piece):]
		eventStream{w}.say(string(piece))
	}
}

// checkError holds an error of Open to what the last answer was.
func (c wptCase) checkError(t *testing.T, err error) {
	var status *transport.StatusError
	require.True(t, c.Expect.Closed, "%v", err)
	last := c.Connections[len(c.Connections)-1].Status
	if last != http.StatusOK {
		require.ErrorAs(t, err, &status)
		assert.Equal(t, last, status.Status)
	} else {
		require.ErrorAs(t, err, new(*transport.ContentTypeError))
	}
}
