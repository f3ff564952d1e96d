package transport_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/subscription/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A picky server takes only names that it knows: by 400 on SSE, by an Error
// message on a WebSocket. An empty known refuses everything, nil nothing.
type picky struct {
	t    *testing.T
	late time.Duration // the Error comes that long after the Pong; 0: before it
	node bool          // it does not greet

	mu    sync.Mutex
	known func(name string) bool
	asked []string
}

func (s *picky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := strings.TrimPrefix(r.URL.RawQuery, "events=")
	s.mu.Lock()
	s.asked = append(s.asked, query)
	ok := true
	for name := range strings.SplitSeq(query, ",") {
		ok = ok && (s.known == nil || s.known(name))
	}
	s.mu.Unlock()
	switch {
	case r.Header.Get("Upgrade") != "":
		sockets(s.t, func(p *peer) { s.socket(p, ok) })(w, r)
	case ok:
		openStream(w)
		<-r.Context().Done()
	default:
		http.Error(w, "Invalid event type", http.StatusBadRequest)
	}
}

func (s *picky) socket(p *peer, ok bool) {
	if s.late > 0 {
		p.answerOne()
		time.Sleep(s.late)
	}
	if !ok {
		p.text(`{"type":"Error","message":"Invalid event type"}`)
	}
	if !s.node {
		p.text(`{"type":"Subscribed","events":[]}`)
	}
	p.answer(nil)
}

// queries returns what was asked since the last call.
func (s *picky) queries() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

func (s *picky) learn(known func(string) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = known
}

const (
	both      = "TipsUpdated,tips.update,NodeStarted,node.started"
	variant   = "TipsUpdated,NodeStarted"
	dotted    = "tips.update,node.started"
	guideOnly = "TipsUpdated"
)

var (
	askedFor     = []events.Type{events.TypeTipsUpdated, events.TypeNodeStarted}
	knowsVariant = func(name string) bool { return !strings.Contains(name, ".") }
	knowsDotted  = func(name string) bool { return strings.Contains(name, ".") }
	knowsGuide   = func(name string) bool { return name == "TipsUpdated" }
	knowsNothing = func(string) bool { return false }
)

func TestSpellings(t *testing.T) {
	tests := map[string]struct {
		known   func(string) bool
		asked   []string
		again   string // what a second opening asks first
		missing []events.Type
	}{
		"takes everything": {nil, []string{both}, both, nil},
		"variant names":    {knowsVariant, []string{both, variant}, variant, nil},
		"dotted names":     {knowsDotted, []string{both, variant, dotted}, dotted, nil},
		"the guide's eight": {knowsGuide, []string{both, variant, dotted, guideOnly}, guideOnly,
			[]events.Type{events.TypeNodeStarted}},
	}
	for _, tr := range streams {
		for name, test := range tests {
			bubble(t, tr.String()+" "+name, func(t *testing.T) {
				server := &picky{t: t, known: test.known}
				d := dialer(t, start(t, server.ServeHTTP), nil)
				open(t, d, tr, askedFor)
				assert.Equal(t, test.asked, server.queries())
				assert.Equal(t, test.missing, d.Missing())

				open(t, d, tr, askedFor)
				assert.Equal(t, []string{test.again}, server.queries(), "it is remembered")
				assert.Equal(t, test.missing, d.Missing())

				server.learn(nil)
				open(t, d, tr, nil)
				assert.Equal(t, []string{"all"}, server.queries())
				assert.Empty(t, d.Missing())
			})
		}
	}
}

// Only a refusal of every spelling is one, and then nothing is remembered.
func TestEverySpellingRefused(t *testing.T) {
	for _, tr := range streams {
		bubble(t, tr.String(), func(t *testing.T) {
			server := &picky{t: t, known: knowsNothing}
			d := dialer(t, start(t, server.ServeHTTP), nil)
			for range 2 {
				_, err := d.Open(t.Context(), tr, askedFor)
				assert.Equal(t, []string{both, variant, dotted, guideOnly}, server.queries())
				assert.Equal(t, fallback.Refused, transport.Classify(tr, err).Kind)
				if tr == fallback.WebSocket {
					assert.Equal(t, &transport.FilterError{Text: "Invalid event type"}, err)
					require.EqualError(t, err, "transport: websocket: the server refuses the subscription in every spelling: Invalid event type")
					assert.Equal(t, "filter", transport.Reason(err))
				} else {
					assert.Equal(t, "status 400", transport.Reason(err))
				}
			}
			_, err := d.Open(t.Context(), tr, nil)
			require.Error(t, err)
			assert.Equal(t, []string{"all"}, server.queries(), "there is one way to ask for all")
		})
	}
}

// A server may be replaced by one that speaks otherwise.
func TestRememberedSpellingIsRefused(t *testing.T) {
	for _, tr := range streams {
		bubble(t, tr.String(), func(t *testing.T) {
			server := &picky{t: t, known: knowsDotted}
			d := dialer(t, start(t, server.ServeHTTP), nil)
			open(t, d, tr, askedFor)
			server.queries()
			server.learn(knowsVariant)
			open(t, d, tr, askedFor)
			assert.Equal(t, []string{dotted, both, variant}, server.queries())
		})
	}
}

// What cannot be reached may be another server when it is back: a node, which
// takes variant names and never sends an event for them.
func TestSpellingIsForgotten(t *testing.T) {
	for _, tr := range streams {
		bubble(t, tr.String(), func(t *testing.T) {
			server := &picky{t: t, known: knowsVariant}
			network := start(t, server.ServeHTTP)
			d := dialer(t, network, nil)
			s := open(t, d, tr, askedFor)
			server.queries()
			s.Close()
			network.Reset("node")
			network.Refuse("node", true)
			_, err := d.Open(t.Context(), tr, askedFor)
			require.Error(t, err)
			network.Refuse("node", false)
			server.learn(nil)
			open(t, d, tr, askedFor)
			assert.Equal(t, []string{both}, server.queries())
		})
	}
}

// A WebSocket shows by its Pong that a node has taken the place of a server with
// variant names.
func TestNodeInPlaceOfAGuideServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &picky{t: t, known: knowsVariant}
		d := dialer(t, start(t, server.ServeHTTP), nil)
		open(t, d, fallback.WebSocket, askedFor)
		server.queries()
		server.learn(nil)
		server.node = true
		open(t, d, fallback.WebSocket, askedFor)
		assert.Equal(t, []string{variant, both}, server.queries())
	})
}

// An Error after an event, or after a command of ours, is not about the request.
func TestErrorIsDelivered(t *testing.T) {
	const refusal = `{"type":"Error","message":"Invalid event type"}`
	bubble(t, "after an event", func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			p.answerOne()
			p.text(tips(1))
			p.text(refusal)
			p.answer(nil)
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, askedFor)
		nextEvent(t, s)
		assert.Equal(t, "Invalid event type", next(t, s).Text)
	})
	bubble(t, "after an event before the Pong", func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			p.text(tips(1))
			p.text(refusal)
			p.answer(nil)
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, askedFor)
		nextEvent(t, s)
		assert.Equal(t, "Invalid event type", next(t, s).Text)
	})
	bubble(t, "after Subscribe", func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) {
			p.answer(func(f frame) {
				if strings.Contains(f.payload, `"Subscribe"`) {
					p.text(refusal)
					p.text(`{"type":"Subscribed","events":["X"]}`)
				}
			})
		}))
		s := open(t, dialer(t, network, nil), fallback.WebSocket, askedFor)
		next(t, s)
		require.True(t, s.Widen([]events.Type{"X"}))
		assert.Equal(t, "Invalid event type", next(t, s).Text)
		next(t, s)
		assert.Equal(t, "node", s.Dialect().String(), "this Subscribed was no greeting")
	})
}

// Types that the server does not offer are not asked for again.
func TestWidenByWhatIsNotOffered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &picky{t: t, known: knowsGuide}
		d := dialer(t, start(t, server.ServeHTTP), nil)
		s := open(t, d, fallback.WebSocket, askedFor)
		assert.Equal(t, []events.Type{events.TypeNodeStarted}, d.Missing())
		assert.True(t, s.Widen([]events.Type{events.TypeTipsUpdated, events.TypeNodeStopped}))
		assert.True(t, s.Widen([]events.Type{events.TypeNodeStopped}))
		assert.Equal(t, []events.Type{events.TypeNodeStarted, events.TypeNodeStopped}, d.Missing())
	})
}
