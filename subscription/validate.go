package subscription

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/adic/adic-go/subscription/events"
)

// Validate returns one error for each mistake in s, nil if there is none. Each
// says what is allowed, or what was probably meant.
//
// A type that the SDK does not know is a mistake (an *events.UnknownTypeError is
// in the chain) unless allowUnknown is true; then it must be a name that can be
// sent to a server: not empty, in UTF-8, without spaces, commas and control
// characters. A Subscription whose priorities leave none of its types is a mistake too: it
// would wait for ever.
func (s Subscription) Validate(allowUnknown bool) []error {
	var errs []error
	for i, t := range s.Types {
		if err := checkType(t, allowUnknown); err != nil {
			errs = append(errs, fmt.Errorf("subscription: Types[%d]: %w", i, err))
		}
	}
	for i, p := range s.Priorities {
		if p > events.Low {
			errs = append(errs, fmt.Errorf("subscription: Priorities[%d]: unknown priority %d: want %d (all), %d (high), %d (medium) or %d (low)",
				i, uint8(p), events.AnyPriority, events.High, events.Medium, events.Low))
		}
	}
	if len(errs) == 0 && s.contradicts() {
		errs = append(errs, fmt.Errorf("subscription: %s: selects nothing: the priority of each type is another", s))
	}
	return errs
}

// contradicts reports whether types are selected but none that has one of the
// priorities.
func (s Subscription) contradicts() bool {
	return len(s.Types) > 0 && !slices.ContainsFunc(s.Types, func(t events.Type) bool {
		return t == events.TypeGap || s.matchPriority(normal(t))
	})
}

// checkType returns what is wrong with t in a list of types.
func checkType(t events.Type, allowUnknown bool) error {
	if t == events.TypeGap {
		return nil // selected anyhow
	}
	_, err := events.ParseType(string(t))
	if err == nil || !allowUnknown {
		return err
	}
	if t == "all" {
		return errors.New(`"all" is no name: it is what a server calls every type; want All, or the zero Subscription`)
	}
	if t == "" || !utf8.ValidString(string(t)) || strings.ContainsFunc(string(t), func(r rune) bool {
		return r == ',' || unicode.IsSpace(r) || unicode.IsControl(r)
	}) {
		return fmt.Errorf("%.64q is no name: want one in UTF-8 without spaces, commas and control characters", string(t))
	}
	return nil
}
