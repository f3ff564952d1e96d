package ledger

import (
	"math"
	"slices"
)

// KCore is the state of finality.
type KCore struct {
	Finalized int
	Pending   int
	K         int     // the configured k
	AvgDepth  float64 // of the messages that became final last
	Recent    []RecentFinal
}

// A RecentFinal is one of the messages that became final last.
type RecentFinal struct {
	Finality

	ID string
}

const recentFinals = 5

// KCore returns the state of finality, with up to five recent messages.
func (l *Ledger) KCore() KCore {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := KCore{Finalized: len(l.finals) + l.unheld, Pending: len(l.pending), K: K}
	for _, id := range slices.Backward(l.finals) {
		e, held := l.entries[id]
		if !held {
			continue
		}
		if len(k.Recent) == recentFinals {
			break
		}
		k.Recent = append(k.Recent, RecentFinal{ID: e.msg.ID, Finality: e.finality})
		k.AvgDepth += float64(e.finality.Depth)
	}
	if n := len(k.Recent); n > 0 {
		k.AvgDepth /= float64(n)
	}
	return k
}

// RequiredDiversity is the number of balls in which the tips, and the parents
// of a message, must lie on each axis.
const RequiredDiversity = 3

// Diversity says how far the tips are spread.
type Diversity struct {
	Score float64 // share of the axes that meet the requirement
	Axes  []AxisDiversity
	Tips  int
}

// AxisDiversity is the spread of the tips on one axis, as the node dialect
// tells it, and, as the guide does, by its entropy.
type AxisDiversity struct {
	Axis          uint32
	Radius        uint32 // digits that two tips of one ball have in common
	DistinctBalls int    // balls with a tip in them; the guide's unique_values
	Required      int
	Meets         bool
	Entropy       float64 // of the tips over the balls, bits
}

// Diversity returns how far the tips are spread.
func (l *Ledger) Diversity() Diversity {
	l.mu.Lock()
	defer l.mu.Unlock()
	tips := l.sortedTipsLocked()
	d := Diversity{Tips: len(tips)}
	meets := 0
	for axis, radius := range [...]uint32{2, 2, 1} {
		balls := countBalls(tips, axis, radius)
		a := AxisDiversity{
			Axis:          uint32(axis),
			Radius:        radius,
			DistinctBalls: len(balls),
			Required:      RequiredDiversity,
			Meets:         len(balls) >= RequiredDiversity,
			Entropy:       entropy(balls, len(tips)),
		}
		if a.Meets {
			meets++
		}
		d.Axes = append(d.Axes, a)
	}
	d.Score = float64(meets) / float64(len(d.Axes))
	return d
}

// countBalls counts the messages in each ball: the numbers whose first radius
// digits are the same.
func countBalls(entries []*entry, axis int, radius uint32) map[string]int {
	balls := make(map[string]int)
	for _, e := range entries {
		balls[string(e.msg.Axes[axis].Digits[:radius])]++
	}
	return balls
}

func entropy(balls map[string]int, total int) float64 {
	// The summands are counted by size first: a sum in map order would not be
	// the same twice to the last digit.
	sizes := make([]int, total+1)
	for _, n := range balls {
		sizes[n]++
	}
	bits := 0.0
	for n, times := range sizes {
		if times > 0 {
			p := float64(n) / float64(total)
			bits += float64(times) * p * math.Log2(1/p)
		}
	}
	return bits
}

// Admissibility says how many of the tips fulfil the three constraints.
type Admissibility struct {
	Proximity  int // C1: near to their parents
	Diversity  int // C2: parents in enough balls
	Reputation int // C3: parents of good repute
	All        int
	Sample     int // tips looked at that have Branching+1 parents
}

// Rate returns n as a share of the sample, 0 for an empty one.
func (a Admissibility) Rate(n int) float64 {
	if a.Sample == 0 {
		return 0
	}
	return float64(n) / float64(a.Sample)
}

// Admissibility looks at the first limit tips; those without Branching+1
// parents are not counted. A node 0.3.0 takes 100 for REST and 50 for the event.
func (l *Ledger) Admissibility(limit int) Admissibility {
	l.mu.Lock()
	defer l.mu.Unlock()
	var a Admissibility
	tips := l.sortedTipsLocked()
	for _, tip := range tips[:min(limit, len(tips))] {
		if len(tip.msg.Parents) != Branching+1 {
			continue
		}
		a.Sample++
		a.Proximity++  // the model has no distance between messages,
		a.Reputation++ // and nobody in it is of ill repute
		if l.diverseLocked(tip) {
			a.Diversity++
			a.All++
		}
	}
	return a
}

// diverseLocked reports whether the held parents of e lie in enough balls of
// the first axis.
func (l *Ledger) diverseLocked(e *entry) bool {
	var parents []*entry
	for _, p := range e.msg.Parents {
		if parent, held := l.entries[p]; held {
			parents = append(parents, parent)
		}
	}
	return len(countBalls(parents, 0, 2)) >= RequiredDiversity
}
