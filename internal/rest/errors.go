package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	kept         = 512 // bytes of an answer's body that an error carries
	longestMedia = 100 // bytes of its content type
	longestCause = 400 // bytes of what went wrong
)

// A StatusError is an answer with another status than 200.
type StatusError struct {
	Method     string
	URL        string        // without secrets, and cut short if it is long
	Status     int           // HTTP status code
	RetryAfter time.Duration // what the server asked for; 0 if nothing, or nothing readable
	Body       []byte        // its first 512 bytes

	family bool // no id was asked for: 404 speaks of the path
}

// Error implements error.
func (e *StatusError) Error() string {
	text := fmt.Sprintf("rest: %s %s: unexpected status %d %s", e.Method, e.URL, e.Status, http.StatusText(e.Status))
	if reason := e.Reason(); reason != "" {
		text += ": " + reason
	}
	return text
}

// Reason returns what the server said about it, "" if nothing. A node has four
// ways: no body, {"error"}, {"error","message"}, and plain text.
func (e *StatusError) Reason() string {
	var said struct {
		Error   string `json:"error"`
		Message string `json:"message"`
	}
	if json.Unmarshal(e.Body, &said) == nil {
		return strings.Trim(said.Error+": "+said.Message, ": ")
	}
	return printable(e.Body)
}

// Missing reports whether err says that the server does not have this kind of
// answer at all: a 404 to something else than the question about one id.
func Missing(err error) bool {
	var status *StatusError
	return errors.As(err, &status) && status.family && status.Status == http.StatusNotFound
}

// A BodyError is an answer with status 200 that is not what it should be: not
// JSON, or JSON of another shape.
type BodyError struct {
	URL         string // as in StatusError
	ContentType string // media type without parameters
	Head        []byte // the first 512 bytes of the body
	Err         error  // what is wrong with it
}

// Error implements error.
func (e *BodyError) Error() string {
	return fmt.Sprintf("rest: GET %s: unusable answer (%s): %s", e.URL, orNone(e.ContentType), brief(e.Err))
}

// Unwrap returns what is wrong with the body.
func (e *BodyError) Unwrap() error { return e.Err }

// A TooLargeError is an answer that was larger than allowed; it was not read
// further.
type TooLargeError struct {
	URL   string // as in StatusError
	Limit int64  // bytes
}

// Error implements error.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("rest: GET %s: answer is larger than %d bytes", e.URL, e.Limit)
}

// A RequestError is a request without a whole answer.
type RequestError struct {
	URL     string // as in StatusError
	Started bool   // the answer had begun when it failed
	Err     error  // the network's, or the context's
}

// Error implements error.
func (e *RequestError) Error() string {
	what := "no answer"
	if e.Started {
		what = "no whole answer"
	}
	return fmt.Sprintf("rest: GET %s: %s: %s", e.URL, what, brief(e.Err))
}

// Unwrap returns the cause.
func (e *RequestError) Unwrap() error { return e.Err }

// Timeout reports whether the request took too long.
func (e *RequestError) Timeout() bool {
	var slow interface{ Timeout() bool }
	return errors.Is(e.Err, context.DeadlineExceeded) || errors.As(e.Err, &slow) && slow.Timeout()
}

// A CoolingError is a request that was not made, because the server said before
// that it wants to be left alone.
type CoolingError struct {
	RetryAfter time.Duration // how long from now
}

// Error implements error.
func (e *CoolingError) Error() string {
	return fmt.Sprintf("rest: the server asked for no request for another %s", e.RetryAfter.Round(time.Millisecond))
}

// tooMuch reports whether err says that less should be asked for at once.
func tooMuch(err error) bool {
	var large *TooLargeError
	if errors.As(err, &large) {
		return true
	}
	var request *RequestError
	if errors.As(err, &request) {
		return request.Started && request.Timeout() // a slow link
	}
	var status *StatusError
	if !errors.As(err, &status) {
		return false
	}
	switch status.Status {
	case http.StatusRequestURITooLong, http.StatusRequestEntityTooLarge, http.StatusRequestHeaderFieldsTooLarge:
		return true
	default:
		return false
	}
}

// RetryAfter reads the header of that name in either form, seconds or a date,
// as seen at now by the server's clock. It is 0 if there is none, if it cannot be
// read and if it has passed.
func RetryAfter(header http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(text, 10, 64); err == nil {
		const most = 1 << 31 // 68 years
		return time.Duration(min(seconds, most)) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return max(0, at.Sub(now))
}

// show returns a URL for errors and logs: without password, not too long.
func show(u *url.URL) string {
	const longest = 200
	text := u.Redacted()
	if len(text) > longest {
		text = text[:longest] + "…"
	}
	return text
}

// mediaType returns a content type without its parameters, as sent if it cannot
// be read, and not too long.
func mediaType(header string) string {
	media, _, err := mime.ParseMediaType(header)
	if err != nil {
		media = header
	}
	return clip(media, longestMedia)
}

// brief returns what an error says, or the beginning of it: net/http and
// encoding/json repeat in their errors what a server sent.
func brief(err error) string { return clip(fmt.Sprint(err), longestCause) }

func clip(text string, longest int) string {
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}

func orNone(s string) string {
	if s == "" {
		return "no content type"
	}
	return s
}

// printable returns text in one line, for errors.
func printable(text []byte) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(string(text), "�"), func(r rune) bool {
		return r <= ' ' || r == 0x7f
	}), " ")
}
