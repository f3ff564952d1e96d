package client

import "github.com/adic/adic-go/subscription/events"

// A Lane bounds one of the three queues between the socket and the handlers. What
// waits longest is handed out first; of the lanes, the high one is served before
// the medium, and that before the low one, event by event.
type Lane struct {
	Events   int      // that wait; 0: the default of its priority
	Bytes    int      // of their payloads; 0: 64 MiB. A lane that is empty takes any event
	Overflow Overflow // what becomes of an event that has no room; zero: the oldest goes
}

// defaultEvents are those that each lane holds: high, medium, low.
var defaultEvents = [3]int{1000, 500, 100}

// lane returns the index of p's queue.
func lane(p events.Priority) int {
	switch p {
	case events.High:
		return 0
	case events.Low:
		return 2
	case events.AnyPriority, events.Medium:
		return 1
	default:
		return 1
	}
}

// priorities are the lanes' priorities by index.
var priorities = [3]events.Priority{events.High, events.Medium, events.Low}
