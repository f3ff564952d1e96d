package fallback_test

import (
	"math/rand/v2"
	"time"

	"github.com/adic/adic-go/fallback"
)

// start is when the tests' clock begins.
var start = time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC)

// constant is a random source that has made up its mind.
func constant(u float64) func() float64 { return func() float64 { return u } }

// middle makes every draw fall in the middle of its range.
var middle = constant(0.5)

// seeded is a random source that repeats itself from run to run.
func seeded(seed uint64) func() float64 { return rand.New(rand.NewPCG(seed, seed)).Float64 }

// ended is the outcome of a connection or attempt that did not become good.
func ended(t fallback.Transport, k fallback.Kind) fallback.Outcome {
	return fallback.Outcome{Transport: t, Kind: k}
}

// order is a policy of these transports.
func order(ts ...fallback.Transport) fallback.Policy { return fallback.Policy{Order: ts} }
