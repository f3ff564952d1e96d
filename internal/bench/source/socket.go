package source

import (
	"bufio"
	"bytes"
	"crypto/sha1" //nolint:gosec // RFC 6455 asks for it
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// upgrade makes the request a WebSocket and reads it to its end.
func (s *session) upgrade(w http.ResponseWriter, r *http.Request) {
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // as above
	raw, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	l := &link{Conn: raw}
	defer func() { _ = l.Close() }()
	_, err = fmt.Fprintf(l, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]))
	if err != nil {
		return
	}
	s.greet(l)
	const small = 512 // a client says little, and there are thousands of them
	in := bufio.NewReaderSize(raw, small)
	for {
		op, text, err := readFrame(in)
		if err != nil || s.reply(l, op, text) != nil {
			return
		}
	}
}

// Opcodes.
const (
	opText  = 0x1
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xA
	fin     = 0x80
)

// reply answers one frame of the client.
func (s *session) reply(l *link, op byte, text []byte) error {
	switch op {
	case opPing:
		_, err := l.Write(append([]byte{fin | opPong, byte(len(text))}, text...))
		return err
	case opClose:
		_, _ = l.Write([]byte{fin | opClose, 0})
		return io.EOF
	case opText:
		return s.said(l, text)
	default:
		return nil
	}
}

// said answers a text as the server of the form would.
func (s *session) said(l *link, text []byte) error {
	if s.form != traffic.WebSocket {
		return s.call(l, text)
	}
	if !bytes.Contains(text, []byte(`"Ping"`)) {
		return nil
	}
	_, err := l.Write(traffic.Frame(nil, `{"type":"Pong"}`))
	return err
}

// readFrame reads one frame of a client, which is masked.
func readFrame(in *bufio.Reader) (op byte, text []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return 0, nil, err
	}
	n := int(head[1] &^ fin)
	const two = 126
	if n == two {
		var more [2]byte
		if _, err := io.ReadFull(in, more[:]); err != nil {
			return 0, nil, err
		}
		n = int(binary.BigEndian.Uint16(more[:]))
	} else if n > two {
		return 0, nil, fmt.Errorf("source: a frame of %d bytes", n)
	}
	var mask [4]byte
	if _, err := io.ReadFull(in, mask[:]); err != nil {
		return 0, nil, err
	}
	text = make([]byte, n)
	if _, err := io.ReadFull(in, text); err != nil {
		return 0, nil, err
	}
	for i := range text {
		text[i] ^= mask[i%len(mask)]
	}
	return head[0] & 0xF, text, nil //nolint:mnd // the low four bits
}
