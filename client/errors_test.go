package client

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/subscription/events"
)

func TestErrorsSayWhatHappened(t *testing.T) {
	t.Parallel()
	first, second := errors.New("first"), errors.New("second")
	for want, err := range map[string]error{
		"client: 1 mistake: first":                                                             &ConfigError{Mistakes: []error{first}},
		"client: 2 mistakes: first; second":                                                    &ConfigError{Mistakes: []error{first, second}},
		"client: every transport was refused: first; second":                                   &RefusedError{Refusals: []error{first, second}},
		"client: drain: OnState still runs after 5s, 0 events left: first":                     &DrainError{OnState: true, After: 5 * time.Second, Cause: first},
		"client: drain: the handler of TipsUpdated still runs after 1s, 3 events left: second": &DrainError{Running: events.TypeTipsUpdated, Left: 3, After: time.Second, Cause: second},
		"client: drain: not done after 1s, 2 events left: first":                               &DrainError{Left: 2, After: time.Second, Cause: first},
		"client: Run has ended: first":                                                         closedError{first},
	} {
		assert.EqualError(t, err, want)
	}
}

func TestErrorsCanBeAskedForTheirCauses(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	for _, err := range []error{
		&ConfigError{Mistakes: []error{cause}}, &RefusedError{Refusals: []error{cause}}, &DrainError{Cause: cause}, closedError{cause},
	} {
		assert.ErrorIs(t, err, cause)
	}
	assert.ErrorIs(t, closedError{cause}, ErrClosed)
	assert.NotErrorIs(t, closedError{cause}, ErrRunning)
}
