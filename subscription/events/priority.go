package events

import (
	"fmt"
	"strings"
)

// Priority is the class of an event. A server keeps one bounded buffer per
// priority, and so does the SDK: order is kept within a priority, never across.
// Its text form, also in JSON, is that of String.
type Priority uint8

// The priorities, most urgent first. The zero Priority stands for all of them.
const (
	AnyPriority Priority = iota
	High
	Medium
	Low
)

// ParsePriority returns the priority that s names: "high", "medium", "low" or
// "all", in any case, as a node reads it.
func ParsePriority(s string) (Priority, error) {
	for p := AnyPriority; p <= Low; p++ {
		if strings.EqualFold(s, p.String()) {
			return p, nil
		}
	}
	return AnyPriority, fmt.Errorf("events: unknown priority %s: want high, medium, low or all", quote(clip(s, longestName)))
}

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

// MarshalText returns the spelling of String. A Priority that is not one of the
// four is an error.
func (p Priority) MarshalText() ([]byte, error) {
	if p > Low {
		return nil, fmt.Errorf("events: invalid priority %d: want %d to %d", uint8(p), AnyPriority, Low)
	}
	return []byte(p.String()), nil
}

// UnmarshalText reads what ParsePriority reads.
func (p *Priority) UnmarshalText(text []byte) error {
	parsed, err := ParsePriority(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}
