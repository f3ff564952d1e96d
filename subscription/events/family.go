package events

import "fmt"

// Family says what may be done with an event that arrives twice, or not at all.
type Family uint8

// The families. The zero Family is the one that promises nothing.
const (
	Notice Family = iota // happened once: two that are equal are two; one that was missed is lost
	Fact                 // has an id: it may come twice and happened once; one that was missed can be asked for by REST
	State                // tells how things are: the newest is all that counts
)

// Family returns the family of t. The guide's eight types are facts
// (MessageAdded, MessageFinalized) and states; all others are notices, also a
// type that the SDK does not know, and Gap.
func (t Type) Family() Family {
	if r := byType[t]; r != nil {
		return r.family
	}
	return Notice
}

// String returns "notice", "fact" or "state".
func (f Family) String() string {
	switch f {
	case Fact:
		return "fact"
	case State:
		return "state"
	default:
		return "notice"
	}
}

// MarshalText returns the spelling of String. A Family that is not one of the
// constants is an error.
func (f Family) MarshalText() ([]byte, error) {
	if f > State {
		return nil, fmt.Errorf("events: invalid family %d: want %d to %d", uint8(f), Notice, State)
	}
	return []byte(f.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (f *Family) UnmarshalText(text []byte) error {
	for known := Notice; known <= State; known++ {
		if string(text) == known.String() {
			*f = known
			return nil
		}
	}
	return fmt.Errorf("events: unknown family %s: want notice, fact or state", quote(clip(string(text), longestName)))
}
