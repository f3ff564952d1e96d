package fallback_test

import (
	"fmt"
	"time"

	"github.com/adic/adic-go/fallback"
)

// A proxy refuses the upgrade and lets Server-Sent Events through. The stream is
// dropped after an hour, and comes back.
func ExampleLadder() {
	half := func() float64 { return 0.5 }
	ladder := fallback.New(fallback.Policy{}, half)

	now := time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC)
	step := ladder.First(now)
	fmt.Println(step.Transport, "after", step.Wait)

	step = ladder.Next(now, fallback.Outcome{Transport: fallback.WebSocket, Kind: fallback.Refused})
	fmt.Println(step.Transport, "after", step.Wait)

	ladder.Good(now)
	better, at := ladder.Better(now)
	fmt.Println(better, "again in", at.Sub(now))

	now = now.Add(time.Hour)
	step = ladder.Next(now, fallback.Outcome{Transport: fallback.SSE, Kind: fallback.Dropped})
	fmt.Println(step.Transport, "after", step.Wait)
	// Output:
	// websocket after 0s
	// sse after 0s
	// websocket again in 52.5s
	// sse after 500ms
}
