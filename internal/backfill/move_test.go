package backfill_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/backfill"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

// A peer is another node, and what it was asked for.
type peer struct {
	*refserver.Server

	asked []string
	lacks string // paths with this in them are 404
}

// peer returns another node and a client that asks it.
func (r *rig) peer() (*peer, *rest.Client) {
	p := &peer{Server: refserver.New(refserver.Config{Dialect: refserver.Node})}
	do := func(request *http.Request) (*http.Response, error) {
		r.mu.Lock()
		p.asked = append(p.asked, request.URL.Path)
		r.mu.Unlock()
		w := httptest.NewRecorder()
		if p.lacks != "" && strings.Contains(request.URL.Path, p.lacks) {
			w.WriteHeader(http.StatusNotFound)
		} else {
			request = request.Clone(request.Context())
			request.RequestURI = request.URL.RequestURI()
			p.ServeHTTP(w, request)
		}
		response := w.Result()
		response.Request = request
		return response, nil
	}
	return p, rest.New(rest.Config{Base: &url.URL{Scheme: "http", Host: "peer"}, Do: do})
}

// both adds a message to the node and to a peer.
func (r *rig) both(p *peer, content byte) string {
	opts := refserver.AddOptions{Parents: p.Tips(), At: time.Now(), Content: []byte{content}}
	if len(opts.Parents) > 2 {
		opts.Parents = opts.Parents[:2]
	}
	id := r.node.AddMessage(opts)
	require.Equal(r.t, id, p.AddMessage(opts))
	return id
}

// After a failover the other endpoint is asked, from the anchor on, and the first one
// no more. What both have is handed on once, and what only one of them has, too.
func TestMoveAsksTheOtherEndpoint(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		p, other := r.peer()
		r.follow(backfill.Stream, events.TypeMessageAdded)
		old := r.both(p, 1)
		r.beats(time.Minute)
		r.pause()
		wait(time.Minute)
		meanwhile := r.both(p, 2)
		r.look()
		r.loop.Move(other)
		r.loop.Follow(backfill.Stream, []events.Type{events.TypeMessageAdded})
		wait(10 * time.Second)
		added, _ := r.got()
		assert.Equal(t, []string{old, meanwhile}, added)
		assert.Empty(t, r.look())
		assert.Positive(t, asks(p.asked, "since"))

		// Back, while the connection works.
		p.asked = nil
		there := r.add()
		r.loop.Move(r.rest)
		wait(10 * time.Second)
		added, _ = r.got()
		assert.Equal(t, []string{old, meanwhile, there}, added)
		assert.Empty(t, p.asked)
	})
}

// What is under way when the endpoint changes is thrown away.
func TestAnAnswerOfTheLastEndpointIsNone(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		_, other := r.peer()
		hold := make(chan struct{})
		r.answer(func(http.ResponseWriter, *http.Request) bool { <-hold; return false })
		r.add()
		r.follow(backfill.Stream, events.TypeMessageAdded)
		wait(time.Second)
		require.NotEmpty(t, r.look())
		r.loop.Move(other)
		close(hold)
		wait(time.Minute)
		added, _ := r.got()
		assert.Empty(t, added)
		assert.Empty(t, r.books.Newest(1))
	})
}

// That one node knows nothing of what the other one had is no other history. When it
// has forgotten it later, it is.
func TestAnotherEndpointIsNoOtherHistory(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		p, other := r.peer()
		r.follow(backfill.Stream, events.TypeMessageAdded)
		for range 20 {
			r.add()
			r.beats(3 * time.Second)
		}
		r.pause()
		r.loop.Move(other)
		r.loop.Follow(backfill.Stream, []events.Type{events.TypeMessageAdded})
		there := p.AddMessage(refserver.AddOptions{Content: []byte("there")})
		wait(2 * time.Minute)
		assert.Empty(t, r.noted(backfill.History))
		added, _ := r.got()
		assert.Contains(t, added, there)

		p.NewHistory(99)
		r.pause()
		r.loop.Follow(backfill.Stream, []events.Type{events.TypeMessageAdded})
		wait(2 * time.Minute)
		assert.Len(t, r.noted(backfill.History), 1)
	})
}

// What one server does not have says nothing about the other, and is remembered.
func TestWhatAServerLacksIsItsOwn(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		p, other := r.peer()
		p.lacks = "since"
		r.follow(backfill.Stream, events.TypeMessageAdded)
		r.both(p, 1)
		r.beats(time.Minute)
		r.loop.Move(other)
		wait(10 * time.Second)
		assert.Positive(t, asks(p.asked, "since"))
		assert.Len(t, r.noted(backfill.Failed), 1)
		r.look()
		r.loop.Move(r.rest)
		wait(10 * time.Second)
		assert.Positive(t, asks(r.look(), "since"))
		p.asked = nil
		r.loop.Move(other)
		wait(10 * time.Second)
		assert.Zero(t, asks(p.asked, "since"))
		assert.NotEmpty(t, p.asked)
	})
}
