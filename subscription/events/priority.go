package events

// Priority is the class of an event. A server keeps one bounded buffer per
// priority, and so does the SDK: order is kept within a priority, never across.
type Priority uint8

// The priorities, most urgent first. The zero Priority stands for all of them.
const (
	AnyPriority Priority = iota
	High
	Medium
	Low
)

// String returns the spelling of the wire: "high", "medium", "low", and "all"
// for AnyPriority.
func (p Priority) String() string {
	switch p {
	case AnyPriority:
		return "all"
	case High:
		return "high"
	case Medium:
		return "medium"
	case Low:
		return "low"
	default:
		return "invalid"
	}
}
