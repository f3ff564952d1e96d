package ledger

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// IDLen is the length of a message id: 32 bytes in lower-case hex.
const IDLen = 2 * sha256.Size

// A Message is one node of the graph. Its slices are shared: do not modify them.
type Message struct {
	ID        string    // 64 hex digits, lower case: a hash of parents, time, proposer and content
	Parents   []string  // ids, maybe of messages that the ledger does not hold; never nil
	Depth     uint32    // 1 + the deepest parent, 0 without parents; 0 for all after Restart
	Timestamp time.Time // the proposer's clock, nanoseconds, UTC; not the time of arrival
	Content   []byte    // payload
	Proposer  string    // bech32 of the proposer's public key, "adic1…"
	Signature string    // 128 hex digits; made up, not verifiable
	Axes      []Axis    // features, by axis
	Own       bool      // submitted at this node; false: it came from a peer
	Final     bool      // at the time of the call
}

// An Axis is the place of a message on one axis: a p-adic number.
type Axis struct {
	Axis   uint32
	Digits []uint8 // base P, least significant first
	P      uint32
}

const (
	axes   = 4  // features of a message; the diversity of the tips is measured on the first three
	digits = 10 // of each feature
	prime  = 3  // base of the digits
)

// seal fills in what follows from the other fields: id, signature and axes.
func seal(m *Message) {
	h := sha256.New()
	for _, p := range m.Parents {
		h.Write([]byte(p))
	}
	var at [8]byte
	binary.BigEndian.PutUint64(at[:], uint64(m.Timestamp.UnixNano())) // bits, not a number
	h.Write(at[:])
	h.Write([]byte(m.Proposer))
	h.Write(m.Content)
	sum := h.Sum(nil)
	m.ID = hex.EncodeToString(sum)
	sig := sha512.Sum512(sum)
	m.Signature = hex.EncodeToString(sig[:])
	m.Axes = make([]Axis, axes)
	for i := range m.Axes {
		// Eight bytes of hash per axis, of which ten ternary digits are taken.
		n := binary.BigEndian.Uint64(sum[8*i:])
		ds := make([]uint8, digits)
		for j := range ds {
			ds[j] = uint8(n % prime)
			n /= prime
		}
		m.Axes[i] = Axis{Axis: uint32(i), Digits: ds, P: prime}
	}
}
