// Package block lends buffers to those who read from connections, while there is
// something to read: thousands of connections that are idle hold none.
package block

import "sync"

const (
	// Size is what is read at once; more is no faster.
	Size = 64 << 10

	maxKept = 2 << 20 // larger ones are left to the garbage collector
)

// free are the buffers that nobody needs, for all connections of the process.
var free = sync.Pool{New: func() any { b := make([]byte, Size); return &b }}

// Take returns a buffer of n bytes, or of Size if that is more. It may be called
// concurrently, as Give.
func Take(n int) *[]byte {
	n = max(n, Size)
	b, _ := free.Get().(*[]byte)
	if cap(*b) < n {
		free.Put(b)
		grown := make([]byte, n)
		return &grown
	}
	*b = (*b)[:n]
	return b
}

// Give takes back a buffer, whatever its length is now. Nobody uses it after that.
// Nil is no buffer.
func Give(b *[]byte) {
	if b != nil && cap(*b) >= Size && cap(*b) <= maxKept {
		free.Put(b)
	}
}
