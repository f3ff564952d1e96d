package refserver

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"unicode/utf8"
)

// Opcodes of RFC 6455.
const (
	opContinuation byte = 0x0
	opText         byte = 0x1
	opBinary       byte = 0x2
	opClose        byte = 0x8
	opPing         byte = 0x9
	opPong         byte = 0xA
)

// Limits of a node for what a client sends.
const (
	maxFrame   = 16 << 20
	maxMessage = 64 << 20
	maxControl = 125 // RFC 6455
)

// Status codes of a Close frame.
const (
	closeProtocol = 1002
	closeUTF8     = 1007
	closeTooBig   = 1009
)

// A protocolError is a mistake of the client in the framing.
type protocolError struct {
	code uint16
	what string
}

func (e *protocolError) Error() string {
	return fmt.Sprintf("refserver: websocket: client: %s (%d)", e.what, e.code)
}

func violation(format string, args ...any) error {
	return &protocolError{closeProtocol, fmt.Sprintf(format, args...)}
}

// wsFrame makes a final, unmasked frame: what a server sends.
func wsFrame(op byte, payload []byte) []byte {
	const longestHead = 10
	b := make([]byte, 0, longestHead+len(payload))
	b = append(b, 0x80|op)
	switch n := len(payload); {
	case n <= maxControl:
		b = append(b, byte(n))
	case n <= 0xFFFF:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, payload...)
}

// A wsReader reads the frames of a client.
type wsReader struct {
	br      *bufio.Reader
	op      byte // of the message under way; 0: none
	message []byte
}

// next returns the next whole message or control frame. The error is a
// *protocolError, or that of the connection.
func (r *wsReader) next() (op byte, payload []byte, err error) {
	for {
		final, op, payload, err := r.frame()
		if err != nil {
			return 0, nil, err
		}
		if op >= opClose {
			return op, payload, nil
		}
		if (op == opContinuation) != (r.op != 0) {
			return 0, nil, violation("opcode %#x out of place", op)
		}
		if r.op == 0 {
			r.op = op
		}
		if len(r.message)+len(payload) > maxMessage {
			return 0, nil, &protocolError{closeTooBig, "message too big"}
		}
		r.message = append(r.message, payload...)
		if !final {
			continue
		}
		op, payload = r.op, r.message
		r.op, r.message = 0, nil
		if op == opText && !utf8.Valid(payload) {
			return 0, nil, &protocolError{closeUTF8, "invalid UTF-8"}
		}
		return op, payload, nil
	}
}

// frame reads one frame and takes the mask off.
func (r *wsReader) frame() (final bool, op byte, payload []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(r.br, head[:]); err != nil {
		return false, 0, nil, err
	}
	final, op = head[0]&0x80 != 0, head[0]&0x0F
	size, err := r.length(head[1] & 0x7F)
	if err != nil {
		return false, 0, nil, err
	}
	switch {
	case head[0]&0x70 != 0:
		return false, 0, nil, violation("reserved bits %#x", head[0]&0x70)
	case head[1]&0x80 == 0:
		return false, 0, nil, violation("unmasked frame")
	case op > opBinary && op < opClose || op > opPong:
		return false, 0, nil, violation("opcode %#x", op)
	case op >= opClose && (!final || size > maxControl):
		return false, 0, nil, violation("control frame of %d bytes, final: %t", size, final)
	case size > maxFrame:
		return false, 0, nil, &protocolError{closeTooBig, "frame too big"}
	}
	var mask [4]byte
	if _, err := io.ReadFull(r.br, mask[:]); err != nil {
		return false, 0, nil, err
	}
	payload = make([]byte, size)
	if _, err := io.ReadFull(r.br, payload); err != nil {
		return false, 0, nil, err
	}
	if mask != [4]byte{} { // a mask of zeros changes nothing
		for i := range payload {
			payload[i] ^= mask[i%len(mask)]
		}
	}
	return final, op, payload, nil
}

// length reads the rest of a length of which the first seven bits are known.
func (r *wsReader) length(short byte) (uint64, error) {
	var ext [8]byte
	switch short {
	case 126:
		_, err := io.ReadFull(r.br, ext[6:])
		return binary.BigEndian.Uint64(ext[:]), err
	case 127:
		_, err := io.ReadFull(r.br, ext[:])
		return binary.BigEndian.Uint64(ext[:]), err
	default:
		return uint64(short), nil
	}
}
