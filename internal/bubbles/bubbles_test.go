package bubbles_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/bubbles"
)

// Those of the bubble are counted, and nothing else of the process.
func TestGoroutines(t *testing.T) {
	outside := make(chan struct{})
	defer close(outside)
	go func() { <-outside }()
	synctest.Test(t, func(t *testing.T) {
		before := len(bubbles.Goroutines())
		inside := make(chan struct{})
		go func() { <-inside }()
		synctest.Wait()
		all := bubbles.Goroutines()
		assert.Len(t, all, before+1)
		assert.Contains(t, all[0], "TestGoroutines")
		close(inside)
		synctest.Wait()
		assert.Len(t, bubbles.Goroutines(), before)
	})
}
