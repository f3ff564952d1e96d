package pulse_test

import (
	"time"

	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/subscription/events"
)

const (
	tips  = events.TypeTipsUpdated
	kcore = events.TypeKCoreUpdated
)

var (
	host   = time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC) // when the connection was opened
	server = time.Date(2024, 1, 15, 10, 25, 0, 0, time.UTC) // by the node's clock, which is five minutes slow
)

// at returns a time of the host, in seconds after the opening.
func at(seconds float64) time.Time { return host.Add(time.Duration(seconds * float64(time.Second))) }

// by returns a time of the server.
func by(seconds float64) time.Time { return server.Add(time.Duration(seconds * float64(time.Second))) }

// whole returns a time of the server as a node writes it.
func whole(seconds float64) time.Time { return by(seconds).Truncate(time.Second) }

// A beat is sent at one time and received at another, in seconds.
type beat struct {
	of       events.Type
	sent     float64
	received float64
}

// play gives p the beats and returns the holes that it finds.
func play(p *pulse.Pulse, beats ...beat) (holes []pulse.Hole) {
	for _, b := range beats {
		if h, ok := p.Beat(b.of, whole(b.sent), at(b.received)); ok {
			holes = append(holes, h)
		}
	}
	return holes
}

// every returns beats of a type in an interval, received when they were sent.
func every(of events.Type, interval, from, to float64) (beats []beat) {
	for t := from; t <= to; t += interval {
		beats = append(beats, beat{of, t, t})
	}
	return beats
}
