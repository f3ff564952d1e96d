package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/adic/adic-go/fallback"
)

// ErrClosed is what Next returns after Close. It wraps net.ErrClosed.
var ErrClosed = fmt.Errorf("transport: %w", net.ErrClosed)

// A DialError says that no answer came: name lookup, dial, TLS, proxy, time-out.
type DialError struct {
	Transport fallback.Transport
	URL       string // without secrets
	Err       error
}

// Error implements error.
func (e *DialError) Error() string {
	return fmt.Sprintf("transport: %s: %s: %s", e.Transport, e.URL, brief(e.Err))
}

// Unwrap returns the cause.
func (e *DialError) Unwrap() error { return e.Err }

// Timeout reports whether it took too long.
func (e *DialError) Timeout() bool {
	var slow net.Error
	return errors.Is(e.Err, context.DeadlineExceeded) || errors.As(e.Err, &slow) && slow.Timeout()
}

// A StatusError is an answer that opens no stream.
type StatusError struct {
	Transport  fallback.Transport // None if the answer is a proxy's
	URL        string             // without secrets
	Proxy      bool               // the proxy at URL did not connect
	Status     int                // HTTP status code
	RetryAfter time.Duration      // what the server asked for; 0 if nothing, or nothing readable
	Body       []byte             // its first 512 bytes
}

// Error implements error.
func (e *StatusError) Error() string {
	who := e.Transport.String()
	if e.Proxy {
		who = "proxy"
	}
	text := fmt.Sprintf("transport: %s: %s: unexpected status %d %s", who, e.URL, e.Status, http.StatusText(e.Status))
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(", retry after %s", e.RetryAfter)
	}
	if body := excerpt(e.Body); body != "" {
		text += ": " + body
	}
	return strings.TrimSpace(text)
}

// RedirectReason says why a redirect was not followed.
type RedirectReason uint8

// The reasons.
const (
	OtherHost   RedirectReason = iota + 1 // to another host or port
	Downgrade                             // to another scheme, except from http to https
	TooMany                               // more than 10 in a row, so probably a loop
	BadLocation                           // to what is no URL
)

// String returns the reason in words.
func (r RedirectReason) String() string {
	switch r {
	case OtherHost:
		return "another host"
	case Downgrade:
		return "another scheme"
	case TooMany:
		return "more than 10 in a row"
	case BadLocation:
		return "not a URL"
	default:
		return "invalid"
	}
}

// A RedirectError is a redirect that was not followed. Nothing was sent to where
// it leads.
type RedirectError struct {
	From, To string // without secrets; To is empty for BadLocation
	Reason   RedirectReason
}

// Error implements error.
func (e *RedirectError) Error() string {
	return fmt.Sprintf("transport: redirect from %s to %s not followed: %s", e.From, orNothing(e.To), e.Reason)
}

// A ContentTypeError is an answer with status 200 that is no event stream: a
// captive portal's page, or a stream that something on the way has compressed.
type ContentTypeError struct {
	URL  string // without secrets
	Got  string // the Content-Type, or the Content-Encoding if that is what is wrong
	Body []byte // its first 512 bytes
}

// Error implements error.
func (e *ContentTypeError) Error() string {
	return fmt.Sprintf("transport: sse: %s: not an event stream but %s", e.URL, orNothing(excerpt([]byte(e.Got))))
}

// A HandshakeError is a 101 that upgrades to something else than a WebSocket.
type HandshakeError struct {
	URL string // without secrets
	Err error
}

// Error implements error.
func (e *HandshakeError) Error() string {
	return fmt.Sprintf("transport: websocket: %s: %s", e.URL, brief(e.Err))
}

// Unwrap returns what is wrong with it.
func (e *HandshakeError) Unwrap() error { return e.Err }

// A FilterError is an Error message of the server before the first event, to the
// last of all spellings: it does not like the names of the types that it was
// asked for.
type FilterError struct {
	Text string // what the server said, 512 bytes at most
}

// Error implements error.
func (e *FilterError) Error() string {
	return "transport: websocket: the server refuses the subscription in every spelling: " + excerpt([]byte(e.Text))
}

// A SilentError is a stream that was opened and then proved nothing: on a
// WebSocket no answer to a Ping, on SSE not a byte.
type SilentError struct {
	Transport fallback.Transport
	URL       string // without secrets
	After     time.Duration
}

// Error implements error.
func (e *SilentError) Error() string {
	return fmt.Sprintf("transport: %s: %s: opened, then silent for %s", e.Transport, e.URL, e.After)
}

// An IdleError is a stream that was alive and from which not a byte came any
// more, on a WebSocket not even in answer to a ping: a dead link.
type IdleError struct {
	Transport fallback.Transport
	After     time.Duration // since the last byte
}

// Error implements error.
func (e *IdleError) Error() string {
	return fmt.Sprintf("transport: %s: not a byte for %s", e.Transport, e.After.Round(time.Millisecond))
}

// A ClosedError is a stream that the server ended, or the network: a live stream
// has no end of its own.
type ClosedError struct {
	Transport  fallback.Transport
	Code       int           // of the WebSocket Close frame; 0 if there was none
	Reason     string        // of the Close frame
	RetryAfter time.Duration // the last retry: of an SSE stream, 60 s at most
	Err        error         // io.EOF, a reset, a violation of the protocol; nil after a Close frame
}

// Error implements error.
func (e *ClosedError) Error() string {
	if e.Code != 0 {
		text := fmt.Sprintf("transport: %s: closed by the server: code %d", e.Transport, e.Code)
		return strings.TrimSpace(text + " " + excerpt([]byte(e.Reason)))
	}
	return fmt.Sprintf("transport: %s: ended: %s", e.Transport, brief(e.Err))
}

// Unwrap returns the cause.
func (e *ClosedError) Unwrap() error { return e.Err }

// A FrameTooBigError is a message over Config.MaxFrame. It ended the stream; it
// is likely to be sent again on the next.
type FrameTooBigError struct {
	Transport fallback.Transport
	Limit     int64  // bytes
	Option    string // what to raise: "MaxFrame"
}

// Error implements error.
func (e *FrameTooBigError) Error() string {
	return fmt.Sprintf("transport: %s: a message is larger than %d bytes; raise option %s", e.Transport, e.Limit, e.Option)
}

// A UTF8Error is a text frame that is not UTF-8. RFC 6455 wants the connection
// to fail (1007), so it ended the stream.
type UTF8Error struct {
	Size int // of the frame, bytes
}

// Error implements error.
func (e *UTF8Error) Error() string {
	return fmt.Sprintf("transport: websocket: invalid UTF-8 in a text frame of %d bytes", e.Size)
}

// excerpt returns the beginning of a server's text in one line, for errors.
func excerpt(text []byte) string {
	const longest = 120
	return clip(text, longest)
}

// brief returns what an error says, or the beginning of it: net/http repeats in its
// errors what a server sent.
func brief(err error) string {
	const longest = 400
	text := fmt.Sprint(err)
	if len(text) > longest {
		return clip([]byte(text), longest)
	}
	return text
}

// clip returns the beginning of a text in one line.
func clip(text []byte, longest int) string {
	line := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(string(text), "\uFFFD"), func(r rune) bool {
		return r <= ' ' || r == 0x7f
	}), " ")
	if len(line) > longest {
		line = strings.ToValidUTF8(line[:longest], "") + "…"
	}
	return line
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}
