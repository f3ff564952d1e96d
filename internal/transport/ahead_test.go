package transport_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A script is what a server sends after its Pong, and the messages in it.
type script struct {
	bytes    bytes.Buffer
	messages []message
}

type message struct {
	kind wire.Kind
	size int
}

func (s *script) frame(first byte, payload string) {
	(&peer{conn: into{nil, &s.bytes}}).frame(first, payload)
}

// add takes one step of what a server may do, as b says.
func (s *script) add(b byte) {
	text := `{"type":"Event","event":{"type":"X","data":"` + strings.Repeat("x", 1<<(b>>4)) + `"}}`
	whole := message{wire.Event, len(text)}
	switch b & 7 {
	case 0, 1, 2:
		s.frame(0x80|opText, text)
	case 3:
		s.frame(0x80|opPing, text[:min(len(text), 125)])
		return
	case 4:
		s.frame(0x80|opPong, "")
		return
	case 5: // a message in three frames, one of them empty, and a Ping within
		s.frame(opText, text[:len(text)/2])
		s.frame(0x80|opPing, "")
		s.frame(opContinue, "")
		s.frame(0x80|opContinue, text[len(text)/2:])
	case 6:
		s.frame(0x80|opBinary, text)
		whole.kind = wire.Garbage
	case 7:
		s.frame(0x80|opText, "")
		whole = message{wire.Garbage, 0}
	}
	s.messages = append(s.messages, whole)
}

// A choppy connection answers the handshake and the Ping, and brings then what
// there is in pieces.
type choppy struct {
	fountain

	script io.Reader
	sizes  []byte // of the pieces, in turn
	turn   int
}

// Read implements net.Conn.
func (c *choppy) Read(b []byte) (int, error) {
	<-c.asked
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pending) > 0 {
		n := copy(b, c.pending)
		c.pending = c.pending[n:]
		return n, nil
	}
	if len(c.sizes) > 0 {
		size := int(c.sizes[c.turn%len(c.sizes)])
		c.turn++
		b = b[:min(len(b), 1+size*size)]
	}
	return c.script.Read(b)
}

// readAll opens a WebSocket on what a server says, and returns all of it.
func readAll(t testing.TB, said io.Reader, sizes []byte) ([]message, error) {
	t.Helper()
	conn := &choppy{fountain: fountain{asked: make(chan struct{})}, script: said, sizes: sizes}
	d := transport.NewDialer(transport.Config{Base: &url.URL{Scheme: "http", Host: "node"}, Client: over(conn), MaxFrame: 64 << 10})
	s, err := d.Open(t.Context(), fallback.WebSocket, nil)
	require.NoError(t, err)
	defer s.Close()
	f, err := s.Next()
	require.NoError(t, err)
	require.Equal(t, wire.Pong, f.Kind)
	var list []message
	for {
		f, err := s.Next()
		if err != nil {
			return list, err
		}
		list = append(list, message{f.Kind, f.Size})
		assert.False(t, f.Received.IsZero())
		assert.Equal(t, f.Kind == wire.Event, f.Data != nil)
		assert.Empty(t, bytes.Trim(f.Data, `"x`), "of another message")
	}
}

// What has been read ahead comes in its order and whole, however it was cut.
func TestReadingAheadLosesNothing(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 9))
		var s script
		for range random.IntN(200) {
			s.add(byte(random.Uint32()))
		}
		sizes := make([]byte, random.IntN(20))
		for i := range sizes {
			sizes[i] = byte(random.Uint32())
		}
		s.frame(0x80|opClose, "\x03\xe9bye")
		got, err := readAll(t, &s.bytes, sizes)
		require.Equal(t, s.messages, got, seed)
		require.Equal(t, &transport.ClosedError{Transport: fallback.WebSocket, Code: 1001, Reason: "bye"}, err, seed)
	}
}

func FuzzReadingAhead(f *testing.F) {
	f.Add([]byte{0, 1, 5, 3, 0xd5, 0xf0, 0xf6, 7, 4, 0xe2}, []byte{0, 3, 255})
	f.Fuzz(func(t *testing.T, steps, sizes []byte) {
		var s script
		for _, b := range steps {
			s.add(b)
		}
		got, err := readAll(t, &s.bytes, sizes)
		require.Equal(t, s.messages, got)
		require.ErrorIs(t, err, io.EOF)
	})
}

// What is wrong with a frame is still found, and ends the stream behind what came
// before it.
func TestReadingAheadJudgesNothing(t *testing.T) {
	tests := map[string]func(s *script){
		"a message within a message": func(s *script) {
			s.frame(opText, "{")
			s.frame(0x80|opText, tips(1))
		},
		"the rest of no message": func(s *script) { s.frame(0x80|opContinue, "}") },
		"reserved bits":          func(s *script) { s.frame(0xc0|opText, tips(1)) },
		"no opcode":              func(s *script) { s.frame(0x83, tips(1)) },
		"a long Ping":            func(s *script) { s.frame(0x80|opPing, strings.Repeat("x", 126)) },
		"a negative length":      func(s *script) { s.bytes.WriteString("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff") },
		"cut off":                func(s *script) { s.bytes.WriteString("\x81\x10{") },
		"cut off in its head":    func(s *script) { s.bytes.WriteString("\x81") },
	}
	for name, wrong := range tests {
		t.Run(name, func(t *testing.T) {
			var s script
			s.add(0)
			s.add(0)
			wrong(&s)
			for range 100 {
				s.frame(0x80|opText, tips(2)) // of no use any more
			}
			if strings.HasPrefix(name, "cut off") {
				s.bytes.Truncate(s.bytes.Len() - 100*len(textFrame(tips(2))))
			}
			got, err := readAll(t, &s.bytes, nil)
			assert.Equal(t, s.messages, got)
			require.ErrorAs(t, err, new(*transport.ClosedError))
		})
	}
}

// One byte over the limit is too much.
func TestReadingAheadKeepsTheLimit(t *testing.T) {
	const limit = 64 << 10 // of readAll
	for _, size := range []int{limit - 1, limit, limit + 1} {
		var s script
		s.frame(0x80|opText, strings.Repeat(" ", 10))
		s.frame(0x80|opText, strings.Repeat(" ", size))
		s.frame(0x80|opText, "")
		got, err := readAll(t, &s.bytes, nil)
		if size <= limit {
			assert.Len(t, got, 3)
			require.ErrorIs(t, err, io.EOF)
		} else {
			assert.Len(t, got, 1)
			require.ErrorAs(t, err, new(*transport.FrameTooBigError))
		}
	}
}

// A frame stays what it is until the next call of Next, though Close reads on.
func TestAFrameOutlivesTheReadingOfClose(t *testing.T) {
	conn := newFountain(framed(fallback.WebSocket, mixes()["mix"]))
	d := transport.NewDialer(transport.Config{Base: &url.URL{Scheme: "http", Host: "node"}, Client: over(conn)})
	s, err := d.Open(t.Context(), fallback.WebSocket, nil)
	require.NoError(t, err)
	for range 1000 {
		next(t, s)
	}
	f := next(t, s)
	before := bytes.Clone(f.Data)
	s.Close()
	assert.Equal(t, before, f.Data)
	_, err = s.Next()
	assert.Equal(t, transport.ErrClosed, err)
}

// Between two waits nothing parks but for what the library has to read.
func TestParkingOncePerRead(t *testing.T) {
	conn := newFountain(framed(fallback.WebSocket, mixes()["energy"]))
	d := transport.NewDialer(transport.Config{Base: &url.URL{Scheme: "http", Host: "node"}, Client: over(conn)})
	s, err := d.Open(t.Context(), fallback.WebSocket, nil)
	require.NoError(t, err)
	defer s.Close()
	parks, frames := 0, 100_000
	s.OnPark(func() { parks++ })
	for range frames {
		next(t, s)
	}
	assert.Less(t, parks, frames/200, "one for 64 KiB, and some")
	assert.Positive(t, parks)
}
