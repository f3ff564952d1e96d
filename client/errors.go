package client

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// ErrRunning is returned by Run if it was called before: a manager runs once.
var ErrRunning = errors.New("client: Run was already called")

// ErrClosed is returned by WaitConnected and Subscribe when Run has ended.
var ErrClosed = errors.New("client: Run has ended")

// A ConfigError lists every mistake in the arguments of New or Subscribe.
type ConfigError struct {
	Mistakes []error // at least one; each names the value and what is allowed
}

// Error names all mistakes in one line.
func (e *ConfigError) Error() string {
	texts := make([]string, len(e.Mistakes))
	for i, m := range e.Mistakes {
		texts[i] = m.Error()
	}
	noun := "mistakes"
	if len(texts) == 1 {
		noun = "mistake"
	}
	return fmt.Sprintf("client: %d %s: %s", len(texts), noun, strings.Join(texts, "; "))
}

// Unwrap returns the mistakes.
func (e *ConfigError) Unwrap() []error { return e.Mistakes }

// A RefusedError ends Run: in one pass every transport got a definite no, and
// none had ever been proved. Once something was proved, refusals are retried
// for ever.
type RefusedError struct {
	Refusals []error // one per transport, best first, of each endpoint; see the error types of the HTTP answers
}

// Error names each transport and its refusal.
func (e *RefusedError) Error() string {
	texts := make([]string, len(e.Refusals))
	for i, r := range e.Refusals {
		texts[i] = r.Error()
	}
	return "client: every transport was refused: " + strings.Join(texts, "; ")
}

// Unwrap returns the refusals.
func (e *RefusedError) Unwrap() []error { return e.Refusals }

// A DrainError is returned by Run when a handler did not return within
// Options.DrainTimeout after the end of Run's context. Its context has been
// cancelled; it may still run.
type DrainError struct {
	Running events.Type   // whose handler runs; empty if none does
	OnState bool          // it is Options.OnState that runs
	Left    int           // events that no handler will see; counted as dropped
	After   time.Duration // Options.DrainTimeout
	Cause   error         // why Run ended
}

// Error names the event, the bound and what was left.
func (e *DrainError) Error() string {
	what := "not done"
	switch {
	case e.OnState:
		what = "OnState still runs"
	case e.Running != "":
		what = "the handler of " + string(e.Running) + " still runs"
	}
	return fmt.Sprintf("client: drain: %s after %v, %d events left: %v", what, e.After, e.Left, e.Cause)
}

// Unwrap returns why Run ended.
func (e *DrainError) Unwrap() error { return e.Cause }

// closedError is ErrClosed with the reason.
type closedError struct{ cause error }

func (e closedError) Error() string        { return ErrClosed.Error() + ": " + e.cause.Error() }
func (e closedError) Unwrap() error        { return e.cause }
func (e closedError) Is(target error) bool { return target == ErrClosed }
