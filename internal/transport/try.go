package transport

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/adic/adic-go/fallback"
)

// A try is one attempt to open a stream, with one spelling.
type try struct {
	transport fallback.Transport
	url       *url.URL
	parent    context.Context // of Open
	ctx       context.Context // ends with parent, or when timeout is over
	cancel    context.CancelFunc
	timeout   time.Duration // negative: none
}

// try starts one. Its cancel must be called when the stream is open or given up.
func (d *Dialer) try(parent context.Context, t fallback.Transport, u *url.URL) *try {
	tr := &try{transport: t, url: u, parent: parent, timeout: d.cfg.DialTimeout}
	if tr.timeout > 0 {
		tr.ctx, tr.cancel = context.WithTimeout(parent, tr.timeout)
	} else {
		tr.ctx, tr.cancel = context.WithCancel(parent)
	}
	return tr
}

// canceled returns why Open was told to stop.
func (t *try) canceled() error {
	return fmt.Errorf("transport: %s: %s: %w", t.transport, redact(t.url), context.Cause(t.parent))
}

// failed says why there was no answer. The contexts are asked first: what a
// client makes of a context that ended under it is anything.
func (t *try) failed(err error) error {
	switch {
	case t.parent.Err() != nil:
		return t.canceled()
	case t.ctx.Err() != nil:
		err = fmt.Errorf("no answer within %s: %w", t.timeout, context.DeadlineExceeded)
	case is[*RedirectError](err):
		return as[*RedirectError](err)
	case is[*StatusError](err): // a proxy's
		return as[*StatusError](err)
	default:
		err = unwrapURL(err)
	}
	return &DialError{Transport: t.transport, URL: redact(t.url), Err: err}
}

// silent says that the stream was opened and proved nothing in time.
func (t *try) silent() error {
	return &SilentError{Transport: t.transport, URL: redact(t.url), After: t.timeout}
}
