package repair_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/repair"
)

// waits returns after how long Open is to be asked again; -1: not by itself.
func waits(b *repair.Books, now time.Time) time.Duration {
	wait, ok := b.NextOpen(now)
	if !ok {
		return -1
	}
	return wait
}

func TestNextOpen(t *testing.T) {
	b := begun(0)
	assert.EqualValues(t, -1, waits(b, at(0)), "nothing is open")

	b.Added("m", at(0))
	assert.Zero(t, waits(b, at(0)), "nobody has looked")
	assert.Empty(t, open(b, at(time.Second)))
	assert.Equal(t, 3*time.Second, waits(b, at(time.Second)), "at four seconds it is old enough")
	assert.Equal(t, []string{"m"}, open(b, at(4*time.Second)))
	assert.Equal(t, 20*time.Second, waits(b, at(4*time.Second)), "the next one without cause")
	b.NotFinal(at(4*time.Second), "m")

	// It was asked at an age of 4 s. Half its age has gone by at 8 s, and one is asked
	// each 20 s.
	assert.Equal(t, []string{"m"}, open(b, at(24*time.Second)))
	b.NotFinal(at(24*time.Second), "m")
	assert.Empty(t, open(b, at(44*time.Second)))
	assert.Equal(t, 4*time.Second, waits(b, at(44*time.Second)), "24 s are half of 48 s")
	assert.Equal(t, []string{"m"}, open(b, at(48*time.Second)))

	b.Finalized("m", at(49*time.Second))
	assert.EqualValues(t, -1, waits(b, at(49*time.Second)), "nothing is open any more")
}

func TestNextOpenWithCause(t *testing.T) {
	b := begun(0)
	b.Added("m", at(0))
	counted(b, at(5*time.Second), 10)
	assert.Zero(t, waits(b, at(5*time.Second)), "all are asked after a first count")
	assert.NotEmpty(t, open(b, at(5*time.Second)))
	b.NotFinal(at(5*time.Second), "m")
	assert.Empty(t, open(b, at(6*time.Second)))
	assert.NotZero(t, waits(b, at(6*time.Second)))

	b.Counted(at(7*time.Second), 11)
	assert.Equal(t, 2*time.Second, waits(b, at(7*time.Second)), "then the count can be relied on")
	b.Want(true, false)
	assert.EqualValues(t, -1, waits(b, at(10*time.Second)), "nobody wants it")
	b.Want(true, true)
	b.Hint([]string{"m"})
	assert.Zero(t, waits(b, at(10*time.Second)), "a hint")
}

// Who sleeps until Open has something is told of a count that gives cause.
func TestWatch(t *testing.T) {
	b := begun(0)
	b.Added("m", at(0))
	told := 0
	b.Watch(func() { told++ })
	counted(b, at(5*time.Second), 10)
	assert.NotZero(t, told, "the first")
	open(b, at(5*time.Second))
	b.NotFinal(at(5*time.Second), "m")
	open(b, at(6*time.Second))

	told = 0
	b.Counted(at(10*time.Second), 10)
	assert.Zero(t, told, "one that did not rise")
	b.Counted(at(16*time.Second), 11)
	assert.Equal(t, 1, told)
}
