package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// What each peer has to read, in order.
const (
	notices = 500
	key     = "peer "
	reason  = "ü \u2028 😀" // what is hard to carry
)

// errFailed says that peers failed; which, has been printed.
var errFailed = errors.New("a peer did not read all")

// Check has every peer read every stream that it can, in both dialects, and says on w
// what each of them did. The error is that of those that did it wrongly.
func Check(ctx context.Context, w io.Writer) error {
	var failed error
	for _, p := range all() {
		dir, err := os.MkdirTemp("", "peers")
		if err != nil {
			return err
		}
		if err := p.ready(ctx, dir); err != nil {
			_, err = fmt.Fprintf(w, "skip %s: not here: %v\n", p.name, err)
			failed = errors.Join(failed, err)
		} else {
			failed = errors.Join(failed, p.check(ctx, w, dir))
		}
		failed = errors.Join(failed, os.RemoveAll(dir))
	}
	return failed
}

func (p peer) check(ctx context.Context, w io.Writer, dir string) (failed error) {
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		for _, way := range p.ways {
			t := target{way: way, dir: dir, names: string(events.TypeTransferRecorded)}
			if d == refserver.Node {
				t.names = events.TypeTransferRecorded.Name()
			}
			err := p.reads(ctx, d, t)
			if err != nil {
				_, _ = fmt.Fprintf(w, "FAIL %s, %v, %v: %v\n", p.name, d, t, err)
				failed = errFailed
			} else {
				_, _ = fmt.Fprintf(w, "ok   %s, %v, %v: %d events in order\n", p.name, d, t, notices)
			}
		}
	}
	return failed
}

// reads has the peer read so many notices, which are said when it is connected.
func (p peer) reads(ctx context.Context, d refserver.Dialect, t target) error {
	const patience = 40 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	node := refserver.New(refserver.Config{Dialect: d})
	addr, stop, err := node.Start(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer stop()
	t.base = "http://" + addr
	come := &reader{enough: cancel}
	var ended error
	var reading sync.WaitGroup
	pctx, end := context.WithCancel(ctx)
	reading.Go(func() { ended = p.read(pctx, t, come); cancel() })
	if node.WaitFor(ctx, func() bool { return node.Streams(t.way) > 0 }) == nil {
		settle(ctx)
		for i := range notices {
			_ = node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: key + strconv.Itoa(i), Reason: reason})
		}
		<-ctx.Done()
	}
	end()
	reading.Wait()
	if n := come.inOrder(); n != notices {
		return errors.Join(fmt.Errorf("%d of %d events in order", n, notices), ended)
	}
	return nil
}

// settle gives a WebSocket's Ping, and a page, the time to be there.
func settle(ctx context.Context) {
	const moment = 500 * time.Millisecond
	t := time.NewTimer(moment)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// A reader finds the notices in what a peer says. Safe for concurrent use.
type reader struct {
	enough func() // called when the last notice is there

	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (r *reader) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text.Write(b)
	if bytes.Contains(r.text.Bytes(), []byte(strconv.Quote(key+strconv.Itoa(notices-1)))) {
		r.enough()
	}
	return len(b), nil
}

// inOrder returns how many notices came, each once and in order, with nothing changed
// on the way.
func (r *reader) inOrder() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for line := range bytes.Lines(r.text.Bytes()) {
		start := bytes.IndexByte(line, '{')
		var value any
		if start < 0 || json.Unmarshal(line[start:], &value) != nil {
			continue
		}
		amount, text := notice(value)
		number, ours := strings.CutPrefix(amount, key)
		switch {
		case !ours:
		case number != strconv.Itoa(n) || text != reason:
			return n
		default:
			n++
		}
	}
	return n
}

// notice finds the fields of a notice in an event of either dialect, on either stream.
func notice(value any) (amount, text string) {
	fields, ok := value.(map[string]any)
	if !ok {
		return "", ""
	}
	amount, found := fields["amount"].(string)
	if text, ok = fields["reason"].(string); found && ok {
		return amount, text
	}
	for _, inner := range []string{"event", "data"} {
		if amount, text = notice(fields[inner]); amount != "" {
			return amount, text
		}
	}
	return "", ""
}
