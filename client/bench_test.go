package client_test

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/subscription/events"
)

// added is how many messages the mix begins with.
const added = 6

// mix is a realistic sequence of a node's frames. Each %s is the id of a message:
// a new one, or one that is added earlier in the mix and now final. A final whose
// message was never added would be held back.
var mix = func() (frames []string) {
	add := func(n int, frame string) {
		for range n {
			frames = append(frames, frame)
		}
	}
	add(added, `{"type":"Event","event":{"type":"MessageAdded","data":{"message_id":"%s","depth":42,"timestamp":1760554622}}}`)
	add(4, `{"type":"Event","event":{"type":"MessageFinalized","data":{"message_id":"%s","finality_type":"kcore","timestamp":1760554622}}}`)
	add(4, `{"type":"Event","event":{"type":"EnergyUpdated","data":{"total_conflicts":0,"resolved_conflicts":0,"active_conflicts":0,"total_energy":-0.0,"timestamp":1760554622}}}`)
	add(4, `{"type":"Event","event":{"type":"BalanceChanged","data":{"address":"28c15d42d84c19810f167677ccd51cf0ee55aaae89ee1f06f63e85fab236f2e2","balance_before":"9700","balance_after":"9600","change_amount":"100","change_type":"transfer_out","timestamp":1760554622}}}`)
	tips := strings.Repeat(`"28c15d42d84c19810f167677ccd51cf0ee55aaae89ee1f06f63e85fab236f2e2",`, 8)
	add(2, `{"type":"Event","event":{"type":"TipsUpdated","data":{"tips":[`+strings.TrimSuffix(tips, ",")+`],"count":8,"timestamp":1760554622}}}`)
	return frames
}()

// BenchmarkSocketToHandler is the whole way of one event of the mix: from a
// loopback socket through scan, filter, dedupe and lane to a typed handler.
func BenchmarkSocketToHandler(b *testing.B) {
	benchmark(b, true)
}

// BenchmarkSocketToRaw is the same without the decoding: a handler that takes
// envelopes.
func BenchmarkSocketToRaw(b *testing.B) {
	benchmark(b, false)
}

func benchmark(b *testing.B, typed bool) {
	var handled atomic.Int64
	var mux handlers.Mux
	if typed {
		count[events.MessageAdded](&mux, &handled)
		count[events.MessageFinalized](&mux, &handled)
		count[events.EnergyUpdated](&mux, &handled)
		count[events.BalanceChanged](&mux, &handled)
		count[events.TipsUpdated](&mux, &handled)
	} else {
		mux.OnAny(func(context.Context, events.Envelope) error { handled.Add(1); return nil })
	}
	source := newFirehose(b)
	m, err := client.New(source.url, &mux, &client.Options{
		Fallback: fallback.Policy{Order: []fallback.Transport{fallback.WebSocket}},
		Lanes:    [3]client.Lane{{Events: 1 << 16}, {Events: 1 << 16}, {Events: 1 << 16}},
	})
	require.NoError(b, err)
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = m.Run(ctx) }()
	require.NoError(b, m.WaitConnected(ctx))

	b.ReportAllocs()
	b.ResetTimer()
	source.send(b.N, handled.Load)
	for handled.Load() < int64(b.N) {
		runtime.Gosched()
	}
	b.StopTimer()
	cancel()
	<-done
}

func count[E events.Event](mux *handlers.Mux, n *atomic.Int64) {
	handlers.On(mux, func(context.Context, E) error { n.Add(1); return nil })
}

// A firehose is a WebSocket server that writes frames as fast as they are taken,
// without an allocation per frame.
type firehose struct {
	url  string
	conn chan net.Conn
}

func newFirehose(b *testing.B) *firehose {
	f := &firehose{conn: make(chan net.Conn, 1)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	f.url = "http://" + l.Addr().String()
	server := &http.Server{Handler: http.HandlerFunc(f.upgrade), ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(l) }()
	b.Cleanup(func() { _ = server.Close() })
	return f
}

func (f *firehose) upgrade(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") == "" {
		http.NotFound(w, r) // there is no REST
		return
	}
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]))
	_, _ = conn.Write(frame(nil, `{"type":"Pong"}`))
	f.conn <- conn
}

// send writes n events of the mix, never more than a lane ahead of progress.
func (f *firehose) send(n int, progress func() int64) {
	conn := <-f.conn
	templates := make([][]byte, len(mix))
	places := make([]int, len(mix))
	for i, text := range mix {
		places[i] = -1
		if strings.Contains(text, "%s") {
			text = fmt.Sprintf(text, strings.Repeat("0", 64))
			templates[i] = frame(nil, text)
			places[i] = strings.Index(string(templates[i]), strings.Repeat("0", 64))
			continue
		}
		templates[i] = frame(nil, text)
	}
	w := bufio.NewWriterSize(conn, 64<<10)
	for i := range n {
		k := i % len(mix)
		if at := places[k]; at >= 0 {
			of := i
			if k >= added {
				of = i - added
			}
			for digit, v := 0, of; digit < 16; digit, v = digit+1, v>>4 {
				templates[k][at+63-digit] = "0123456789abcdef"[v&15]
			}
		}
		_, _ = w.Write(templates[k])
		for i%1024 == 0 && int64(i)-progress() > 1<<14 {
			_ = w.Flush()
			runtime.Gosched()
		}
	}
	_ = w.Flush()
	f.conn <- conn
}

// frame appends a text frame as a server sends it.
func frame(b []byte, text string) []byte {
	b = append(b, 0x81)
	if len(text) < 126 {
		b = append(b, byte(len(text)))
	} else {
		b = append(b, 126)
		b = binary.BigEndian.AppendUint16(b, uint16(len(text)))
	}
	return append(b, text...)
}
