package traffic

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

// A Form is how an event travels.
type Form string

// The forms. All but SSE carry what a node sends on its WebSocket.
const (
	WebSocket Form = "ws"      // as a node: {"type":"Event","event":{"type":…,"data":…}}
	SSE       Form = "sse"     // as a node: its event line, and {"type":…,"data":…}
	Ethereum  Form = "geth"    // a notification of a subscription, JSON-RPC
	Comet     Form = "comet"   // an answer of CometBFT's JSON-RPC
	Discord   Form = "discord" // a dispatch of Discord's gateway
	NATS      Form = "nats"    // a MSG of NATS' own protocol
)

// event returns the JSON that a node sends for a payload.
func event(kind Kind, payload string) string {
	return `{"type":"` + kind.String() + `","data":` + payload + `}`
}

// append puts one event in its frame behind b.
func (f Form) append(b []byte, kind Kind, payload string) []byte {
	inner := event(kind, payload)
	outer := `{"type":"Event","event":` + inner + `}`
	switch f {
	case SSE:
		return append(b, "event: "+kind.name()+"\ndata: "+inner+"\n\n"...)
	case Ethereum:
		return Frame(b, `{"jsonrpc":"2.0","method":"adic_subscription","params":{"subscription":"0x1","result":`+outer+`}}`)
	case Comet:
		return Frame(b, `{"jsonrpc":"2.0","id":1,"result":`+outer+`}`)
	case Discord:
		return Frame(b, `{"t":"ADIC","s":1,"op":0,"d":`+outer+`}`)
	case NATS:
		return fmt.Appendf(b, "MSG adic 1 %d\r\n%s\r\n", len(outer), outer)
	default:
		return Frame(b, outer)
	}
}

// Frame appends a text frame of a WebSocket as a server sends it.
func Frame(b []byte, text string) []byte {
	const text1 = 0x81 // FIN, text
	b = append(b, text1)
	switch n := len(text); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, text...)
}

// chunk puts what a block has into one chunk, where the form travels in those.
func (f Form) chunk(block []byte) []byte {
	if f != SSE {
		return block
	}
	return append(append(fmt.Appendf(nil, "%x\r\n", len(block)), block...), "\r\n"...)
}

func itoa(n int) string { return strconv.Itoa(n) }
