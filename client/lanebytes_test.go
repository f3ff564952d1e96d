package client

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

// sized is an event of the high lane whose payload begins with n.
func sized(t events.Type, n, size int) events.Envelope {
	env := numbered(t, n)
	env.Data = append(env.Data, make([]byte, size-len(env.Data))...)
	return env
}

// newWeighed is a queue whose high lane has room for so many bytes.
func newWeighed(o Overflow, bytes int) bounded {
	q := newBounded(1000, 10, 10)
	q.lanes[0].lane.Bytes, q.lanes[0].lane.Overflow = bytes, o
	return q
}

// waiting is how many bytes of the high lane wait.
func (q bounded) waiting() (bytes int) {
	for i := range q.lanes[0].n {
		bytes += len(q.lanes[0].at(i).env.Data)
	}
	for _, e := range q.hand.entries[min(int(q.hand.at.Load())+1, len(q.hand.entries)):] {
		bytes += len(e.env.Data)
	}
	return bytes
}

func TestALaneIsBoundedInBytes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy Overflow
		fates  int // of the one event that does not fit
		left   int
	}{
		{DropOldest, 2, 0}, // 30 + 30 make room for 50
		{DropNewest, 1, 0},
		{CoalesceLatest, 2, 0},
		{Block, 0, 1},
	} {
		t.Run(c.policy.String(), func(t *testing.T) {
			q := newWeighed(c.policy, 100)
			for n := range 3 {
				require.Empty(t, q.push(sized(events.TypeMessageAdded, n, 30)))
			}
			left, fates := q.queue.push([]entry{newEntry(sized(events.TypeTransferRecorded, 3, 50))}, nil)
			assert.Len(t, fates, c.fates)
			assert.Len(t, left, c.left)
			assert.LessOrEqual(t, q.waiting(), 100)
			assert.Equal(t, q.waiting(), q.lanes[0].bytes)
		})
	}
}

func TestAnEmptyLaneTakesAnyEvent(t *testing.T) {
	t.Parallel()
	for _, policy := range []Overflow{DropOldest, DropNewest, CoalesceLatest, Block} {
		t.Run(policy.String(), func(t *testing.T) {
			q := newWeighed(policy, 100)
			left, fates := q.queue.push([]entry{newEntry(sized(events.TypeTransferRecorded, 1, 5000))}, nil)
			assert.Empty(t, left)
			assert.Empty(t, fates)
			_, e, ok := q.pop()
			require.True(t, ok)
			assert.Len(t, e.env.Data, 5000)
			assert.Zero(t, q.lanes[0].bytes)
		})
	}
}

// What takes another's place may be larger than it.
func TestACoalescedLaneKeepsItsBound(t *testing.T) {
	t.Parallel()
	q := newWeighed(CoalesceLatest, 100)
	require.Empty(t, q.push(sized(events.TypePeerConnected, 1, 40)))
	require.Empty(t, q.push(sized(events.TypeTransferRecorded, 2, 40)))
	fates := q.push(sized(events.TypeTransferRecorded, 3, 90))
	require.Len(t, fates, 2)
	assert.True(t, fates[0].coalesced)
	assert.False(t, fates[1].coalesced, "the oldest went")
	assert.Equal(t, 90, q.waiting())
	assert.Equal(t, 90, q.lanes[0].bytes)
	fates = q.push(sized(events.TypeTransferRecorded, 4, 900))
	require.Len(t, fates, 1, "and the last one stays")
	assert.Equal(t, 900, q.waiting())
}

// The rest of a hand waits as what is in its lane does.
func TestTheHandCountsForTheBytes(t *testing.T) {
	t.Parallel()
	q := newWeighed(DropOldest, 100)
	for n := range 10 {
		require.Empty(t, q.push(sized(events.TypeTransferRecorded, n, 10)))
	}
	_, ok := q.next()
	require.True(t, ok)
	require.Len(t, q.hand.entries, 10, "they are few enough")
	for n := range 10 {
		q.push(sized(events.TypeTransferRecorded, 10+n, 10))
	}
	assert.LessOrEqual(t, q.waiting(), 100, "but for one: that of an empty lane")
	q.hand.at.Store(8)
	q.push(sized(events.TypeTransferRecorded, 20, 10))
	assert.Equal(t, 30, q.waiting(), "what has begun does not wait")
}
