package client_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// A database is what an application wrote before it was killed: a row per fact, and
// now and then the cursor. Safe for concurrent use.
type database struct {
	mu     sync.Mutex
	rows   map[string]int  // by type and id
	since  map[string]bool // written after the cursor
	again  map[string]bool // written after the cursor that a later run began with
	cursor string
	killed bool
}

func rowOf(env events.Envelope) (string, bool) {
	id, ok := wire.MessageID(env.Data)
	return string(env.Type) + " " + id, ok && env.Type.Family() == events.Fact
}

// write is what a handler does with a fact. What is killed writes nothing.
func (d *database) write(env events.Envelope) {
	row, ok := rowOf(env)
	d.mu.Lock()
	defer d.mu.Unlock()
	if ok && !d.killed {
		d.rows[row]++
		d.since[row] = true
	}
}

func (d *database) save(cursor string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.killed {
		d.cursor = cursor
		clear(d.since)
	}
}

// kill ends the application at once.
func (d *database) kill() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.killed = true
	for row := range d.since {
		d.again[row] = true
	}
	clear(d.since)
}

// revive starts it again, and returns the cursor that it finds.
func (d *database) revive() (cursor string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.killed = false
	return d.cursor
}

func (d *database) known(_ context.Context, facts []events.Envelope) ([]bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	known := make([]bool, len(facts))
	for i, env := range facts {
		row, _ := rowOf(env)
		known[i] = d.rows[row] > 0
	}
	return known, nil
}

// TestAnAppThatIsKilledMissesNothing kills the application again and again, and
// starts it with the cursor that it had stored last.
func TestAnAppThatIsKilledMissesNothing(t *testing.T) {
	t.Parallel()
	for _, transport := range []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling} {
		for name, asks := range map[string]bool{"cursor": false, "cursor and Known": true} {
			t.Run(transport.String()+", "+name, func(t *testing.T) {
				inBubble(t, untrue(), func(t *testing.T, r *rig) { killAgainAndAgain(t, r, transport, asks) })
			})
		}
	}
}

func killAgainAndAgain(t *testing.T, r *rig, transport fallback.Transport, asks bool) {
	db := &database{rows: make(map[string]int), since: make(map[string]bool), again: make(map[string]bool)}
	rng := rand.New(rand.NewPCG(uint64(transport), 0))
	opts := client.Options{Fallback: only(transport), DrainTimeout: time.Millisecond}
	if asks {
		opts.Known = db.known
	}
	var growing sync.WaitGroup
	growing.Go(func() {
		time.Sleep(10 * time.Second)
		r.grow(100, 6*time.Minute)
	})
	defer growing.Wait()
	for run := range 10 {
		opts.ResumeFrom = db.revive()
		var mux handlers.Mux
		var manager atomic.Pointer[client.ConnectionManager]
		handled := 0
		mux.OnAny(func(_ context.Context, env events.Envelope) error {
			if handled++; handled%17 == 0 && manager.Load() != nil {
				db.save(manager.Load().Cursor()) // it does not hold the fact that is being handled
			}
			db.write(env)
			return nil
		})
		m, stop := r.run(&mux, opts)
		manager.Store(m)
		if run == 0 { // an application that never stored a cursor begins anew each time
			r.connected(m)
			db.save(m.Cursor())
		}
		if run == 9 {
			growing.Wait()
			pass(20 * time.Minute) // polling asks for each finalization
			ctx, cancel := contextWithCause(t, time.Minute)
			defer cancel()
			require.NoError(t, m.WaitInSync(ctx))
			break
		}
		time.Sleep(time.Duration(rng.Int64N(int64(time.Minute))))
		db.kill()
		requireCanceled(t, stop())
		time.Sleep(time.Duration(rng.Int64N(int64(15 * time.Second))))
	}
	db.judge(t, r, asks)
}

// judge checks that no fact is missing, and which came twice.
func (d *database) judge(t *testing.T, r *rig, asks bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	twice := 0
	for row, n := range d.rows {
		switch {
		case n == 1:
		case asks || !d.again[row]:
			t.Errorf("%s: %d times", row, n)
		default:
			twice++
		}
	}
	messages, finals := r.added(), r.finals()
	for _, id := range messages {
		assert.Positive(t, d.rows["MessageAdded "+id], "MessageAdded of %s", id)
	}
	for _, id := range finals {
		assert.Positive(t, d.rows["MessageFinalized "+id], "MessageFinalized of %s", id)
	}
	assert.Equal(t, len(messages)+len(finals), len(d.rows))
	t.Logf("%d messages, %d finalizations; %d of them came again, of %d that were handled after the stored cursor",
		len(messages), len(finals), twice, len(d.again))
}
