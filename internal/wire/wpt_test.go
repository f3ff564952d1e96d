package wire_test

import (
	"io"
	"mime"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/internal/wpt"
)

// A wptCase is a case of the web-platform-tests for event sources.
type wptCase struct{ wpt.Case }

// What a case says of requests, redirects and statuses is the transport's; here
// stands a client just good enough to hand the right bodies to the reader.
func TestWebPlatformTests(t *testing.T) {
	wpt.Run(t, func(t *testing.T, c wpt.Case, piece int) { wptCase{c}.run(t, piece) })
}

// run plays c in pieces of n bytes.
func (c wptCase) run(t *testing.T, n int) {
	t.Helper()
	var got []string
	id, closed, retry := "", false, time.Duration(0)
	for i, conn := range c.Connections {
		c.checkID(t, i, id)
		if conn.Status >= 300 && conn.Status < 400 {
			continue
		}
		media, _, err := mime.ParseMediaType(conn.Headers["Content-Type"])
		if conn.Status != http.StatusOK || err != nil || media != "text/event-stream" {
			closed = true
			break
		}
		r := wire.NewSSEReader(&pieces{conn.Body, n}, 0)
		r.Resume(id)
		all := readAll(r)
		assert.Equal(t, io.EOF, all.err)
		for _, ev := range all.events {
			if ev != ":" {
				got = append(got, ev)
			}
		}
		id = all.lastID
		if all.retry > 0 {
			retry = all.retry
		}
	}
	var want []string
	for _, ev := range c.Expect.Events {
		name := strings.TrimSuffix(ev.Type, "message")
		want = append(want, name+"|"+ev.Data+"|"+ev.ID)
	}
	assert.Equal(t, want, got, "in pieces of %d", n)
	assert.Equal(t, c.Expect.Closed, closed)
	if c.Expect.ReconnectAfterMS > 0 {
		assert.Equal(t, time.Duration(c.Expect.ReconnectAfterMS)*time.Millisecond, retry)
	}
}

// checkID holds id to what the i-th request is expected to send.
func (c wptCase) checkID(t *testing.T, i int, id string) {
	t.Helper()
	if i >= len(c.Expect.RequestHeaders) {
		return
	}
	want, ok := c.Expect.RequestHeaders[i]["Last-Event-ID"]
	if !ok {
		return
	}
	if want == nil {
		assert.Empty(t, id)
		return
	}
	assert.Equal(t, *want, id)
}
