package overlap_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/overlap"
	"github.com/adic/adic-go/subscription/events"
)

// A source decides what happens.
type source interface {
	IntN(n int) int // 0 to n-1
}

// sequence returns what a node sends in one lane: beats, of which many are equal,
// and notices, of which most are, many in one second.
func sequence(s source, n int, beats, notices events.Type) (seq []event) {
	second := int64(1000)
	for range n {
		second += int64(max(s.IntN(8)-5, 0)) // 0 s mostly, up to 2 s
		content := string(rune('a' + s.IntN(2)))
		of := notices
		if s.IntN(3) == 0 {
			of = beats
		}
		seq = append(seq, made(of, second, content))
	}
	return seq
}

// A window is what one connection has carried of a sequence.
type window struct{ from, to int }

// holds reports whether w has event i, seen from the beginning of its second.
func (w window) holds(seq []event, i int) bool {
	return w.from <= i && i < w.to && seq[i].second > seq[w.from].second
}

// A lane of the model.
type modelLane struct {
	in       events.Priority
	seq      []event
	old, new window
}

// matched reports whether some beat is on both, by its place in the sequence.
func (l *modelLane) matched() bool {
	for i, e := range l.seq {
		if (e.of == tips || e.of == kcore) && l.old.holds(l.seq, i) && l.new.holds(l.seq, i) {
			return true
		}
	}
	return false
}

// check asks for the cut: what the old one has delivered and what the new one hands
// on then must be the sequence.
func (l *modelLane) check(t require.TestingT, c *overlap.Cut) (ok bool) {
	n, ok := c.Skip(l.in)
	require.Equal(t, l.matched(), ok)
	if !ok {
		return false
	}
	require.Equal(t, l.old.to-l.new.from, n)
	handedOn := append(append([]event{}, l.seq[l.old.from:l.old.to]...), l.seq[l.new.from+n:]...)
	require.Equal(t, l.seq[l.old.from:], handedOn)
	return true
}

// run plays one switch and returns how many lanes could be cut at its end.
func run(t require.TestingT, s source) (cuts int) {
	lanes := []*modelLane{
		{in: events.High, seq: sequence(s, 40, tips, transfer)},
		{in: events.Medium, seq: sequence(s, 40, kcore, reputation)},
	}
	for _, l := range lanes {
		l.old.from, l.new.from = s.IntN(20), s.IntN(20)
		l.old.to, l.new.to = l.old.from, l.new.from
	}
	var c overlap.Cut
	for range s.IntN(160) {
		l := lanes[s.IntN(2)]
		if s.IntN(2) == 0 && l.old.to < len(l.seq) {
			older(&c, l.seq[l.old.to])
			l.old.to++
		} else if l.new.to < len(l.seq) {
			newer(&c, l.seq[l.new.to])
			l.new.to++
		}
		require.Equal(t, lanes[0].matched() && lanes[1].matched(), c.Done())
	}
	for _, l := range lanes {
		if l.check(t, &c) {
			cuts++
		}
	}
	return cuts
}

// Two connections are opened anywhere in a sequence full of twins, and are anywhere
// in it when the cut is asked for: no event is lost, none is doubled, and there is a
// cut whenever a beat can be told apart.
func TestAnyCutOfAnySequenceIsExact(t *testing.T) {
	cuts := 0
	for seed := range uint64(5000) {
		cuts += run(t, rand.New(rand.NewPCG(seed, 1)))
	}
	assert.Greater(t, cuts, 2000, "of 10,000 lanes, some were cut")
}

// script is a source made of fuzz data; when it is used up, all is 0.
type script struct{ data []byte }

func (s *script) IntN(n int) int {
	if len(s.data) == 0 {
		return 0
	}
	b := s.data[0]
	s.data = s.data[1:]
	return int(b) % n
}

func FuzzCut(f *testing.F) {
	f.Add([]byte{})
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 2))
		data := make([]byte, 600)
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		run(t, &script{data})
		runLossy(t, &script{data}, false)
		runLossy(t, &script{data}, true)
	})
}
