package transport_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/transport"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var streams = []fallback.Transport{fallback.WebSocket, fallback.SSE}

// refuse answers everything with a status.
func refuse(status int, header http.Header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), header)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Every status but the right one is a typed error on both streams.
func TestStatus(t *testing.T) {
	tests := []struct {
		status int
		kind   fallback.Kind
	}{
		{http.StatusNoContent, fallback.Refused},
		{http.StatusAccepted, fallback.Refused},
		{http.StatusFound, fallback.Refused}, // without a Location
		{http.StatusBadRequest, fallback.Refused},
		{http.StatusUnauthorized, fallback.Refused},
		{http.StatusForbidden, fallback.Refused},
		{http.StatusNotFound, fallback.Refused},
		{http.StatusMethodNotAllowed, fallback.Refused},
		{http.StatusUpgradeRequired, fallback.Refused},
		{http.StatusRequestTimeout, fallback.Busy},
		{http.StatusTooEarly, fallback.Busy},
		{http.StatusTooManyRequests, fallback.Busy},
		{http.StatusInternalServerError, fallback.Busy},
		{http.StatusServiceUnavailable, fallback.Busy},
	}
	for _, tr := range streams {
		for _, test := range tests {
			bubble(t, tr.String()+" "+http.StatusText(test.status), func(t *testing.T) {
				network := start(t, refuse(test.status, nil, ""))
				_, err := dialer(t, network, nil).Open(t.Context(), tr, nil)
				var status *transport.StatusError
				require.ErrorAs(t, err, &status)
				assert.Equal(t, tr, status.Transport)
				assert.Equal(t, test.status, status.Status)
				assert.Equal(t, fallback.Outcome{Transport: tr, Kind: test.kind}, transport.Classify(tr, err))
			})
		}
	}
}

// A node that has no slot left says so in plain text.
func TestRefusalIsTold(t *testing.T) {
	long := "Too many WebSocket connections\n" + strings.Repeat("é", 600)
	header := http.Header{"Retry-After": {"120"}}
	for _, tr := range streams {
		bubble(t, tr.String(), func(t *testing.T) {
			network := start(t, refuse(http.StatusServiceUnavailable, header, long))
			_, err := dialer(t, network, nil).Open(t.Context(), tr, nil)
			var status *transport.StatusError
			require.ErrorAs(t, err, &status)
			assert.Equal(t, []byte(long)[:512], status.Body)
			assert.Equal(t, 2*time.Minute, status.RetryAfter)
			assert.Equal(t, 2*time.Minute, transport.Classify(tr, err).RetryAfter)
			assert.Equal(t, "status 503", transport.Reason(err))
			assert.Equal(t, "transport: "+tr.String()+": "+status.URL+
				": unexpected status 503 Service Unavailable, retry after 2m0s: Too many WebSocket connections "+strings.Repeat("é", 44)+"…", err.Error())
		})
	}
	bubble(t, "as a date, by the server's clock", func(t *testing.T) {
		header := http.Header{"Date": {"Wed, 15 Oct 2025 18:57:02 GMT"}, "Retry-After": {"Wed, 15 Oct 2025 18:58:02 GMT"}}
		network := start(t, refuse(http.StatusTooManyRequests, header, ""))
		_, err := dialer(t, network, nil).Open(t.Context(), fallback.SSE, nil)
		assert.Equal(t, time.Minute, transport.Classify(fallback.SSE, err).RetryAfter)
	})
}

// Without a Date the host's clock has to do.
func TestRetryAfterWithoutDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		header := http.Header{"Date": nil, "Retry-After": {time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)}}
		network := start(t, refuse(http.StatusTooManyRequests, header, ""))
		_, err := dialer(t, network, nil).Open(t.Context(), fallback.SSE, nil)
		assert.Equal(t, time.Minute, transport.Classify(fallback.SSE, err).RetryAfter)
	})
}

// The body of a refusal need not end.
func TestEndlessBody(t *testing.T) {
	for _, tr := range streams {
		bubble(t, tr.String(), func(t *testing.T) {
			network := start(t, func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusServiceUnavailable)
				_, _ = io.WriteString(w, "wait")
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			})
			begun := time.Now()
			_, err := dialer(t, network, nil).Open(t.Context(), tr, nil)
			var status *transport.StatusError
			require.ErrorAs(t, err, &status)
			assert.Equal(t, "wait", string(status.Body))
			assert.LessOrEqual(t, time.Since(begun), 3*time.Second)
			synctest.Wait()
			assert.Zero(t, network.Conns("node"))
		})
	}
}

// An upgrade that is none.
func TestBadHandshake(t *testing.T) {
	tests := map[string]string{
		"wrong key":             "sec-websocket-accept: AAAA\r\n",
		"unsolicited extension": "sec-websocket-accept: KEY\r\nsec-websocket-extensions: permessage-deflate, x\r\n",
	}
	for name, lines := range tests {
		bubble(t, name, func(t *testing.T) {
			network := start(t, func(w http.ResponseWriter, r *http.Request) {
				p := switchTo(t, w, r, strings.Replace(lines, "KEY", accept(r), 1))
				p.answer(nil)
				_ = p.conn.Close()
			})
			d := dialer(t, network, func(c *transport.Config) { c.DialTimeout = 2 * time.Second })
			begun := time.Now()
			_, err := d.Open(t.Context(), fallback.WebSocket, nil)
			require.Error(t, err)
			assert.Equal(t, 2*time.Second, time.Since(begun), "the library alone would take 3 s")
			synctest.Wait()
			assert.Zero(t, network.Conns("node"))

			_, err = dialer(t, network, nil).Open(t.Context(), fallback.WebSocket, nil)
			require.ErrorAs(t, err, new(*transport.HandshakeError))
			assert.Equal(t, fallback.Refused, transport.Classify(fallback.WebSocket, err).Kind)
			assert.Equal(t, "handshake", transport.Reason(err))
			require.Error(t, errors.Unwrap(err))
			assert.Contains(t, err.Error(), "transport: websocket: http://node/v1/ws/events?events=all: ")
		})
	}
}

// A 101 that comes when nobody waits for it any more is not left open.
func TestUpgradeTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		listener, err := network.Listen("node")
		require.NoError(t, err)
		defer listener.Close()
		client := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			synctest.Wait()
			conn, err := network.DialContext(context.Background(), "tcp", "node:80")
			header := http.Header{"Connection": {"upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Accept": {accept(r)}}
			return &http.Response{StatusCode: http.StatusSwitchingProtocols, Header: header, Body: conn, Request: r}, err
		})}
		d := dialer(t, network, func(c *transport.Config) { c.Client = client })
		_, err = d.Open(t.Context(), fallback.WebSocket, nil)
		require.ErrorAs(t, err, new(*transport.DialError))
		assert.Equal(t, "timeout", transport.Reason(err))
		server, err := listener.Accept()
		require.NoError(t, err)
		_, err = server.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF)
		require.NoError(t, server.Close())
	})
}

// A RoundTripper whose 101 cannot be written to is told apart.
func TestUnwritableUpgrade(t *testing.T) {
	client := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		header := http.Header{"Connection": {"upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Accept": {accept(r)}}
		return &http.Response{StatusCode: http.StatusSwitchingProtocols, Header: header, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
	})}
	d := dialer(t, memnet.New(0), func(c *transport.Config) { c.Client = client })
	_, err := d.Open(t.Context(), fallback.WebSocket, nil)
	require.ErrorAs(t, err, new(*transport.HandshakeError))
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// What is said when nobody answers.
func TestDialErrors(t *testing.T) {
	for _, tr := range streams {
		path := map[fallback.Transport]string{fallback.WebSocket: "ws", fallback.SSE: "sse"}[tr]
		prefix := "transport: " + tr.String() + ": http://node/v1/" + path + "/events?events=all: "
		bubble(t, tr.String()+" refused", func(t *testing.T) {
			_, err := dialer(t, memnet.New(0), nil).Open(t.Context(), tr, nil)
			var dial *transport.DialError
			require.ErrorAs(t, err, &dial)
			require.ErrorIs(t, err, syscall.ECONNREFUSED)
			assert.False(t, dial.Timeout())
			require.EqualError(t, err, prefix+"dial mem node:80: connect: connection refused")
			assert.Equal(t, "refused", transport.Reason(err))
			assert.Equal(t, fallback.Failed, transport.Classify(tr, err).Kind)
		})
		hangs := map[string]func(*memnet.Network){
			"the dial":     func(n *memnet.Network) { n.Hang("node", true) },
			"the response": func(*memnet.Network) {},
		}
		for name, hang := range hangs {
			bubble(t, tr.String()+" hangs in "+name, func(t *testing.T) {
				network := start(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
				hang(network)
				begun := time.Now()
				_, err := dialer(t, network, nil).Open(t.Context(), tr, nil)
				assert.Equal(t, 10*time.Second, time.Since(begun))
				var dial *transport.DialError
				require.ErrorAs(t, err, &dial)
				assert.True(t, dial.Timeout())
				require.EqualError(t, err, prefix+"no answer within 10s: context deadline exceeded")
				assert.Equal(t, "timeout", transport.Reason(err))
				assert.Equal(t, fallback.Failed, transport.Classify(tr, err).Kind)
				network.Hang("node", false)
			})
			bubble(t, tr.String()+" is cancelled in "+name, func(t *testing.T) {
				network := start(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
				hang(network)
				why := errors.New("enough")
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(why) })
				d := dialer(t, network, func(c *transport.Config) { c.DialTimeout = -1 })
				begun := time.Now()
				_, err := d.Open(ctx, tr, nil)
				assert.Equal(t, time.Second, time.Since(begun))
				require.ErrorIs(t, err, why)
				network.Hang("node", false)
			})
		}
	}
}

func TestUnknownTransport(t *testing.T) {
	_, err := dialer(t, memnet.New(0), nil).Open(t.Context(), fallback.None, nil)
	require.EqualError(t, err, `transport: there is no transport "none"`)
}
