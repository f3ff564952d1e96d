package client

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/lifecycle"
)

// A try of something better is made for as long as a run lasts: what each holds of the
// run's context has to go when it fails.
func TestATrialThatFailsLetsItsContextGo(t *testing.T) {
	t.Parallel()
	m, err := New("http://node", nil, nil)
	require.NoError(t, err)
	m.born(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	m.life.trials = []*trial{{gen: 7, why: lifecycle.Better, cancel: cancel}}
	m.report(7, errors.New("refused"))
	assert.Empty(t, m.life.trials)
	assert.Error(t, ctx.Err())
}
