package ledger

import (
	"maps"
	"slices"
	"sort"
	"time"
)

// Counts are the sizes of a ledger, taken at one moment.
type Counts struct {
	Messages int
	Tips     int
	Final    int // messages found final since the start or Restart, also such as are not held
	Pending  int // messages that wait for finality
}

// Counts returns the sizes of the ledger.
func (l *Ledger) Counts() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.countsLocked()
}

func (l *Ledger) countsLocked() Counts {
	return Counts{
		Messages: len(l.arrived),
		Tips:     len(l.tips),
		Final:    len(l.finals) + l.unheld,
		Pending:  len(l.pending),
	}
}

// Message returns the message of that id, in lower case.
func (l *Ledger) Message(id string) (Message, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, held := l.entries[id]
	if !held {
		return Message{}, false
	}
	return e.msg, true
}

// Children returns how many held messages name id as a parent.
func (l *Ledger) Children(id string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.kids[id])
}

// Messages returns every message, in order of arrival.
func (l *Ledger) Messages() []Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	return messages(l.arrived)
}

// Tips returns the ids of the messages without children, sorted; never nil.
func (l *Ledger) Tips() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return ids(l.sortedTipsLocked())
}

func (l *Ledger) sortedTipsLocked() []*entry {
	return slices.SortedFunc(maps.Values(l.tips), byID)
}

// Since returns up to limit messages whose timestamp, cut to milliseconds, is
// not before that of the anchor, the anchor left out; sorted by millisecond and
// id. So messages of the anchor's own millisecond come again each time. An
// unknown anchor gives none, as if there were no news: a node 0.3.0 does so.
func (l *Ledger) Since(anchor string, limit int) []Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, held := l.entries[anchor]
	if !held || limit <= 0 {
		return nil
	}
	milli := a.msg.Timestamp.UnixMilli()
	at := sort.Search(len(l.byTime), func(i int) bool {
		return l.byTime[i].msg.Timestamp.UnixMilli() >= milli
	})
	var found []*entry
	for _, e := range l.byTime[at:] {
		if e == a {
			continue
		}
		if found = append(found, e); len(found) == limit {
			break
		}
	}
	return messages(found)
}

// Range returns up to limit messages with start <= timestamp <= end, to the
// nanosecond, sorted by id: with a limit those of the smallest ids, not the
// oldest. A cursor is the id of the last message of the page before; one that
// the ledger does not hold gives an empty page. Without cursor it begins at the
// start.
func (l *Ledger) Range(start, end time.Time, limit int, cursor string) []Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := 0
	if cursor != "" {
		c, held := l.entries[cursor]
		if !held {
			return nil
		}
		at = slices.Index(l.byID, c) + 1
	}
	var found []*entry
	for _, e := range l.byID[at:] {
		if len(found) >= limit {
			break
		}
		if t := e.msg.Timestamp; !t.Before(start) && !t.After(end) {
			found = append(found, e)
		}
	}
	return messages(found)
}

func messages(entries []*entry) []Message {
	out := make([]Message, len(entries))
	for i, e := range entries {
		out[i] = e.msg
	}
	return out
}
