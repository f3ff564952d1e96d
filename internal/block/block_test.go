package block_test

import (
	"testing"

	"github.com/adic/adic-go/internal/block"
	"github.com/stretchr/testify/assert"
)

func TestTake(t *testing.T) {
	for n, want := range map[int]int{0: block.Size, 1: block.Size, block.Size: block.Size, block.Size + 1: block.Size + 1, 8 << 20: 8 << 20} {
		b := block.Take(n)
		assert.Len(t, *b, want)
		*b = (*b)[:7]
		block.Give(b)
		assert.Len(t, *block.Take(n), want, "whatever it was cut to")
	}
}

func TestGiveNothing(t *testing.T) {
	small := make([]byte, 100)
	block.Give(&small)
	block.Give(nil)
	assert.Len(t, *block.Take(0), block.Size)
}

func TestTakeAgainDoesNotAllocate(t *testing.T) {
	assert.Zero(t, testing.AllocsPerRun(100, func() { block.Give(block.Take(0)) }))
}
