package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/rest"
)

// Classify decides what the end of an opening or of a stream means for what to
// try next. It is the only place that does. No text is looked at, types and
// status codes are. Good is left to the caller.
//
//	Refused  a status that is not Busy, a redirect to elsewhere, a wrong content type, a bad handshake, a
//	         FilterError, an unusable REST answer; and a message over MaxFrame: the next connection of this kind
//	         would be sent it too, so it is another transport's turn
//	Busy     status 408, 425, 429 and 5xx; a REST server that wants to be left alone
//	Silent   a SilentError
//	Dropped  a ClosedError, an IdleError, a UTF8Error, ErrClosed
//	Failed   a DialError, no token, the end of the context, and all that has no type
func Classify(t fallback.Transport, err error) fallback.Outcome {
	out := fallback.Outcome{Transport: t}
	switch {
	case is[*RedirectError](err), is[*ContentTypeError](err), is[*HandshakeError](err), is[*FilterError](err), is[*FrameTooBigError](err),
		is[*rest.BodyError](err), is[*rest.TooLargeError](err):
		out.Kind = fallback.Refused
	case is[*StatusError](err):
		e := as[*StatusError](err)
		out.Kind, out.RetryAfter = ofStatus(e.Status), e.RetryAfter
	case is[*rest.StatusError](err):
		e := as[*rest.StatusError](err)
		out.Kind, out.RetryAfter = ofStatus(e.Status), e.RetryAfter
	case is[*rest.CoolingError](err):
		out.Kind, out.RetryAfter = fallback.Busy, as[*rest.CoolingError](err).RetryAfter
	case is[*SilentError](err):
		out.Kind = fallback.Silent
	case is[*ClosedError](err):
		out.Kind, out.RetryAfter = fallback.Dropped, as[*ClosedError](err).RetryAfter
	case is[*IdleError](err), is[*UTF8Error](err), errors.Is(err, ErrClosed):
		out.Kind = fallback.Dropped
	default:
		out.Kind = fallback.Failed
	}
	return out
}

// Definite reports whether err is somebody's word that this client is not wanted:
// a status 4xx that Classify calls Refused, or a subscription that was refused in
// every spelling. A page instead of an event stream and a redirect to elsewhere
// are none, for that is what a captive portal answers, about any node.
func Definite(err error) bool {
	switch {
	case is[*StatusError](err):
		return isDefinite(as[*StatusError](err).Status)
	case is[*rest.StatusError](err):
		return isDefinite(as[*rest.StatusError](err).Status)
	default:
		return is[*FilterError](err)
	}
}

func isDefinite(status int) bool { return status/100 == 4 && ofStatus(status) == fallback.Refused }

// ofStatus returns what a status code means that opens no stream.
func ofStatus(status int) fallback.Kind {
	switch {
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly,
		status == http.StatusTooManyRequests, status/100 == 5:
		return fallback.Busy
	default:
		return fallback.Refused
	}
}

// Reason returns why something ended as a short constant, fit for a metric's
// label; "" for nil.
//
//	opening      dial, dns, refused, timeout, canceled, tls, token, handshake, redirect, content type, body, filter, cooling
//	either       status 503 (any code), eof, reset, silent
//	stream       closed (by Close), close 1001 (any code), idle, too big, utf8, protocol
func Reason(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrClosed):
		return "closed"
	case is[*StatusError](err):
		return fmt.Sprintf("status %d", as[*StatusError](err).Status)
	case is[*rest.StatusError](err):
		return fmt.Sprintf("status %d", as[*rest.StatusError](err).Status)
	case is[*rest.CoolingError](err):
		return "cooling"
	case is[*RedirectError](err):
		return "redirect"
	case is[*ContentTypeError](err):
		return "content type"
	case is[*rest.BodyError](err):
		return "body"
	case is[*FrameTooBigError](err), is[*rest.TooLargeError](err):
		return "too big"
	case is[*HandshakeError](err):
		return "handshake"
	case is[*FilterError](err):
		return "filter"
	case is[*UTF8Error](err):
		return "utf8"
	case is[*TokenError](err):
		return "token"
	case is[*SilentError](err):
		return "silent"
	case is[*IdleError](err):
		return "idle"
	case is[*ClosedError](err) && as[*ClosedError](err).Code != 0:
		return fmt.Sprintf("close %d", as[*ClosedError](err).Code)
	default:
		return network(err)
	}
}

// network names what a connection met.
func network(err error) string {
	var slow net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return "timeout"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "eof"
	case is[*net.DNSError](err):
		return "dns"
	case ofTLS(err):
		return "tls"
	case is[*ClosedError](err):
		return "protocol"
	default:
		return "dial"
	}
}

// ofTLS reports whether the other side, or this one, did not agree to TLS.
func ofTLS(err error) bool {
	if op := as[*net.OpError](err); op != nil && (op.Op == "remote error" || op.Op == "local error") {
		return true // an alert: this is how package tls tells them
	}
	return errors.Is(err, http.ErrSchemeMismatch) || is[tls.RecordHeaderError](err) || is[*tls.CertificateVerificationError](err) ||
		is[x509.UnknownAuthorityError](err) || is[x509.HostnameError](err) || is[x509.CertificateInvalidError](err)
}

func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// as returns the E in err's chain; the zero E if there is none.
func as[E error](err error) E {
	var e E
	_ = errors.As(err, &e)
	return e
}
