package traffic

import (
	"bytes"
	"strconv"
	"time"
)

// A Block is a piece of the stream that is built once and written again and
// again, with other numbers. It is not safe for concurrent use.
type Block struct {
	Events int

	fresh, finals uint64

	bytes  []byte
	ids    []place
	times  []int // offsets of timestamps
	depths []int // of where messages have their depth
	at     int64 // what they say
}

// A place is where an id's digits stand, and whose.
type place struct {
	at     int
	number int // of the message, counted from the block's first; negative: before it
}

// NewBlock returns a block of the mix.
func NewBlock(f Form) *Block {
	return build(f, BlockLen, tipCount, func(i int) Kind { return order[i%Group] })
}

// Only returns a block of n events of one kind. If they are tips, each has so many,
// and n is less where the block would become large.
func Only(f Form, k Kind, n, tips int) *Block {
	const large = 256 << 10
	if k == Tips {
		n = max(1, min(n, large/(tips*(idLen+3))))
	}
	return build(f, n, tips, func(int) Kind { return k })
}

func build(f Form, n, tips int, kind func(i int) Kind) *Block {
	b := &Block{Events: n}
	messages, finals := 0, 0
	for i := range n {
		k := kind(i)
		from := len(b.bytes)
		b.bytes = f.append(b.bytes, k, payload(k, tips))
		numbers := func(j int) int { return messages - tips + j } // of tips: the newest
		switch k {
		case Added:
			now := messages
			numbers = func(int) int { return now }
			messages++
		case Finalized:
			now := finals/final*added + finals%final
			numbers = func(int) int { return now }
			finals++
		default:
		}
		b.mark(from, numbers)
	}
	b.fresh, b.finals = uint64(messages), uint64(finals)
	head := bytes.Index(f.chunk(b.bytes), b.bytes)
	b.bytes = f.chunk(b.bytes)
	for i := range b.ids {
		b.ids[i].at += head
	}
	for i := range b.times {
		b.times[i] += head
	}
	for i := range b.depths {
		b.depths[i] += head
	}
	return b
}

// mark finds what changes in the frame that begins at from.
func (b *Block) mark(from int, number func(j int) int) {
	const hole, key = "################", `"timestamp":`
	frame := b.bytes[from:]
	for j, at := 0, 0; ; j++ {
		next := bytes.Index(frame[at:], []byte(hole))
		if next < 0 {
			break
		}
		at += next
		b.ids = append(b.ids, place{from + at, number(j)})
		at += len(hole)
	}
	b.times = append(b.times, from+bytes.LastIndex(frame, []byte(key))+len(key))
	if at := bytes.Index(frame, []byte(depth)); at >= 0 {
		b.depths = append(b.depths, from+at)
	}
}

// Stamp numbers the block's messages from first on, says that it is now, and
// returns what to write.
func (b *Block) Stamp(first uint64, now time.Time) []byte {
	for _, p := range b.ids {
		put(b.bytes[p.at:p.at+digits], first+uint64(p.number)) // wraps around on purpose
	}
	if s := now.Unix(); s != b.at {
		b.at = s
		for _, at := range b.times {
			copy(b.bytes[at:], itoa(int(s)))
		}
	}
	return b.bytes
}

// Messages returns how many messages a block adds, and how many it makes final.
func (b *Block) Messages() (fresh, finals uint64) { return b.fresh, b.finals }

// Len returns how many bytes a block has.
func (b *Block) Len() int { return len(b.bytes) }

// Tell writes into the messages of what Stamp returned that it is now, to the
// nanosecond.
func (b *Block) Tell(now time.Time) {
	for _, at := range b.depths {
		copy(b.bytes[at:], strconv.FormatInt(now.UnixNano(), 10)) // 19 digits until 2286
	}
}

// End returns the frame that tells the end of a run: a count of final messages,
// which is true, so that nobody misses any.
func End(f Form, finals uint64) []byte {
	text := `{"finalized_count":` + strconv.FormatUint(finals, 10) + `,"pending_count":0,"current_k_value":` + itoa(streamK) + `,"timestamp":` +
		strconv.FormatInt(time.Now().Unix(), 10) + `}`
	return f.chunk(f.append(nil, Count, text))
}
