package client

import (
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/internal/transport"
)

// These are why an attempt or a connection ended, as Change.Err, Health.Err and
// RefusedError have it, for errors.As. Where more is known, they wrap it: a *net.OpError,
// an *x509.HostnameError and so on. None shows a secret.
type (
	DialError        = transport.DialError        // no answer came: name lookup, dial, TLS, time-out
	StatusError      = transport.StatusError      // an answer that opens no stream; the proxy's, if Proxy is set
	RESTError        = rest.StatusError           // the same while polling
	RedirectError    = transport.RedirectError    // a redirect that was not followed, and why
	ContentTypeError = transport.ContentTypeError // a page, or something compressed, instead of an event stream
	HandshakeError   = transport.HandshakeError   // a 101 to something else than a WebSocket
	FilterError      = transport.FilterError      // the server refuses the names of the types in every spelling
	SilentError      = transport.SilentError      // opened, and not a byte came
	IdleError        = transport.IdleError        // a dead link
	ClosedError      = transport.ClosedError      // ended by the server or the network
	FrameTooBigError = transport.FrameTooBigError // a message over Options.MaxFrame
	UTF8Error        = transport.UTF8Error        // a text frame that is not UTF-8
)
