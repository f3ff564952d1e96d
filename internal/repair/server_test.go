package repair_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/repair"
)

// A message is one of the model's server.
type message struct {
	repair.Fact

	child    bool // it has one
	final    bool
	silent   bool // the start read it, and it is older than the first connection
	handed   int  // how often its MessageAdded was said to be new
	got      bool // and the application was given it
	ended    int  // the same of its MessageFinalized
	gotFinal bool
}

// A model is a server, an application with a database, and the books in between.
// The server announces what it likes.
type model struct {
	t        *testing.T
	b        *repair.Books
	now      time.Time
	limit    int
	messages []*message
	byID     map[string]*message
	queue    []func() // what the handlers are to be given
	started  bool     // the first pass has ended
	asks     bool     // the books ask the application
	doubles  bool     // an old cursor was used
	overrun  bool     // the books were too small
	stay     int      // how many messages they had to keep at the most
	cursor   []byte
}

func newModel(t *testing.T, limit int, asks bool) *model {
	m := &model{t: t, b: repair.New(limit), now: t0, limit: limit, byID: make(map[string]*message), asks: asks}
	m.b.AskKnown(asks)
	for range 5 {
		m.post(-time.Minute)
	}
	m.b.Begin(m.now)
	return m
}

// post makes a message, its proposer's clock being off.
func (m *model) post(off time.Duration) *message {
	n := len(m.messages)
	x := &message{Fact: repair.Fact{ID: fmt.Sprint("m", n), Timestamp: m.now.Add(off)}}
	for k := range min(n, 2) {
		p := m.messages[n-1-(k*7+n*3)%min(n, 8)]
		p.child = true
		x.Parents = append(x.Parents, p.ID)
	}
	m.messages = append(m.messages, x)
	m.byID[x.ID] = x
	return x
}

// hand gives a message to the handlers, some time.
func (m *model) hand(x *message) {
	x.handed++
	b := m.b
	m.queue = append(m.queue, func() {
		if x.got && !m.overrun && (!m.doubles || m.asks) {
			assert.Fail(m.t, "delivered twice", x.ID)
		}
		x.got = true
		b.Delivered(repair.Added, x.ID)
	})
}

func (m *model) handFinal(x *message) {
	x.ended++
	b := m.b
	var deliver func()
	deliver = func() {
		if b.Waits(x.ID) {
			m.queue = append(m.queue, deliver)
			return
		}
		if x.gotFinal && !m.overrun && (!m.doubles || m.asks) {
			assert.Fail(m.t, "finality delivered twice", x.ID)
		}
		x.gotFinal = true
		b.Delivered(repair.Finalized, x.ID)
	}
	m.queue = append(m.queue, deliver)
}

// deliver runs n handlers, beginning with the i-th.
func (m *model) deliver(i, n int) {
	for ; n > 0 && len(m.queue) > 0; n-- {
		i %= len(m.queue)
		next := m.queue[i]
		m.queue = slices.Delete(m.queue, i, i+1)
		next()
	}
}

func (m *model) found(x *message) {
	switch m.b.Found(x.Fact, m.now) {
	case repair.Pass:
		x.silent = x.silent || !m.started && x.handed == 0
	case repair.HandOn:
		m.hand(x)
	case repair.Ask:
		if m.b.Decide(repair.Added, x.ID, x.got) {
			m.hand(x)
		}
	}
}

// pass asks until nothing is left to ask. If it breaks off it ends after some
// questions.
func (m *model) pass(breaksOff bool) {
	m.b.PassBegan(m.now)
	_, from, ok := m.b.Anchor()
	if ok {
		newer := slices.DeleteFunc(slices.Clone(m.messages), func(x *message) bool { return x.Timestamp.Before(from) })
		slices.SortFunc(newer, func(x, y *message) int {
			return cmp.Or(x.Timestamp.Compare(y.Timestamp), cmp.Compare(x.ID, y.ID))
		})
		for i, x := range newer {
			if breaksOff && i > 3 {
				return
			}
			m.found(x)
		}
	}
	var tips []string
	for _, x := range m.messages {
		if !x.child {
			tips = append(tips, x.ID)
		}
	}
	m.b.Tips(tips)
	for rounds := 0; ; rounds++ {
		ids := m.b.Ask(m.now, 10)
		if len(ids) == 0 {
			break
		}
		require.Less(m.t, rounds, 1000, "endless pass")
		for _, id := range ids {
			m.found(m.byID[id])
		}
		if breaksOff {
			return
		}
	}
	m.b.PassEnded(m.now)
	m.started = true
}

// ask asks about n messages whether they are final.
func (m *model) ask(n int) {
	ids, _ := m.b.Open(m.now, n)
	assert.LessOrEqual(m.t, len(ids), n)
	for _, id := range ids {
		x := m.byID[id]
		if !x.final {
			m.b.NotFinal(m.now, id)
			continue
		}
		switch m.b.Final(m.now, id) {
		case repair.Pass:
		case repair.HandOn:
			m.handFinal(x)
		case repair.Ask:
			if m.b.Decide(repair.Finalized, id, x.gotFinal) {
				m.handFinal(x)
			}
		}
	}
}

// restart kills the application and starts it with a cursor. What was queued is
// gone.
func (m *model) restart(cursor []byte) {
	m.queue = nil
	for _, x := range m.messages {
		x.handed, x.ended = 0, 0
	}
	m.started = true // there is none with a cursor
	m.b = repair.New(m.limit)
	m.b.AskKnown(m.asks)
	left, _, err := m.b.Resume(cursor)
	require.NoError(m.t, err)
	require.Zero(m.t, left)
	m.now = m.now.Add(5 * time.Second)
	m.b.Begin(m.now)
	m.b.Disturb()
}

// count returns the server's number of final messages.
func (m *model) count() (n uint64) {
	for _, x := range m.messages {
		if x.final {
			n++
		}
	}
	return n
}

// reachable returns the messages above a horizon that are tips, or parents of one
// that is reachable. A message whose children are all older than itself, and below
// the horizon, is not.
func (m *model) reachable(horizon time.Time) map[string]bool {
	ids := make(map[string]bool)
	for _, x := range slices.Backward(m.messages) {
		if (!x.child || ids[x.ID]) && x.Timestamp.After(horizon) {
			ids[x.ID] = true
			for _, p := range x.Parents {
				ids[p] = true
			}
		} else {
			delete(ids, x.ID)
		}
	}
	return ids
}
