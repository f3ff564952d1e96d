package ledger_test

import (
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var start = time.Date(2026, time.November, 23, 14, 58, 28, 103981388, time.UTC)

// root adds a message without parents.
func root(l *ledger.Ledger, at time.Time) ledger.Message {
	return l.Add(ledger.AddOptions{Parents: []string{}, At: at})
}

// on adds a message on the given parents, a millisecond after the latest.
func on(l *ledger.Ledger, parents ...ledger.Message) ledger.Message {
	ids := []string{}
	for _, p := range parents {
		ids = append(ids, p.ID)
	}
	return l.Add(ledger.AddOptions{Parents: ids})
}

func ids(messages []ledger.Message) []string {
	out := []string{}
	for _, m := range messages {
		out = append(out, m.ID)
	}
	return out
}

func TestMessageLooksLikeANodes(t *testing.T) {
	l := ledger.New(1)
	a := root(l, start)
	m := l.Add(ledger.AddOptions{Parents: []string{a.ID, a.ID}, At: start.In(time.FixedZone("", 3600)), Content: []byte("hello")})

	hex := func(n int) *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{` + strconv.Itoa(n) + `}$`) }
	assert.Regexp(t, hex(ledger.IDLen), m.ID)
	assert.Regexp(t, hex(128), m.Signature)
	assert.Regexp(t, `^adic1[02-9ac-hj-np-z]{58}$`, m.Proposer)
	assert.Equal(t, []string{a.ID}, m.Parents, "a parent counts once")
	assert.Equal(t, "hello", string(m.Content))
	assert.Equal(t, uint32(1), m.Depth)
	assert.True(t, m.Own)
	assert.False(t, m.Final)
	assert.Equal(t, start, m.Timestamp, "UTC, to the nanosecond")
	require.Len(t, m.Axes, 4)
	for i, axis := range m.Axes {
		assert.Equal(t, uint32(i), axis.Axis)
		assert.Equal(t, uint32(3), axis.P)
		require.Len(t, axis.Digits, 10)
		assert.Less(t, slices.Max(axis.Digits), uint8(3))
	}
	assert.NotNil(t, a.Parents, "an empty list rather than null")
	assert.Equal(t, "m0", string(a.Content))
}

func TestTimesWithoutAClock(t *testing.T) {
	l := ledger.New(1)
	first := l.Add(ledger.AddOptions{})
	assert.Equal(t, time.Date(2024, time.January, 15, 10, 30, 0, 0, time.UTC), first.Timestamp)
	root(l, start)
	root(l, start.Add(-time.Hour))
	assert.Equal(t, start.Add(time.Millisecond), l.Add(ledger.AddOptions{}).Timestamp, "after the newest, not after the last")
}

func TestSameSeedSameLedger(t *testing.T) {
	grow := func(seed uint64) []string {
		l := ledger.New(seed)
		for i := range 60 {
			l.Add(ledger.AddOptions{Peer: i%7 == 0})
		}
		return ids(l.Messages())
	}
	once := grow(1)
	assert.Equal(t, once, grow(1))
	for _, id := range grow(2) {
		require.NotContains(t, once, id)
	}
}

func TestPeersHaveAnotherProposer(t *testing.T) {
	l := ledger.New(1)
	own, peers := l.Add(ledger.AddOptions{}), l.Add(ledger.AddOptions{Peer: true})
	assert.False(t, peers.Own)
	assert.NotEqual(t, own.Proposer, peers.Proposer)
}

func TestAddingTwiceChangesNothing(t *testing.T) {
	l := ledger.New(1)
	opts := ledger.AddOptions{Parents: []string{}, At: start, Content: []byte("x")}
	first := l.Add(opts)
	child := on(l, first)
	require.True(t, l.Finalize(first.ID))

	again := l.Add(opts)
	assert.Equal(t, first.ID, again.ID)
	assert.True(t, again.Final, "the message that is held")
	assert.Equal(t, ledger.Counts{Messages: 2, Tips: 1, Final: 1, Pending: 1}, l.Counts())
	assert.Equal(t, []string{child.ID}, l.Tips())
}

func TestContentIsCopied(t *testing.T) {
	l := ledger.New(1)
	content := []byte("before")
	id := l.Add(ledger.AddOptions{Content: content}).ID
	copy(content, "AFTER!")
	held, ok := l.Message(id)
	require.True(t, ok)
	assert.Equal(t, "before", string(held.Content))
}

func TestTipsAreWhatHasNoChild(t *testing.T) {
	l := ledger.New(1)
	assert.Equal(t, []string{}, l.Tips(), "empty, not nil")
	a, b := root(l, start), root(l, start)
	want := []string{a.ID, b.ID}
	slices.Sort(want)
	assert.Equal(t, want, l.Tips(), "by id")
	c := on(l, a)
	assert.ElementsMatch(t, []string{b.ID, c.ID}, l.Tips())
	on(l, a)
	assert.Len(t, l.Tips(), 3, "a second child is a tip, too")
}

func TestLateParentIsNoTip(t *testing.T) {
	late := ledger.New(1).Add(ledger.AddOptions{Parents: []string{}, At: start, Content: []byte("late")})
	l := ledger.New(1)
	child := l.Add(ledger.AddOptions{Parents: []string{late.ID}, At: start.Add(time.Second)})
	assert.Equal(t, []string{late.ID}, child.Parents, "named, though not held")
	assert.Zero(t, child.Depth)

	arrived := l.Add(ledger.AddOptions{Parents: []string{}, At: start, Content: []byte("late")})
	require.Equal(t, late.ID, arrived.ID)
	assert.Equal(t, []string{child.ID}, l.Tips())
}

func TestDropPrunes(t *testing.T) {
	l := ledger.New(1)
	a := root(l, start)
	b, c := on(l, a), on(l, a)
	d := on(l, b, c)

	assert.False(t, l.Drop("unknown"))
	require.True(t, l.Drop(a.ID), "the oldest")
	_, held := l.Message(a.ID)
	assert.False(t, held)
	assert.Equal(t, []string{d.ID}, l.Tips())
	assert.Empty(t, l.Since(a.ID, 10), "an unknown anchor")
	assert.Equal(t, 3, l.Counts().Pending)

	require.True(t, l.Drop(d.ID), "a tip")
	assert.ElementsMatch(t, []string{b.ID, c.ID}, l.Tips(), "its parents have no child now")
	assert.Len(t, l.Range(start, start.Add(time.Hour), 10, ""), 2)
	assert.Len(t, l.Since(b.ID, 10), 1)
	assert.Equal(t, ids(l.Messages()), []string{b.ID, c.ID})
}

func TestRestartForgetsWhatIsInMemory(t *testing.T) {
	l := ledger.New(1)
	for range 20 {
		l.Add(ledger.AddOptions{})
	}
	require.NotEmpty(t, l.FinalizeOld())
	before, tips := l.Messages(), l.Tips()
	l.Restart()

	assert.Equal(t, ids(before), ids(l.Messages()))
	assert.Equal(t, tips, l.Tips())
	assert.Equal(t, ledger.Counts{Messages: 20, Tips: len(tips)}, l.Counts())
	assert.Empty(t, l.Finals())
	assert.Empty(t, l.FinalizeOld(), "the queue is lost")
	deposits, _ := l.Deposits(10)
	assert.Empty(t, deposits)
	for _, m := range l.Messages() {
		require.Zero(t, m.Depth)
		require.False(t, m.Final)
		require.Equal(t, ledger.Finality{}, l.Finality(m.ID))
	}
	assert.True(t, l.Finalize(before[0].ID))
	assert.True(t, slices.ContainsFunc(before, func(m ledger.Message) bool { return m.Final }))
}

func TestResetBeginsAnotherHistory(t *testing.T) {
	l := ledger.New(1)
	old := l.Add(ledger.AddOptions{})
	l.Finalize(old.ID)
	l.SetEconomics(ledger.Economics{})
	l.SetConflicts(ledger.Conflict{ID: "c"})
	l.Reset(2)

	assert.Equal(t, ledger.Counts{}, l.Counts())
	assert.Empty(t, l.Finals())
	assert.Equal(t, ledger.Genesis(), l.Economics())
	assert.Zero(t, l.Energy().Total)
	assert.Equal(t, ledger.New(2).Add(ledger.AddOptions{}), l.Add(ledger.AddOptions{}))
	assert.NotEqual(t, old.ID, l.Messages()[0].ID)
}

// Whatever happens: tips are the messages without child, every message is a tip
// or an ancestor of one, and the indexes hold the same messages.
func TestInvariants(t *testing.T) {
	l := ledger.New(7)
	for i := range 400 {
		l.Add(ledger.AddOptions{At: start.Add(time.Duration(i%5) * time.Millisecond), Peer: i%3 == 0})
		if all := l.Messages(); i%9 == 0 {
			l.Drop(all[(i*31)%len(all)].ID)
		}
		l.FinalizeOld()
	}
	all := l.Messages()
	hasChild := map[string]bool{}
	for _, m := range all {
		for _, p := range m.Parents {
			hasChild[p] = true
		}
	}
	var want []string
	for _, m := range all {
		if !hasChild[m.ID] {
			want = append(want, m.ID)
		}
	}
	assert.ElementsMatch(t, want, l.Tips())
	assert.ElementsMatch(t, ids(all), ids(l.Range(start, start.Add(time.Second), len(all)+1, "")))
	oldest := slices.MinFunc(all, func(a, b ledger.Message) int { return a.Timestamp.Compare(b.Timestamp) })
	assert.ElementsMatch(t, ids(all), append(ids(l.Since(oldest.ID, len(all))), oldest.ID))

	reached := map[string]bool{}
	for next := l.Tips(); len(next) > 0; next = next[1:] {
		if m, held := l.Message(next[0]); held && !reached[m.ID] {
			reached[m.ID] = true
			next = append(next, m.Parents...)
		}
	}
	assert.Len(t, reached, len(all))
}

func TestConcurrentUse(t *testing.T) {
	l := ledger.New(1)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				m := l.Add(ledger.AddOptions{})
				l.FinalizeOld()
				l.Since(m.ID, 5)
				l.Range(start, start, 5, "")
				l.Diversity()
				l.Admissibility(50)
				l.KCore()
				l.Energy()
				l.Deposits(5)
				l.Tips()
				_ = m.Final
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 200, l.Counts().Messages)
}

func BenchmarkAdd(b *testing.B) {
	l := ledger.New(1)
	b.ReportAllocs()
	for b.Loop() {
		l.Add(ledger.AddOptions{})
		l.FinalizeOld()
	}
}
