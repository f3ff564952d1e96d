package client

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The payloads of finalizations that wait for their messages count once, whatever way
// they came and go.
func TestHeldPayloadsAreCountedOnce(t *testing.T) {
	t.Parallel()
	for name, let := range map[string]func(q bounded){
		"released": func(q bounded) {
			for _, id := range []string{"a", "b"} {
				e, ok := q.release(id)
				require.True(t, ok)
				q.handled(&e)
			}
		},
		"freed":     func(q bounded) { q.freed(func(string) bool { return false }) },
		"requeued":  func(q bounded) { q.requeue("a"); q.requeue("b") },
		"closed":    func(q bounded) { q.close() },
		"discarded": func(q bounded) { q.discard() },
	} {
		t.Run(name, func(t *testing.T) {
			q := newBounded(1, 1, 1)
			q.push(final("a")) // leaves the lane
			q.push(final("b"))
			size := len(final("a").Data)
			assert.Equal(t, size, q.back.bytes)
			for range 4 { // with the notices
				if _, e, ok := q.pop(); ok && e.id != "" {
					require.True(t, q.hold(&e))
				}
			}
			assert.Len(t, q.back.held, 2)
			assert.Equal(t, 2*size, q.back.bytes)
			let(q)
			drain(q)
			assert.Zero(t, q.back.bytes)
		})
	}
}

// Finalizations that are not held for want of room go alone.
func TestHeldPayloadsAreBounded(t *testing.T) {
	t.Parallel()
	q := newBounded(10, 10, 10)
	for _, id := range []string{"a", "b", "c"} {
		e := newEntry(final(id))
		e.env.Data = append(e.env.Data, make([]byte, owedBytes/2-100)...)
		q.queue.push([]entry{e}, nil)
		_, e, ok := q.pop()
		require.True(t, ok)
		held := q.hold(&e)
		assert.Equal(t, id != "c", held, id)
	}
}
