package trial

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/chaos/sheet"
	"github.com/adic/adic-go/internal/refserver"
)

// A Plan says who talks to whom.
type Plan struct {
	Dialect   refserver.Dialect
	Transport fallback.Transport // the best that is allowed; None: all
	Seed      uint64
	Heartbeat time.Duration // of the server; pings of the client are as far apart; 0: 2 s
}

// A Trial is one run. It is used by one goroutine.
type Trial struct {
	Plan

	Node *refserver.Server
	Addr string // where the node listens

	baseline  int // goroutines
	ends      []func()
	followers []*Follower
	talk      *talk
	faults    []*Fault
	wrong     []string
	said      []string
	next      []float64 // seconds to the next event, as measured
}

// New starts a node on addr, host and port, where 0 is a free one.
func New(ctx context.Context, p Plan, addr string) (*Trial, error) {
	if p.Heartbeat == 0 {
		p.Heartbeat = 2 * time.Second
	}
	t := &Trial{Plan: p, baseline: runtime.NumGoroutine()}
	cfg := refserver.Config{Dialect: p.Dialect, Seed: p.Seed, Heartbeat: p.Heartbeat, FinalAfter: time.Second}
	if p.Dialect == refserver.Node {
		cfg.Untruths = refserver.Measured()
	}
	t.Node = refserver.New(cfg)
	address, stop, err := t.Node.Start(ctx, addr)
	if err != nil {
		return nil, err
	}
	t.Addr = address
	t.Defer(stop)
	return t, nil
}

// Serve has the node serve another listener too.
func (t *Trial) Serve(l net.Listener) {
	var serving sync.WaitGroup
	serving.Go(func() { _ = t.Node.Serve(l) }) // ends with the node
	t.ends = slices.Insert(t.ends, 0, serving.Wait)
}

// Defer has end called when the trial is over, the last one first.
func (t *Trial) Defer(end func()) { t.ends = append(t.ends, end) }

// Checkf notes what is wrong unless ok.
func (t *Trial) Checkf(ok bool, format string, args ...any) {
	if !ok {
		t.wrong = append(t.wrong, fmt.Sprintf(format, args...))
	}
}

// Notef adds a figure to the row.
func (t *Trial) Notef(format string, args ...any) {
	t.said = append(t.said, fmt.Sprintf(format, args...))
}

// slack is what a shared machine may add to each limit.
const slack = 250 * time.Millisecond

// Await waits until ok, and fails the trial if that takes longer than limit. It
// returns how long it took.
func (t *Trial) Await(ctx context.Context, what string, limit time.Duration, ok func() bool) time.Duration {
	began := time.Now()
	ended := wait(ctx, limit+slack, ok)
	t.Checkf(ended, "%s: not within %v", what, limit)
	return time.Since(began)
}

// Pass lets d go by.
func (t *Trial) Pass(ctx context.Context, d time.Duration) {
	wait(ctx, d, func() bool { return false })
}

// wait reports whether ok became true within limit.
func wait(ctx context.Context, limit time.Duration, ok func() bool) bool {
	const often = 5 * time.Millisecond
	tick := time.NewTicker(often)
	defer tick.Stop()
	for end := time.Now().Add(limit); ; {
		if ok() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
}

// End lets what is late arrive, ends everything, and returns the row.
func (t *Trial) End(ctx context.Context, failed error) sheet.Row {
	row := sheet.Row{Kind: sheet.Real, Dialect: t.Dialect.String(), Transport: "all", Seed: t.Seed, Seeds: 1}
	if t.Transport != fallback.None {
		row.Transport = t.Transport.String()
	}
	if failed == nil {
		t.settle(ctx)
	}
	t.stopTalk()
	for _, f := range t.followers {
		const prompt = time.Second
		began := time.Now()
		f.Stop()
		t.Checkf(time.Since(began) <= prompt+slack, "shutdown took %v", time.Since(began))
	}
	t.count(&row)
	for _, end := range slices.Backward(t.ends) {
		end()
	}
	const patience = 3 * time.Second
	wait(ctx, patience, func() bool { return runtime.NumGoroutine() <= t.baseline })
	row.Leaked = max(0, runtime.NumGoroutine()-t.baseline)
	t.Checkf(failed == nil, "%v", failed)
	row.Pass = len(t.wrong) == 0
	row.Note = join(t.wrong, t.said)
	if len(t.next) > 0 {
		slices.Sort(t.next)
		row.Median, row.Worst = t.next[len(t.next)/2], t.next[len(t.next)-1]
	}
	return row
}

// join makes one line of notes, what is wrong first.
func join(lists ...[]string) string {
	return strings.Join(strings.Fields(strings.Join(slices.Concat(lists...), "; ")), " ")
}
