package ledger

import (
	"maps"
	"slices"
)

const (
	// Branching is the d of the protocol: a message picks up to Branching+1 parents.
	Branching = 3

	window  = 12 // messages that came last, from which parents are picked beside the tips
	maxTips = 8  // from here on only tips are picked, oldest first
)

// chooseLocked picks the parents of the next message: all candidates while
// they are few, then a random sample.
func (l *Ledger) chooseLocked() []string {
	const n = Branching + 1
	if len(l.tips) >= maxTips {
		tips := slices.SortedFunc(maps.Values(l.tips), byMilli)
		return ids(tips[:n])
	}
	last := l.arrived[max(0, len(l.arrived)-window):]
	candidates := slices.Clone(last)
	// A tip that has left the window stays a candidate, or it would stay a tip.
	for _, e := range slices.SortedFunc(maps.Values(l.tips), byMilli) {
		if !slices.Contains(last, e) {
			candidates = append(candidates, e)
		}
	}
	if len(candidates) <= n {
		return ids(candidates)
	}
	l.rng.Shuffle(len(candidates), func(i, j int) {
		candidates[i], candidates[j] = candidates[j], candidates[i]
	})
	return ids(candidates[:n])
}

func ids(entries []*entry) []string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = e.msg.ID
	}
	return out
}
