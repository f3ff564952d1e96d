package refserver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// A host that slept does not make up for what it missed, and says each beat at
// most once for it.
func TestJobsAfterAPause(t *testing.T) {
	begin := time.Unix(1000, 0)
	done := 0
	jobs := []*job{{
		at:   begin,
		wait: func() time.Duration { return 3 * time.Second },
		do:   func() { done++ },
	}}
	assert.Equal(t, 3*time.Second, runDue(jobs, begin))
	assert.Equal(t, time.Second, runDue(jobs, begin.Add(2*time.Second)))
	assert.Equal(t, 1, done)

	woken := begin.Add(time.Hour)
	for runDue(jobs, woken) <= 0 {
		assert.LessOrEqual(t, done, 3)
	}
	assert.Equal(t, 3, done)
	assert.Equal(t, time.Hour, runDue(nil, woken))
}
