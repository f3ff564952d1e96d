package metrics

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

const (
	maxLabels = 64      // distinct ones of a kind
	maxLabel  = 64      // bytes of one
	otherName = "other" // where the rest is counted
)

// labels counts by names that are not known beforehand. The zero value is empty.
// A name keeps its cell for ever, or is among the others for ever: a name that came
// when the table was full is never given a cell of its own later.
type labels[T any] struct {
	mu    sync.Mutex // held by those who replace the table
	table atomic.Pointer[map[string]*T]
	other T
}

// at returns the cell of name. It allocates only if name is new.
func (l *labels[T]) at(name string) *T {
	name = clean(name)
	if name == otherName {
		return &l.other
	}
	if cell := l.find(name); cell != nil {
		return cell
	}
	return l.add(strings.Clone(name)) // name may be a piece of something large
}

// find returns the cell of name if that is settled, else nil.
func (l *labels[T]) find(name string) *T {
	table := l.table.Load()
	if table == nil {
		return nil
	}
	if cell, ok := (*table)[name]; ok {
		return cell
	}
	if len(*table) >= maxLabels {
		return &l.other
	}
	return nil
}

// add makes a cell for name, unless somebody was faster.
func (l *labels[T]) add(name string) *T {
	l.mu.Lock()
	defer l.mu.Unlock()
	if cell := l.find(name); cell != nil {
		return cell
	}
	table := map[string]*T{}
	if old := l.table.Load(); old != nil {
		table = maps.Clone(*old)
	}
	cell := new(T)
	table[name] = cell
	l.table.Store(&table)
	return cell
}

// each calls visit with every cell that has a name, in no order, and the one of the
// others.
func (l *labels[T]) each(visit func(name string, cell *T)) {
	if table := l.table.Load(); table != nil {
		for name, cell := range *table {
			visit(name, cell)
		}
	}
	visit(otherName, &l.other)
}

// clean returns the label for name: valid UTF-8 of at most maxLabel bytes, and not
// empty.
func clean(name string) string {
	if len(name) > maxLabel {
		end := maxLabel
		for end > maxLabel-utf8.UTFMax && !utf8.RuneStart(name[end]) {
			end--
		}
		name = name[:end]
	}
	if !utf8.ValidString(name) {
		name = strings.ToValidUTF8(name, "?")
	}
	if name == "" {
		return otherName
	}
	return name
}

// tally is labels of plain counts.
type tally struct{ labels[atomic.Uint64] }

// count adds one to name.
func (t *tally) count(name string) { t.at(name).Add(1) }

// sum returns the counts that are not zero, and their sum.
func (t *tally) sum() (byName map[string]uint64, total uint64) {
	byName = map[string]uint64{}
	t.each(func(name string, cell *atomic.Uint64) {
		if n := cell.Load(); n > 0 {
			byName[name] = n
			total += n
		}
	})
	return byName, total
}
