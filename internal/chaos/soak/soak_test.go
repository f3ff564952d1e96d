package soak_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/bubbles"
	"github.com/adic/adic-go/internal/chaos/sheet"
	"github.com/adic/adic-go/internal/chaos/soak"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

const (
	address = "node:80"
	tick    = 10 * time.Millisecond
	atOnce  = 10               // notices in each tick: with the rest a thousand events a second
	pause   = 30 * time.Second // from one fault to the next
	ring    = 1 << 16          // what the node keeps for a slow reader: no fault outlasts it
)

// A run is one soak.
type run struct {
	*tally

	t       *testing.T
	seed    uint64
	length  time.Duration
	node    *refserver.Server
	net     *memnet.Network
	m       *client.ConnectionManager
	said    int // notices
	samples []soak.Sample
}

// setting reads what the environment says, or not.
func setting[T any](t *testing.T, name string, otherwise T, parse func(string) (T, error)) T {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	v, err := parse(text)
	require.NoError(t, err, name)
	return v
}

func TestSoak(t *testing.T) {
	length := setting(t, "ADIC_SOAK", time.Minute, time.ParseDuration)
	seed := setting(t, "ADIC_SOAK_SEED", 1, func(s string) (uint64, error) { return strconv.ParseUint(s, 10, 64) })
	t.Logf("%v with seed %d", length, seed)
	synctest.Test(t, func(t *testing.T) {
		r := &run{tally: newTally(int(length/tick+1) * atOnce), t: t, seed: seed, length: length, net: memnet.New(0)}
		r.node = refserver.New(refserver.Config{
			Dialect: refserver.Node, Seed: seed, Untruths: refserver.Measured(), FinalAfter: time.Second,
			HighBuffer: ring, MediumBuffer: ring, LowBuffer: ring,
		})
		before := len(bubbles.Goroutines())
		stop := r.start()
		r.play()
		r.judge()
		with := heap()
		stop()
		r.m = nil
		synctest.Wait()
		r.write(len(bubbles.Goroutines())-before, with-heap())
	})
}

// start runs the node and a client that is connected and has heard its beats.
func (r *run) start() (stop func()) {
	l, err := r.net.Listen(address)
	require.NoError(r.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	server := &http.Server{Handler: r.node}
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(l) })
	running.Go(func() { r.node.Run(ctx) })
	var mux handlers.Mux
	mux.OnAny(r.event)
	web := r.net.Client()
	r.m, err = client.New("http://"+address, &mux, &client.Options{HTTPClient: web})
	require.NoError(r.t, err)
	running.Go(func() { _ = r.m.Run(ctx) })
	time.Sleep(7 * time.Second)
	return func() {
		cancel()
		r.node.Close()
		_ = server.Close()
		web.CloseIdleConnections()
		running.Wait()
	}
}

// play has the node talk while things go wrong.
func (r *run) play() {
	rng := rand.New(rand.NewPCG(r.seed, 0))
	began := time.Now()
	var current *mishap
	var until time.Time
	next := began.Add(time.Duration(rng.Int64N(int64(pause / 2))))
	for n := 0; time.Since(began) < r.length; n++ {
		now := time.Now()
		switch {
		case current != nil && !now.Before(until):
			current.end(r.node, r.net)
			r.faults[len(r.faults)-1].to = now
			current = nil
		case current == nil && !now.Before(next) && next.Sub(began) < r.length-pause/2:
			m, lasts := pick(rng)
			r.t.Logf("%v: %s for %v", now.Sub(began), m.name, lasts)
			m.begin(r.node, r.net)
			r.faults = append(r.faults, span{now, now.Add(m.unnoticed)})
			if m.end != nil {
				current, until = &m, now.Add(lasts)
			}
			next = next.Add(pause)
		}
		r.say(n)
		if n%int(time.Minute/tick) == 0 {
			r.sample(time.Since(began))
		}
		time.Sleep(tick)
	}
	if current != nil {
		current.end(r.node, r.net)
	}
	r.sample(time.Since(began))
}

// say is what happens in one tick: notices, and each second a message.
func (r *run) say(n int) {
	first := r.said
	r.said += atOnce
	err := r.node.Burst(events.TypeTransferRecorded, atOnce, func(i int) any {
		return events.TransferRecorded{Amount: mark + strconv.Itoa(first+i), Reason: "Standard"}
	})
	assert.NoError(r.t, err)
	const perSecond, peerEach = int(time.Second / tick), 4
	if n%perSecond == 0 {
		r.node.AddMessage(refserver.AddOptions{Peer: n/perSecond%peerEach == 0})
	}
}

// owed returns how many messages and finalizations the client was not told.
func (r *run) owed() (messages, finals int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.node.Messages() {
		if !r.added[m.ID] {
			messages++
		}
	}
	for _, id := range r.node.Finals() {
		if !r.finals[id] {
			finals++
		}
	}
	return messages, finals
}

func (r *run) sample(at time.Duration) {
	synctest.Wait()
	_, owed := r.owed()
	used := heap()
	r.mu.Lock()
	seen := r.events
	r.mu.Unlock()
	r.samples = append(r.samples, soak.Sample{
		Minute: at.Minutes(), Heap: used, Goroutines: len(bubbles.Goroutines()), Events: seen,
		Messages: len(r.node.Messages()), Owed: owed, Known: r.m.Health().Unexplained,
	})
}

// heap returns what is used of it, in MiB.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// judge waits until the client can have made up for everything, and holds it to that.
func (r *run) judge() {
	const patience = 10 * time.Minute
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Second) {
		if messages, finals := r.owed(); messages+finals == 0 && r.m.Health().Unexplained == 0 {
			break
		}
	}
	synctest.Wait()
	messages, finals := r.owed()
	h := r.m.Health()
	assert.Zero(r.t, messages, "messages are missing")
	assert.EqualValues(r.t, finals, h.Unexplained, "finalizations are missing, and their number is told")
	_, lost, doubled := r.notices(r.said)
	assert.Zero(r.t, lost, "notices are missing")
	assert.Zero(r.t, doubled+r.doubled, "told twice")
	assert.Zero(r.t, r.unfounded(), "gaps beside faults")
	assert.True(r.t, h.OK(), "%+v", h)
	const settled = 10 // minutes; before that buffers and tables find their size
	rises := soak.Slope(r.samples, settled, func(s soak.Sample) float64 { return s.Heap })
	const perMessage = 4.0 / 1024 // MiB: what node, client and tally keep of one
	assert.LessOrEqual(r.t, rises, 60*perMessage, "MiB a minute")
	last := r.samples[len(r.samples)-1].Goroutines
	assert.LessOrEqual(r.t, last, r.samples[0].Goroutines+4)
}

// write hands on what was measured to whoever asked for it.
func (r *run) write(leaked int, client float64) {
	assert.LessOrEqual(r.t, leaked, 0, "goroutines")
	lines := func(name string, each func(*json.Encoder)) {
		if file := os.Getenv(name); file != "" {
			f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			require.NoError(r.t, err)
			each(json.NewEncoder(f))
			require.NoError(r.t, f.Close())
		}
	}
	lines("ADIC_SOAK_SAMPLES", func(to *json.Encoder) {
		for _, s := range r.samples {
			require.NoError(r.t, to.Encode(s))
		}
	})
	messages, finals := r.owed()
	away, lost, doubled := r.notices(r.said)
	sent := r.said + len(r.node.Messages()) + len(r.node.Finals())
	lines("ADIC_FAULTS", func(to *json.Encoder) {
		require.NoError(r.t, to.Encode(sheet.Row{
			Fault: 38, Name: "soak of " + r.length.String() + " at 1,000 events a second", Kind: sheet.Simulated, Dialect: "node", Transport: "all",
			Seed: r.seed, Seeds: 1, Sent: sent, Delivered: sent - away - messages - finals, Lost: lost + messages, Doubled: doubled + r.doubled,
			Gaps: len(r.gaps), Unfounded: r.unfounded().Seconds(), Leaked: max(0, leaked), Pass: !r.t.Failed(), Note: fmt.Sprintf("the client held %.1f MiB in the end, of %d messages", client, len(r.node.Messages())),
		}))
	})
}
