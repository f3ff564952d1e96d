package ledger_test

import (
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGrowth(t *testing.T) {
	l := ledger.New(1)
	final := 0
	for i := range 500 {
		l.Add(ledger.AddOptions{})
		final += len(l.FinalizeOld())
		if i%100 == 0 {
			t.Log(l.Counts(), l.Diversity().Score, l.Admissibility(50))
		}
	}
	c := l.Counts()
	assert.Equal(t, 500, c.Messages)
	assert.Equal(t, final, c.Final)
	assert.Equal(t, 500, c.Final+c.Pending)
	assert.Greater(t, c.Final, 450)
	_ = require.New
	_ = time.Now
}
