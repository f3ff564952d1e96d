package client

import (
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/internal/transport"
)

// What follows is why an attempt or a connection ended, as Change.Err, Health.Err and
// RefusedError have it, for errors.As. Where more is known, it is wrapped: a
// *net.OpError, an *x509.HostnameError and so on. None shows a secret.

// A DialError says that no answer came: name lookup, dial, TLS, time-out.
type DialError = transport.DialError

// A TokenError says that there was no bearer token to send, so that nothing was sent.
type TokenError = transport.TokenError

// A StatusError is an answer that opens no stream; the proxy's, if Proxy is set.
type StatusError = transport.StatusError

// A RESTError is an answer with another status than 200 while polling.
type RESTError = rest.StatusError

// A RedirectError is a redirect that was not followed, and why.
type RedirectError = transport.RedirectError

// A ContentTypeError is a page, or something compressed, instead of an event stream.
type ContentTypeError = transport.ContentTypeError

// A HandshakeError is an upgrade to something else than a WebSocket.
type HandshakeError = transport.HandshakeError

// A FilterError says that the server refuses the names of the types in every spelling.
type FilterError = transport.FilterError

// A SilentError is a stream that was opened, and from which not a byte came.
type SilentError = transport.SilentError

// An IdleError is a dead link.
type IdleError = transport.IdleError

// A ClosedError is a stream that was ended by the server or the network.
type ClosedError = transport.ClosedError

// A FrameTooBigError is a message over Options.MaxFrame.
type FrameTooBigError = transport.FrameTooBigError

// A UTF8Error is a text frame that is not UTF-8.
type UTF8Error = transport.UTF8Error
