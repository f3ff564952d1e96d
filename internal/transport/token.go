package transport

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

const (
	// tokenAge is how old a token may be with which a stream is opened; requests of
	// REST take what there is.
	tokenAge = time.Minute

	// tokenRest is how long a token that was fetched in the place of a refused one is
	// believed to be the right one: whoever refuses it, too, means it.
	tokenRest = 30 * time.Second
)

// A TokenSource returns the bearer token to use now. White space around it is cut
// off.
type TokenSource func(ctx context.Context) (string, error)

// A TokenError says that there is no token to send, and so that nothing was sent.
type TokenError struct {
	Err error // of the source, or what is wrong with what it returned
}

// Error implements error.
func (e *TokenError) Error() string { return fmt.Sprintf("no bearer token: %v", e.Err) }

// Unwrap returns the cause.
func (e *TokenError) Unwrap() error { return e.Err }

// CheckToken returns what is wrong with a bearer token, without showing it.
func CheckToken(text string) error {
	switch {
	case text == "":
		return errors.New("it is empty")
	case strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c >= 0x7f }):
		return errors.New("it has a space or a character that a header cannot carry; want the token alone, without Bearer")
	default:
		return nil
	}
}

// A token is what a source said.
type token struct {
	text  string
	at    time.Time // when
	again bool      // it was asked because another token had been refused
}

// A flight is a call of the source.
type flight struct {
	done chan struct{} // closed when it is over
	err  error         // why there is no new token; nil if the caller's context ended
}

// tokens keep the token that is sent, and ask the source for another one, once at
// a time for all that need it. They are safe for concurrent use.
type tokens struct {
	source TokenSource
	bound  time.Duration // of one call of the source; not positive: none

	mu     sync.Mutex
	now    token   // the zero token: none yet
	flight *flight // nil: none is under way
}

// newTokens returns nil if cfg has no token.
func newTokens(cfg *Config) *tokens {
	source := cfg.TokenSource
	if text := cfg.Token; source == nil && text != "" {
		source = func(context.Context) (string, error) { return text, nil }
	}
	if source == nil {
		return nil
	}
	// Half of what an attempt has: if the source hangs, there is time to go on with
	// the old token.
	return &tokens{source: source, bound: cfg.DialTimeout / 2}
}

// get returns a token that is no older than age; 0 means any. If the source has
// none, the old one is better than nothing.
func (s *tokens) get(ctx context.Context, age time.Duration) (token, error) {
	t, err := s.fetch(ctx, false, func(have token) bool { return age <= 0 || time.Since(have.at) < age })
	if err != nil && t.text != "" && ctx.Err() == nil {
		return t, nil
	}
	return t, err
}

// instead returns the token to try in the place of one that was refused. It is
// the refused one if there is no other, or if that was itself a second attempt
// not long ago: then the refusal stands.
func (s *tokens) instead(ctx context.Context, refused token) (token, error) {
	return s.fetch(ctx, true, func(have token) bool {
		return have.text != refused.text || have.again && time.Since(have.at) < tokenRest
	})
}

// fetch returns the present token if it will do, else what the source says. With
// an error comes the present token.
func (s *tokens) fetch(ctx context.Context, again bool, will func(token) bool) (token, error) {
	for {
		s.mu.Lock()
		have, under := s.now, s.flight
		if have.text != "" && will(have) {
			s.mu.Unlock()
			return have, nil
		}
		if under == nil {
			under = &flight{done: make(chan struct{})}
			s.flight = under
			s.mu.Unlock()
			return s.fly(ctx, under, again)
		}
		s.mu.Unlock()
		select {
		case <-under.done:
			if under.err != nil {
				return have, under.err
			}
		case <-ctx.Done():
			return have, context.Cause(ctx)
		}
	}
}

// fly calls the source, and keeps what it says.
func (s *tokens) fly(ctx context.Context, f *flight, again bool) (t token, err error) {
	ended := errors.New("the source ended its goroutine")
	text, failed := "", ended
	defer func() { // also if that is so
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case failed == nil:
			s.now = token{text: text, at: time.Now(), again: again}
		case ctx.Err() != nil: // nobody else's end
			err = context.Cause(ctx)
		default:
			f.err = &TokenError{Err: failed}
			err = f.err
		}
		t, s.flight = s.now, nil
		close(f.done)
	}()
	text, failed = s.ask(ctx)
	return t, err
}

// ask calls the source within the bound.
func (s *tokens) ask(ctx context.Context) (text string, err error) {
	if s.bound > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.bound)
		defer cancel()
	}
	returned := false
	defer func() {
		if v := recover(); v != nil && !returned {
			text, err = "", fmt.Errorf("the source panicked: %v", v)
		}
	}()
	text, err = s.source(ctx)
	returned = true
	if err != nil {
		return "", err
	}
	text = strings.TrimSpace(text)
	return text, CheckToken(text)
}
