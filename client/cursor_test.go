package client_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// A rowStore is what an application keeps of facts over its runs.
type rowStore struct {
	mu       sync.Mutex
	messages map[string]int
	finals   map[string]int
}

func newRowStore() *rowStore {
	return &rowStore{messages: map[string]int{}, finals: map[string]int{}}
}

func (d *rowStore) mux() *handlers.Mux {
	var mux handlers.Mux
	handlers.On(&mux, func(_ context.Context, e events.MessageAdded) error { return d.note(d.messages, e.MessageID) })
	handlers.On(&mux, func(_ context.Context, e events.MessageFinalized) error { return d.note(d.finals, e.MessageID) })
	return &mux
}

func (d *rowStore) note(in map[string]int, id string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	in[id]++
	return nil
}

// known answers Options.Known.
func (d *rowStore) known(_ context.Context, facts []events.Envelope) (have []bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, env := range facts {
		e, err := events.DecodeAny(env)
		if err != nil {
			return nil, err
		}
		switch e := e.(type) {
		case events.MessageAdded:
			have = append(have, d.messages[e.MessageID] > 0)
		case events.MessageFinalized:
			have = append(have, d.finals[e.MessageID] > 0)
		}
	}
	return have, nil
}

// check compares the rows with the messages of the node, without the first few.
func (d *rowStore) check(t *testing.T, r *rig, skip int, exactly bool) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range r.node.Messages()[skip:] {
		assert.NotZero(t, d.messages[m.ID], "message %.8s of %v is missing", m.ID, m.Timestamp)
		if m.Final {
			assert.NotZero(t, d.finals[m.ID], "finality of %.8s is missing", m.ID)
		}
	}
	if exactly {
		for id, n := range d.messages {
			assert.Equal(t, 1, n, "message %.8s", id)
		}
		for id, n := range d.finals {
			assert.Equal(t, 1, n, "finality of %.8s", id)
		}
	}
}

// m2's handler returns before that of m1 began: a cursor that is stored in between
// loses neither.
func TestTheCursorIsNotTheLastEventSeen(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		db := newRowStore()
		block := make(chan struct{})
		var slow atomic.Value // a message id
		slow.Store("")
		var mux handlers.Mux
		handlers.On(&mux, func(_ context.Context, e events.MessageAdded) error {
			if e.MessageID == slow.Load() {
				<-block
				return nil // killed before it was written
			}
			return db.note(db.messages, e.MessageID)
		})
		m, kill := r.run(&mux, client.Options{DrainTimeout: time.Millisecond})
		r.connected(m)
		pass(20 * time.Second)
		first := r.node.AddMessage(refserver.AddOptions{})
		pass(20 * time.Second)
		stuck := r.node.AddMessage(refserver.AddOptions{Silent: true})
		slow.Store(stuck)
		pass(time.Minute)
		third := r.node.AddMessage(refserver.AddOptions{})
		pass(2 * time.Minute)
		cursor := m.Cursor()
		close(block)
		_ = kill()
		again, _ := r.run(db.mux(), client.Options{ResumeFrom: cursor, Known: db.known})
		pass(time.Minute)
		require.NoError(t, again.WaitInSync(t.Context()))
		assert.Equal(t, map[string]int{first: 1, stuck: 1, third: 1}, db.messages)
	})
}

// REST is away while live facts go on: what was not announced meanwhile is not taken
// for handled.
func TestTheLowWaterMarkIsNotTheNewestReturned(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		db := newRowStore()
		m, kill := r.run(db.mux(), client.Options{})
		r.connected(m)
		pass(20 * time.Second)
		r.node.Refuse(refserver.REST, refserver.Answer{Status: 503})
		var ids []string
		for n := range 40 {
			ids = append(ids, r.node.AddMessage(refserver.AddOptions{Peer: n%2 == 0, Silent: n%2 == 0}))
			pass(5 * time.Second)
		}
		cursor := m.Cursor()
		_ = kill()
		r.node.Heal(refserver.REST)
		again, _ := r.run(db.mux(), client.Options{ResumeFrom: cursor, Known: db.known})
		pass(time.Minute)
		require.NoError(t, again.WaitInSync(t.Context()))
		for _, id := range ids {
			assert.Equal(t, 1, db.messages[id])
		}
	})
}

func TestTheTimeBetweenTwoRunsIsAGap(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		m, kill := r.follow(client.Options{})
		r.connected(m)
		pass(20 * time.Second)
		assert.Empty(t, r.gapList())
		stored, cursor := time.Now(), m.Cursor()
		assert.NotContains(t, cursor, " ")
		_ = kill()
		pass(time.Hour)
		r.follow(client.Options{ResumeFrom: cursor})
		back := time.Now()
		pass(time.Minute)
		assert.Equal(t, []events.GapCause{events.GapByResume}, r.episodes(t))
		g := r.settled()
		require.Len(t, g, 1)
		assert.WithinDuration(t, stored, g[0].From, 2*time.Second)
		assert.WithinDuration(t, back, g[0].To, time.Second)
		assert.Equal(t, events.GapUnrepairable, g[0].Outcome, "notices are wanted")
	})
}

func TestACursorThatCannotBeRead(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		m, kill := r.follow(client.Options{})
		r.connected(m)
		pass(time.Minute)
		good := m.Cursor()
		_ = kill()
		flipped := []byte(good)
		flipped[len(good)/2] ^= 1
		for name, cursor := range map[string]string{
			"foreign": "aGVsbG8", "no base64": "hello, world", "cut off": good[:len(good)-5],
			"flipped": string(flipped), "doubled": good + good, "long": strings.Repeat("A", 1<<20),
		} {
			_, err := client.New("http://node", nil, &client.Options{ResumeFrom: cursor})
			var config *client.ConfigError
			require.ErrorAs(t, err, &config, name)
			assert.Contains(t, err.Error(), "option ResumeFrom", name)
			assert.Less(t, len(err.Error()), 400, name)
		}
		r.follow(client.Options{ResumeFrom: "hello", Resync: true})
		pass(10 * time.Second)
		id := r.node.AddMessage(refserver.AddOptions{Peer: true, Silent: true})
		pass(time.Minute)
		assert.Equal(t, []string{id}, r.ids(t, events.TypeMessageAdded))
		assert.Contains(t, r.episodes(t), events.GapByResume)
	})
}

// Known is asked again when it fails, and a panic in it stays there.
func TestKnownThatFails(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		db := newRowStore()
		m, kill := r.run(db.mux(), client.Options{})
		r.connected(m)
		pass(20 * time.Second)
		r.node.AddMessage(refserver.AddOptions{})
		pass(20 * time.Second)
		cursor := m.Cursor()
		for range 20 {
			r.node.AddMessage(refserver.AddOptions{})
			pass(4 * time.Second)
		}
		_ = kill()
		asked := 0
		m, _ = r.run(db.mux(), client.Options{ResumeFrom: cursor, Known: func(ctx context.Context, facts []events.Envelope) ([]bool, error) {
			switch asked++; asked {
			case 1:
				return nil, errors.New("database is away")
			case 2:
				panic("nil database")
			case 3:
				return make([]bool, len(facts)+1), nil
			}
			return db.known(ctx, facts)
		}})
		pass(5 * time.Minute)
		require.NoError(t, m.WaitInSync(t.Context()))
		assert.GreaterOrEqual(t, asked, 4)
		db.check(t, r, 0, true)
	})
}

func TestSyncWaitsForTheHandlersOfWhatWasReceived(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		block := make(chan struct{})
		var handled atomic.Int64
		var mux handlers.Mux
		handlers.On(&mux, func(context.Context, events.TransferRecorded) error { <-block; handled.Add(1); return nil })
		m, stop := r.run(&mux, client.Options{})
		require.NoError(t, m.Sync(t.Context()), "nothing was received")
		r.connected(m)
		for range 5 {
			require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: "1"}))
		}
		synctest.Wait()
		ctx, cancel := contextWithCause(t, time.Second)
		defer cancel()
		require.ErrorIs(t, m.Sync(ctx), errTest)
		done := make(chan int64, 1)
		go func() {
			if err := m.Sync(t.Context()); err == nil {
				done <- handled.Load()
			}
		}()
		synctest.Wait()
		require.NoError(t, r.node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: "2"}))
		close(block)
		assert.GreaterOrEqual(t, <-done, int64(5))
		_ = stop()
		require.NoError(t, m.Sync(t.Context()))
	})
}

func TestWaitInSync(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{Rate: 2, Untruths: refserver.Measured()}, func(t *testing.T, r *rig) {
		m, stop := r.follow(client.Options{})
		r.connected(m)
		require.NoError(t, m.WaitInSync(t.Context()))
		assert.NotZero(t, m.Health().InSyncSince)
		pass(20 * time.Second)
		r.net.Refuse(address, true)
		r.net.Reset(address)
		pass(10 * time.Second)
		assert.Zero(t, m.Health().InSyncSince)
		ctx, cancel := contextWithCause(t, time.Second)
		defer cancel()
		require.ErrorIs(t, m.WaitInSync(ctx), errTest)
		added := r.added()
		r.net.Refuse(address, false)
		require.NoError(t, m.WaitInSync(t.Context()))
		got := r.ids(t, events.TypeMessageAdded)
		for _, id := range added[1:] {
			if !slices.Contains(got, id) && r.node.Messages()[0].ID != id {
				t.Errorf("%.8s is missing", id)
			}
		}
		_ = stop()
		require.ErrorIs(t, m.WaitInSync(t.Context()), client.ErrClosed)
	})
}
