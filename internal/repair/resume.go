package repair

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"time"
)

// A CursorError says why a cursor cannot be used.
type CursorError struct{ Reason string }

func (e *CursorError) Error() string { return "repair: cursor: " + e.Reason }

// Resume makes the books go on where another run was when it made the cursor. It
// is to be called before Begin. There is no start then: the first pass begins at
// the cursor's anchor, and whatever it shows above the cursor's horizon is new,
// except what the cursor says was delivered.
//
// left is how many messages that were not final the cursor had no room for; saved
// is when it was made. The error is a *CursorError, and nothing has changed then.
func (b *Books) Resume(cursor []byte) (left int, saved time.Time, err error) {
	c, err := parse(cursor)
	if err != nil {
		return 0, time.Time{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.begin != 0 || b.resumed {
		return 0, time.Time{}, &CursorError{Reason: "the run has begun already"}
	}
	b.started, b.resumed, b.saved = true, true, c.saved
	b.first, b.horizon, b.anchor = c.first, c.horizon, c.anchor
	for _, r := range c.records {
		b.restoreLocked(r)
	}
	return int(c.left), time.Unix(0, c.saved).UTC(), nil
}

// restoreLocked takes one message of a cursor.
func (b *Books) restoreLocked(r record) {
	message := b.entries.name(r.id)
	if r.marks&(markDue|markWanted) != 0 {
		b.wantLocked(message, want{child: r.at, earlier: true, floor: r.at})
	}
	if r.marks == markWanted {
		return
	}
	e := b.entryLocked(message)
	e.at, e.seen = r.at, r.at
	b.ageLocked(e)
	e.state |= before
	for _, m := range []struct {
		mark  mark
		state flags
	}{
		{markAdded, handed | delivered},
		{markFinal, final | told | returned},
		{markDue, due},
		{markDueFinal, dueFinal},
	} {
		if r.marks&m.mark != 0 {
			e.state |= m.state
		}
	}
	if r.marks&(markDue|markWanted) != 0 {
		return
	}
	e.state |= known
	if r.marks&(markOpen|markDueFinal) != 0 {
		b.final.opens(e)
	}
	if r.marks&markDueFinal != 0 {
		b.final.hint(e)
	}
	if r.marks&markUndated != 0 {
		b.announcedLocked(e, 0)
	}
}

// contents are a cursor in numbers.
type contents struct {
	first, horizon, saved int64
	anchor                anchor
	left                  uint64
	records               []record
}

// parse reads a cursor.
func parse(cursor []byte) (contents, error) {
	var c contents
	end := len(cursor) - crc32.Size
	switch {
	case len(cursor) < len(magic) || string(cursor[:len(magic)]) != magic:
		return c, &CursorError{Reason: "it is not a cursor of this kind"}
	case end <= len(magic):
		return c, &CursorError{Reason: "it is truncated"}
	case cursor[len(magic)] > version:
		return c, &CursorError{Reason: fmt.Sprintf(
			"it is of version %d, which is newer than %d", cursor[len(magic)], version)}
	case len(cursor) > cursorSize:
		return c, &CursorError{Reason: "it is too long"}
	case binary.BigEndian.Uint32(cursor[end:]) != crc32.ChecksumIEEE(cursor[:end]):
		return c, &CursorError{Reason: "its checksum is wrong: it is truncated or altered"}
	case cursor[len(magic)] != version:
		return c, &CursorError{Reason: "its version does not exist"}
	}
	r := reader{rest: cursor[len(magic)+1 : end]}
	c.first, c.horizon, c.saved, c.anchor.at = r.time(), r.time(), r.time(), r.time()
	c.anchor.id = r.text()
	c.left = min(r.number(), 1<<31-1)
	seen := make(map[string]bool)
	for n := r.number(); n > 0 && !r.bad; n-- {
		rec := r.record(c.horizon)
		r.bad = r.bad || rec.id == "" || seen[rec.id] || !rec.isSane()
		seen[rec.id] = true
		c.records = append(c.records, rec)
	}
	if r.bad || len(r.rest) > 0 || c.first > c.horizon || c.saved < 0 {
		return contents{}, &CursorError{Reason: "its contents make no sense"}
	}
	return c, nil
}

// A reader takes a cursor apart. After a mistake it is bad, and all is zero.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.rest)) {
		r.bad = true
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.rest)
	r.bad = r.bad || size <= 0
	r.take(uint64(max(size, 0)))
	if r.bad {
		return 0
	}
	return n
}

func (r *reader) varint() int64 {
	n, size := binary.Varint(r.rest)
	r.bad = r.bad || size <= 0
	r.take(uint64(max(size, 0)))
	if r.bad {
		return 0
	}
	return n
}

// time is within what nanos makes.
func (r *reader) time() int64 {
	t := r.varint()
	r.bad = r.bad || t > farFuture || t < -farFuture
	return t
}

func (r *reader) text() string {
	n := r.number()
	r.bad = r.bad || n > longest
	return string(r.take(n))
}

func (r *reader) record(horizon int64) record {
	var rec record
	if m := r.take(1); m != nil {
		rec.marks = m[0]
	}
	if rec.marks&markText != 0 {
		rec.marks &^= markText
		rec.id = r.text()
	} else {
		rec.id = hex.EncodeToString(r.take(packed))
	}
	since := r.varint()
	most := 2 * farFuture / rec.unit()
	if since > most || since < -most {
		r.bad = true
		return rec
	}
	rec.at = max(-farFuture, min(farFuture, horizon+since*rec.unit()))
	return rec
}
