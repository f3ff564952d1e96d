package soak_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/chaos/soak"
)

func TestSamples(t *testing.T) {
	all, err := soak.Read(strings.NewReader(`{"minute":0,"heap_mib":50}` + "\n" + `{"minute":1,"heap_mib":10}` + "\n" + `{"minute":2,"heap_mib":12,"goroutines":3}` + "\n"))
	require.NoError(t, err)
	assert.Len(t, all, 3)
	assert.InDelta(t, 2, soak.Slope(all, 1, func(s soak.Sample) float64 { return s.Heap }), 1e-9)
	assert.Zero(t, soak.Slope(all[:1], 0, func(s soak.Sample) float64 { return s.Heap }))
	assert.NoError(t, soak.Plot(filepath.Join(t.TempDir(), "soak.png"), all))
	_, err = soak.Read(strings.NewReader("{"))
	assert.Error(t, err)
}
