package repair

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"strings"
	"time"
)

// The form of a cursor: magic, version, numbers, records, checksum.
//
//	4      "ADIC"
//	1      version
//	varint horizon of the first start, horizon to begin with, time of saving, time
//	       of the anchor: nanoseconds since 1970
//	id     of the anchor: uvarint length and bytes; none if empty
//	uvarint not-final messages that did not fit
//	uvarint records
//	       marks (1), id (32 bytes, or uvarint length and bytes), varint time of
//	       the message in milliseconds since the horizon to begin with; of one that
//	       is wanted, the horizon that it is to be compared with, in nanoseconds
//	4      CRC-32 of all before, big endian
const (
	magic      = "ADIC"
	version    = 1
	cursorSize = 48 << 10 // at most
	overhead   = 512      // of it, for all but the records
	margin     = 10 * time.Second
	packed     = 32  // bytes of an id of 64 hexadecimal digits
	longest    = 256 // bytes of another one that is remembered
)

// A mark says something about a message in a cursor.
type mark = byte

const (
	markAdded    mark = 1 << iota // its MessageAdded was delivered
	markFinal                     // its MessageFinalized was
	markOpen                      // it was not final
	markDue                       // its MessageAdded was on its way to the handlers
	markDueFinal                  // its MessageFinalized was
	markUndated                   // it was announced, and REST had not shown it
	markWanted                    // it was not known, and referred to
	markText                      // its id is not 64 hexadecimal digits
)

// A record is one message in a cursor.
type record struct {
	id    string
	at    int64
	marks mark
}

// isSane reports whether the marks do not contradict each other.
func (r record) isSane() bool {
	for _, both := range []mark{
		markAdded | markDue, markFinal | markDueFinal, markFinal | markOpen, markOpen | markWanted, markUndated | markWanted,
	} {
		if r.marks&both == both {
			return false
		}
	}
	return true
}

// class says how much it matters: 0 is lost if it is left out, 1 is not asked about
// any more, 2 is delivered twice.
func (r record) class() int {
	switch {
	case r.marks&(markDue|markDueFinal|markUndated|markWanted) != 0:
		return 0
	case r.marks&markOpen != 0:
		return 1
	}
	return 2
}

// Cursor returns what another run needs to go on where this one is: at most 48 KiB,
// nil before the first connection. It holds what was delivered and what was not,
// above the older of the anchor and the oldest message that is on its way to the
// handlers; and what is on its way and not final even below.
//
// What does not fit is left out: first what was delivered, which comes again then,
// then the oldest that are not final; nobody asks about them then. It looks at all
// messages, which takes milliseconds when the books are full.
func (b *Books) Cursor() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.begin == 0 && !b.resumed {
		return nil
	}
	from, horizon := b.anchor, b.lowLocked(false)
	records, left, lost := b.recordsLocked(horizon)
	if lost {
		// Not all that is on its way fits: since has to show it again.
		horizon = b.lowLocked(true)
		from = b.beforeLocked(horizon)
		records, left, _ = b.recordsLocked(horizon)
	}
	out := append([]byte(magic), version)
	for _, n := range []int64{b.first, horizon, max(b.now, b.saved), from.at} {
		out = binary.AppendVarint(out, n)
	}
	if len(from.id) > longest {
		from.id = ""
	}
	out = appendText(out, from.id)
	out = binary.AppendUvarint(out, uint64(left))
	out = binary.AppendUvarint(out, uint64(len(records)))
	for _, r := range records {
		out = r.append(out, horizon)
	}
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out))
}

// lowLocked returns the horizon to go on with: a little below the older of the
// anchor and the oldest message that no handler has returned from. finals: or
// finality of one.
func (b *Books) lowLocked(finals bool) int64 {
	if b.anchor.id == "" {
		return b.horizon
	}
	low := b.anchor.at
	for _, e := range b.entries.values() {
		if e.state&(handed|delivered) == handed || e.has(due) || finals && e.owed() {
			low = min(low, e.at)
		}
	}
	return max(b.horizon, low-int64(margin))
}

// beforeLocked returns the newest message at or before a time that since may begin
// at.
func (b *Books) beforeLocked(at int64) (best anchor) {
	for row, e := range b.entries.values() {
		if e.at <= at && b.hereLocked(e) && (best.id == "" || e.at > best.at) {
			best = anchor{b.entries.id(row), e.at}
		}
	}
	return best
}

// recordsLocked returns what fits of what is to be remembered, best first; how many
// that are not final do not, and whether something is lost without another anchor.
func (b *Books) recordsLocked(horizon int64) (records []record, left int, lost bool) {
	var classes [3][]record
	var all [3]int
	const most = cursorSize / packed
	note := func(r record, row uint32, id func(row uint32) string) {
		c := r.class()
		if c == 2 && r.at <= horizon {
			return
		}
		all[c]++
		if n := len(classes[c]); n == most && r.at < classes[c][n-1].at {
			return
		}
		r.id = id(row) // a copy; few come so far
		classes[c] = insert(classes[c], r, most, record.compare)
	}
	for row, e := range b.entries.values() {
		note(b.recordLocked(e), row, b.entries.id)
	}
	for row, w := range b.wanted.values() {
		if b.entries.get(b.wanted.id(row)) == nil {
			note(record{at: b.floorLocked(w), marks: markWanted}, row, b.wanted.id)
		}
	}
	size := overhead
	for c, class := range classes {
		for _, r := range class {
			if r.id == "" || len(r.id) > longest {
				continue
			}
			n := len(r.append(nil, horizon))
			if size+n > cursorSize {
				continue
			}
			size += n
			all[c]--
			records = append(records, r)
		}
	}
	return records, all[1], all[0] > 0
}

// floorLocked returns the horizon that judges what is wanted.
func (b *Books) floorLocked(w *want) int64 {
	if w != nil && w.earlier {
		return w.floor
	}
	return b.horizon
}

// recordLocked returns what is to be remembered of a message.
func (b *Books) recordLocked(e *entry) record {
	r := record{at: e.at}
	var w *want
	if !e.has(dated) && !e.isUndated() {
		w = b.wanted.get(b.idLocked(e))
	}
	for _, m := range []struct {
		is   bool
		mark mark
	}{
		{e.state&(handed|delivered) == handed || e.has(due), markDue},
		{e.has(delivered), markAdded},
		{e.state&(told|returned) == told || e.has(dueFinal), markDueFinal},
		{e.has(returned), markFinal},
		{e.place != 0, markOpen},
		{e.isUndated() || w != nil && w.announced, markUndated},
		{!e.has(known), markWanted},
	} {
		if m.is {
			r.marks |= m.mark
		}
	}
	if r.marks&(markWanted|markDue) == markWanted {
		r.at = b.floorLocked(w)
	}
	return r
}

// compare sorts the newer one first.
func (r record) compare(s record) int {
	return cmp.Or(cmp.Compare(s.at, r.at), cmp.Compare(r.id, s.id))
}

func (r record) append(out []byte, horizon int64) []byte {
	if isPacked(r.id) {
		out = append(out, r.marks)
		out, _ = hex.AppendDecode(out, []byte(r.id))
	} else {
		out = appendText(append(out, r.marks|markText), r.id)
	}
	return binary.AppendVarint(out, floorDiv(r.at-horizon, r.unit()))
}

// unit is how exact the time of a record is.
func (r record) unit() int64 {
	if r.marks&(markWanted|markDue) == markWanted {
		return 1
	}
	return int64(time.Millisecond)
}

func appendText(out []byte, s string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(s))), s...)
}

// isPacked reports whether id is 32 bytes in lower-case hexadecimal digits.
func isPacked(id string) bool {
	return len(id) == 2*packed && strings.Trim(id, "0123456789abcdef") == ""
}

// floorDiv is a/n, rounded down.
func floorDiv(a, n int64) int64 {
	if a < 0 {
		return -((-a + n - 1) / n)
	}
	return a / n
}
