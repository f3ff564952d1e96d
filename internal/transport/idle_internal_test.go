package transport

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// A connection outlives the pause between two polls, and not by much.
func TestAnIdleConnectionIsNotKeptForLong(t *testing.T) {
	kept := newRoundTripper().IdleConnTimeout
	assert.Greater(t, kept, DefaultPollInterval)
	assert.LessOrEqual(t, kept, 10*time.Second)
}
