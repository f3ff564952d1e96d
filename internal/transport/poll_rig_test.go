package transport_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/repair"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// A pollRig is a node that is asked without a network, and what came of it.
type pollRig struct {
	t      *testing.T
	node   *refserver.Server
	books  *repair.Books
	dialer *transport.Dialer
	change func(w http.ResponseWriter, r *http.Request) bool // answers in the node's place if it returns true
	fail   func(r *http.Request) error                       // instead of an answer

	mu    sync.Mutex
	asked []string // paths since the last look
}

// pollTest runs a test against a node, in fake time that is past the first
// second of the bubble.
func pollTest(t *testing.T, fn func(t *testing.T, rig *pollRig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		rig := &pollRig{t: t, node: refserver.New(refserver.Config{Dialect: refserver.Node}), books: repair.New(0)}
		rig.dialer = rig.newDialer(nil)
		wait(time.Hour)
		fn(t, rig)
	})
}

func (rig *pollRig) newDialer(change func(*transport.Config)) *transport.Dialer {
	cfg := transport.Config{
		Base: &url.URL{Scheme: "http", Host: "node"}, Client: &http.Client{Transport: rig}, Books: rig.books,
	}
	if change != nil {
		change(&cfg)
	}
	return transport.NewDialer(cfg)
}

// RoundTrip implements http.RoundTripper.
func (rig *pollRig) RoundTrip(r *http.Request) (*http.Response, error) {
	rig.mu.Lock()
	rig.asked = append(rig.asked, r.URL.Path)
	rig.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if rig.fail != nil {
		if err := rig.fail(r); err != nil {
			return nil, err
		}
	}
	w := httptest.NewRecorder()
	if rig.change == nil || !rig.change(w, r) {
		r = r.Clone(r.Context())
		r.RequestURI = r.URL.RequestURI()
		rig.node.ServeHTTP(w, r)
	}
	response := w.Result()
	response.Request = r
	return response, nil
}

// refuse answers paths that contain one of parts with a status, nothing else.
func (rig *pollRig) refuse(status int, parts ...string) {
	rig.change = func(w http.ResponseWriter, r *http.Request) bool {
		if !slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(r.URL.Path, part) }) {
			return false
		}
		w.WriteHeader(status)
		return true
	}
}

// look returns the paths asked for since the last look, ids left out.
func (rig *pollRig) look() []string {
	rig.mu.Lock()
	defer rig.mu.Unlock()
	asked := rig.asked
	rig.asked = nil
	for i, path := range asked {
		at := strings.LastIndexByte(path, '/')
		if len(path)-at-1 == 64 {
			asked[i] = path[:at] + "/*"
		}
	}
	return asked
}

// asks returns how many of paths contain part.
func asks(paths []string, part string) int {
	n := 0
	for _, path := range paths {
		if strings.Contains(path, part) {
			n++
		}
	}
	return n
}

// open opens a stream, all types if none are given.
func (rig *pollRig) open(types ...events.Type) transport.Stream {
	rig.t.Helper()
	s, err := rig.dialer.Open(rig.t.Context(), fallback.Polling, types)
	require.NoError(rig.t, err)
	rig.t.Cleanup(s.Close)
	return s
}

// poll returns the frames of the next poll, or of the one that opened the stream,
// without the sign of life at its end.
func (rig *pollRig) poll(s transport.Stream) []transport.Frame {
	rig.t.Helper()
	var frames []transport.Frame
	for {
		f, err := s.Next()
		require.NoError(rig.t, err)
		if f.Kind == wire.Alive {
			assert.NotZero(rig.t, f.Received)
			return frames
		}
		assert.Equal(rig.t, events.OriginPolled, f.Origin)
		assert.NotEqual(rig.t, events.Fact, f.Type.Family(), "a fact")
		frames = append(frames, f)
	}
}

// polls makes n polls and returns the frames of all.
func (rig *pollRig) polls(s transport.Stream, n int) []transport.Frame {
	rig.t.Helper()
	var frames []transport.Frame
	for range n {
		frames = append(frames, rig.poll(s)...)
	}
	return frames
}

// typesOf returns the types of frames.
func typesOf(frames []transport.Frame) []events.Type {
	var list []events.Type
	for _, f := range frames {
		list = append(list, f.Type)
	}
	return list
}

// lastOf decodes the last event of a type.
func lastOf[E events.Event](t *testing.T, frames []transport.Frame) E {
	t.Helper()
	var e E
	found := false
	for _, f := range frames {
		if f.Type == e.Type() {
			var err error
			e, err = events.Decode[E](events.Envelope{Type: f.Type, Data: json.RawMessage(f.Data)})
			require.NoError(t, err)
			found = true
		}
	}
	require.True(t, found, "no %s", e.Type())
	return e
}

// wait lets d go by.
func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// afterNext calls Next on a goroutine of its own.
func afterNext(s transport.Stream) <-chan error {
	got := make(chan error, 1)
	go func() {
		_, err := s.Next()
		got <- err
	}()
	return got
}

// refusal opens a stream that fails.
func (rig *pollRig) refusal(types ...events.Type) error {
	rig.t.Helper()
	s, err := rig.dialer.Open(context.Background(), fallback.Polling, types)
	require.Error(rig.t, err)
	require.Nil(rig.t, s)
	return err
}
