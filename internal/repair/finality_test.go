package repair_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

// open returns what is to be asked about now, at most 10.
func open(b *repair.Books, now time.Time) []string {
	ids, _ := b.Open(now, 10)
	return ids
}

// A message that is newer than the first connection is told once when it becomes
// final.
func TestFinal(t *testing.T) {
	b := begun(0)
	b.Found(fact("a", time.Second), at(2*time.Second))
	b.NotFinal(at(10*time.Second), "a")
	assert.True(t, ended(b, at(20*time.Second), "a"))
	assert.False(t, ended(b, at(20*time.Second), "a"))
	assert.False(t, ended(b, at(20*time.Second), "unknown"))
	assert.True(t, b.Finalized("a", time.Time{}))
	assert.False(t, b.Finalized("a", time.Time{}))
	assert.Zero(t, b.Figures().Open)
	assert.Empty(t, open(b, at(time.Hour)))
}

// What the stream announced as final is not asked about.
func TestFinalLive(t *testing.T) {
	b := begun(0)
	b.Found(fact("a", time.Second), at(2*time.Second))
	assert.True(t, b.Finalized("a", time.Time{}))
	assert.Empty(t, open(b, at(time.Hour)))
	assert.False(t, ended(b, at(time.Hour), "a"))
	// Before the message itself is known, too.
	assert.True(t, b.Finalized("b", time.Time{}))
	assert.True(t, found(b, fact("b", 2*time.Second), at(3*time.Second)))
	assert.Empty(t, open(b, at(time.Hour)))
}

// What was final before the first connection is history: it is final at the first
// question, while the count stands still.
func TestFinalBefore(t *testing.T) {
	b := begun(0, fact("a", -10*time.Second), fact("b", -10*time.Second), fact("c", -10*time.Second), fact("old", -time.Hour),
		fact("older", -time.Hour))
	b.Counted(t0, 7)
	assert.ElementsMatch(t, []string{"a", "b", "c", "old", "older"}, open(b, t0), "asked once")
	assert.False(t, ended(b, t0, "a"))
	b.NotFinal(t0, "b")
	b.NotFinal(t0, "old")
	b.Counted(at(time.Minute), 8)
	assert.True(t, ended(b, at(time.Minute), "b"), "it was not final, and is now")
	assert.True(t, ended(b, at(time.Minute), "old"), "however old")
	assert.True(t, ended(b, at(time.Minute), "c"), "nobody knows since when")
	assert.False(t, ended(b, at(time.Minute), "older"), "below the horizon nothing is promised")
}

// A server that knows nothing of a message did not say that it is not final.
func TestNoFinality(t *testing.T) {
	b := begun(0, fact("a", -10*time.Second))
	b.Counted(t0, 1)
	assert.Equal(t, []string{"a"}, open(b, t0))
	b.NoFinality(t0, "a")
	b.NoFinality(t0, "unknown")
	assert.Empty(t, open(b, at(5*time.Second)), "the pause is the same")
	assert.False(t, ended(b, at(20*time.Second), "a"), "it may have been final before")
}

// Questions without an answer do not end a round.
func TestRoundUnsure(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 0)
	b.Found(fact("a", time.Second), at(time.Second))
	b.Counted(at(10*time.Second), 1)
	assert.Equal(t, []string{"a"}, open(b, at(10*time.Second)))
	b.NoFinality(at(10*time.Second), "a")
	_, idle := b.Open(at(11*time.Second), 10)
	assert.False(t, idle)
	assert.Equal(t, []string{"a"}, open(b, at(20*time.Second)))
	b.NotFinal(at(20*time.Second), "a")
	_, idle = b.Open(at(21*time.Second), 10)
	assert.True(t, idle)
}

// The finality of a message that was handed on is handed on, whatever its
// timestamp.
func TestFinalOfLateArrival(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 0)
	assert.True(t, found(b, fact("a", -10*time.Second), at(20*time.Second)))
	assert.True(t, ended(b, at(21*time.Second), "a"))
	b.Added("b", time.Time{})
	b.Found(fact("b", -10*time.Second), at(20*time.Second))
	assert.True(t, ended(b, at(21*time.Second), "b"))
}

// Messages that turn up below the horizon are not asked about.
func TestFinalLate(t *testing.T) {
	b := begun(0)
	assert.False(t, found(b, fact("a", -time.Hour), t0))
	assert.Zero(t, b.Figures().Open)
}

// A rising count is cause to ask about all that is open, the youngest first, until
// it is explained.
func TestRound(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 100)
	now := at(time.Minute)
	for i := range 5 {
		b.Found(fact(fmt.Sprint(i), time.Duration(10*i)*time.Second), at(time.Duration(10*i)*time.Second))
	}
	b.Counted(now, 100)
	b.Counted(now, 102)
	ids, idle := b.Open(now, 10)
	assert.Equal(t, []string{"4", "3", "2", "1", "0"}, ids)
	assert.False(t, idle)
	ids, _ = b.Open(now, 2)
	assert.Equal(t, []string{"4", "3"}, ids)
	b.NotFinal(now, "4")
	assert.True(t, ended(b, now, "3"))
	assert.Equal(t, []string{"2", "1", "0"}, open(b, now))
	assert.True(t, ended(b, now, "1"))
	ids, idle = b.Open(now, 10)
	assert.True(t, idle, "two were counted, two were found")
	assert.Len(t, ids, 1)
}

// A final that the stream announced explains the count as well.
func TestRoundExplainedLive(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 100)
	b.Found(fact("a", time.Second), at(time.Second))
	b.Found(fact("b", time.Second), at(time.Second))
	b.Finalized("a", time.Time{})
	b.Counted(at(time.Minute), 101)
	_, idle := b.Open(at(time.Minute), 10)
	assert.True(t, idle)
	b.Counted(at(time.Minute), 102)
	ids, idle := b.Open(at(time.Minute), 10)
	assert.False(t, idle)
	assert.Equal(t, []string{"b"}, ids)
}

// A question that finds an old final does not explain a new one: y is final
// silently, then a question finds old x.
func TestRoundOldFinal(t *testing.T) {
	b := begun(0, fact("x", -10*time.Second))
	b.Found(fact("y", time.Second), at(time.Second))
	b.Counted(at(30*time.Second), 1) // x
	open(b, at(30*time.Second))
	b.NotFinal(at(30*time.Second), "y")
	b.Counted(at(60*time.Second), 2) // x and y
	b.Final(at(60*time.Second), "x")
	assert.Equal(t, []string{"y"}, open(b, at(60*time.Second)))
	assert.True(t, ended(b, at(60*time.Second), "y"))
}

// A message that was not final before the baseline was set, and final then, is in
// the baseline: finding it explains nothing.
func TestRoundOpenBefore(t *testing.T) {
	b := begun(0)
	b.Found(fact("x", time.Second), at(time.Second))
	b.Found(fact("y", time.Second), at(time.Second))
	b.NotFinal(at(10*time.Second), "x")
	b.Counted(at(20*time.Second), 1) // x
	assert.True(t, ended(b, at(21*time.Second), "x"))
	b.NotFinal(at(21*time.Second), "y")
	_, idle := b.Open(at(22*time.Second), 10)
	assert.True(t, idle)
	b.Counted(at(60*time.Second), 2)
	ids, idle := b.Open(at(60*time.Second), 10)
	assert.False(t, idle)
	assert.Equal(t, []string{"y"}, ids)
}

// A final that became part of the baseline because its message was not known yet
// explains nothing when it is found at last.
func TestRoundKnownTooLate(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 0)
	b.Counted(at(5*time.Second), 1) // x, which no answer has shown yet
	_, idle := b.Open(at(5*time.Second), 10)
	assert.True(t, idle)
	assert.True(t, found(b, fact("x", time.Second), at(10*time.Second)))
	assert.True(t, found(b, fact("y", time.Second), at(10*time.Second)))
	b.NotFinal(at(20*time.Second), "y")
	assert.True(t, ended(b, at(20*time.Second), "x"))
	b.Counted(at(60*time.Second), 2) // y
	ids, idle := b.Open(at(60*time.Second), 10)
	assert.False(t, idle)
	assert.Equal(t, []string{"y"}, ids)
}

// What cannot be explained, a peer's artifacts for one, becomes the baseline when
// all have been asked: no endless round.
func TestRoundUnexplained(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 0)
	b.Found(fact("a", time.Second), at(time.Second))
	b.Found(fact("b", 2*time.Second), at(2*time.Second))
	b.Counted(at(60*time.Second), 19)
	assert.Equal(t, []string{"b", "a"}, open(b, at(60*time.Second)))
	b.NotFinal(at(60*time.Second), "a")
	b.NotFinal(at(60*time.Second), "b")
	_, idle := b.Open(at(61*time.Second), 10)
	assert.True(t, idle)
	b.Counted(at(65*time.Second), 19)
	_, idle = b.Open(at(66*time.Second), 10)
	assert.True(t, idle)
	b.Counted(at(130*time.Second), 20)
	ids, idle := b.Open(at(130*time.Second), 10)
	assert.False(t, idle)
	assert.ElementsMatch(t, []string{"b", "a"}, ids, "the pause was half their age")
	assert.True(t, ended(b, at(130*time.Second), "a"))
	_, idle = b.Open(at(131*time.Second), 10)
	assert.True(t, idle)
}

// A rise during a round counts, also when more has been found than has come since
// it began.
func TestRoundRisesLess(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 0)
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		b.Found(fact(id, time.Second), at(time.Second))
	}
	b.Counted(at(10*time.Second), 3)
	b.NotFinal(at(10*time.Second), "a")
	assert.True(t, ended(b, at(10*time.Second), "b"))
	assert.True(t, ended(b, at(10*time.Second), "c"))
	b.Counted(at(20*time.Second), 4) // a
	b.NotFinal(at(20*time.Second), "d")
	b.NotFinal(at(20*time.Second), "e")
	ids, idle := b.Open(at(20*time.Second), 10)
	assert.False(t, idle)
	assert.Equal(t, []string{"a"}, ids)
}

// A rise during a round asks about those again that were asked before it.
func TestRoundRisesAgain(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 0)
	b.Found(fact("a", time.Second), at(time.Second))
	b.Counted(at(10*time.Second), 1)
	b.NotFinal(at(10*time.Second), "a")
	b.Counted(at(11*time.Second), 2)
	ids, idle := b.Open(at(11*time.Second), 10)
	assert.Empty(t, ids, "half its age has not passed")
	assert.False(t, idle)
	assert.Equal(t, []string{"a"}, open(b, at(20*time.Second)))
}

// A message whose finality was told and taken back counts once.
func TestRecallCounts(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 0)
	b.Found(fact("a", time.Second), at(time.Second))
	b.Found(fact("b", time.Second), at(time.Second))
	b.Added("a", time.Time{})
	b.Added("b", time.Time{})
	b.Counted(at(time.Minute), 2)
	assert.True(t, ended(b, at(time.Minute), "a"))
	b.Recall()
	assert.True(t, ended(b, at(time.Minute), "a"))
	assert.Equal(t, []string{"b"}, open(b, at(time.Minute)), "one is still unexplained")
}

// History that may or may not have been final before is not counted when it is
// taken back either.
func TestRecallHistory(t *testing.T) {
	b := begun(0, fact("a", -10*time.Second))
	b.Counted(t0, 1)
	open(b, t0)
	b.Counted(at(time.Second), 2)
	assert.True(t, ended(b, at(time.Second), "a"))
	b.Recall()
	assert.True(t, ended(b, at(time.Second), "a"))
}

// A falling count is a restart of the node: the baseline is set anew, and all
// that is open is asked about once.
func TestCountFalls(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 100)
	b.Found(fact("a", time.Second), at(time.Second))
	b.Found(fact("b", time.Second), at(time.Second))
	open(b, at(10*time.Second))
	b.Counted(at(20*time.Second), 3)
	ids, idle := b.Open(at(20*time.Second), 10)
	assert.Equal(t, []string{"a", "b"}, ids)
	assert.False(t, idle)
	b.NotFinal(at(20*time.Second), "a")
	b.NotFinal(at(20*time.Second), "b")
	_, idle = b.Open(at(21*time.Second), 10)
	assert.True(t, idle)
	b.Counted(at(40*time.Second), 4)
	assert.Equal(t, []string{"a", "b"}, open(b, at(40*time.Second)))
}

// Nobody asks about a message that is younger than 4 s, by the server's clock or
// by when it became known: a proposer's clock may be fast.
func TestTooYoung(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 0)
	b.Found(fact("a", 10*time.Second), at(10*time.Second))
	b.Found(fact("fast", 365*24*time.Hour), at(10*time.Second))
	b.Counted(at(12*time.Second), 1)
	assert.Empty(t, open(b, at(12*time.Second)))
	assert.Empty(t, open(b, at(14*time.Second-1)))
	assert.Equal(t, []string{"a", "fast"}, open(b, at(14*time.Second)))
}

// Without cause one message is asked about every 20 s: first those that never
// were, the youngest first, then the one whose last question is longest ago for
// its age.
func TestSweep(t *testing.T) {
	b := begun(0, fact("a", -50*time.Second), fact("b", -40*time.Second))
	b.Found(fact("c", time.Second), at(2*time.Second))
	var asked []string
	for now := at(time.Minute); now.Before(at(10 * time.Minute)); now = now.Add(5 * time.Second) {
		ids, idle := b.Open(now, 10)
		assert.True(t, idle)
		for _, id := range ids {
			asked = append(asked, id)
			b.NotFinal(now, id)
		}
	}
	assert.Equal(t, []string{"c", "b", "a"}, asked[:3], "%v", asked)
	// From then on each when its age has doubled since the last question.
	assert.Subset(t, asked[3:], []string{"a", "b", "c"})
	assert.Less(t, len(asked), 12, "%v", asked)
	ids, _ := b.Open(at(20*time.Minute), 0)
	assert.Empty(t, ids)
}

// Hints are asked about first and at once, without any other cause, too. Those
// that are not open are no use.
func TestHint(t *testing.T) {
	b := begun(0)
	now := at(10 * time.Second)
	b.Found(fact("a", time.Second), at(time.Second))
	b.Found(fact("b", 2*time.Second), at(2*time.Second))
	b.Found(fact("young", 9*time.Second), at(9*time.Second))
	open(b, now)
	b.NotFinal(now, "a")
	b.Hint([]string{"a", "unknown"})
	ids, idle := b.Open(now, 10)
	assert.Equal(t, []string{"a"}, ids)
	assert.False(t, idle)
	b.Counted(now, 0)
	b.Counted(now, 1)
	b.Hint([]string{"young"})
	assert.Equal(t, []string{"young", "a", "b"}, open(b, now))
	b.NotFinal(now, "a")
	assert.True(t, ended(b, now, "young"))
	b.Finalized("b", time.Time{})
	ids, idle = b.Open(now, 10)
	assert.Empty(t, ids)
	assert.True(t, idle)
}

// Counts beyond all bounds do no harm.
func TestHugeCount(t *testing.T) {
	b := begun(0)
	b.Counted(t0, 1<<64-1)
	b.Counted(t0, 1<<64-1)
	b.Counted(t0, 0)
	b.Counted(t0, 1<<63)
	b.Found(fact("a", 0), t0)
	assert.Equal(t, []string{"a"}, open(b, at(time.Minute)))
}

// FuzzBooks plays random histories: nothing is told twice, nothing that was
// forgotten is told again, and nothing grows without bound.
func FuzzBooks(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"), uint8(3))
	f.Add([]byte("aAbBcCdD0000000011112222333344445555666677778888"), uint8(20))
	f.Fuzz(func(t *testing.T, script []byte, size uint8) {
		limit := int(size%50) + 1
		b := repair.New(limit)
		b.Begin(t0)
		now := t0
		told, finals := map[string]int{}, map[string]int{}
		for i, op := range script {
			n := int(op)*7 + i
			id := fmt.Sprint(n % 97)
			when := time.Duration(n%97-20) * 10 * time.Second
			switch op % 11 {
			case 0, 1, 2:
				if b.Found(fact(id, when, fmt.Sprint(n%89), fmt.Sprint(n%83)), now) {
					told[id]++
				}
			case 3:
				b.Tips([]string{id, fmt.Sprint(n % 31)})
			case 4:
				b.PassEnded(now)
			case 5:
				b.Missing(now, b.Ask(now, 5))
			case 6:
				b.Counted(now, uint64(n))
			case 7:
				b.NotFinal(now, id)
				b.Hint([]string{id})
			case 8:
				if b.Final(now, id) {
					finals[id]++
				}
			case 9:
				ids, _ := b.Open(now, 3)
				assert.LessOrEqual(t, len(ids), 3)
			case 10:
				now = now.Add(time.Duration(op) * time.Second)
				b.AnchorLost(now, nil)
			}
			figures := b.Figures()
			assert.LessOrEqual(t, figures.Known, 2*limit+limit/8+2+97)
			assert.LessOrEqual(t, figures.Wanted, limit)
			assert.LessOrEqual(t, figures.Open, figures.Known)
		}
		for id, n := range told {
			assert.Equal(t, 1, n, "message %s was told more than once", id)
		}
		for id, n := range finals {
			assert.Equal(t, 1, n, "finality of %s was told more than once", id)
		}
	})
}
