package trial

import (
	"errors"
	"slices"
	"strings"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/transport"
)

// failures returns why attempts and connections ended.
func (y *tally) failures() (errs []error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, c := range y.changes {
		if c.Err != nil {
			errs = append(errs, c.Err)
		}
	}
	return errs
}

// Told reports whether some change of state said why a stream ended.
func (y *tally) Told() bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	return slices.ContainsFunc(y.changes, func(c client.Change) bool { return c.From == client.Connected && c.Err != nil })
}

// Refused reports whether a proxy was said to have refused with a status.
func (y *tally) Refused(status int) bool {
	return slices.ContainsFunc(y.failures(), func(err error) bool {
		var refusal *transport.StatusError
		return errors.As(err, &refusal) && refusal.Proxy && refusal.Status == status
	})
}

// Says reports whether an error was told that has a text in it.
func (y *tally) Says(text string) bool {
	return slices.ContainsFunc(y.failures(), func(err error) bool { return strings.Contains(err.Error(), text) })
}
