package transport_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/internal/transport"
	"github.com/stretchr/testify/assert"
)

// What streams and openings end with is shown by their own tests; this is the
// rest: polling's errors, and errors that somebody wrapped.
func TestClassify(t *testing.T) {
	tests := []struct {
		err    error
		kind   fallback.Kind
		after  time.Duration
		reason string
	}{
		{nil, fallback.Failed, 0, ""},
		{errors.New("anything"), fallback.Failed, 0, "dial"},
		{context.Canceled, fallback.Failed, 0, "canceled"},
		{&net.OpError{Op: "remote error", Err: tls.AlertError(120)}, fallback.Failed, 0, "tls"},
		{tls.RecordHeaderError{}, fallback.Failed, 0, "tls"},
		{&rest.StatusError{Status: 404}, fallback.Refused, 0, "status 404"},
		{&rest.StatusError{Status: 429, RetryAfter: time.Minute}, fallback.Busy, time.Minute, "status 429"},
		{&rest.CoolingError{RetryAfter: time.Hour}, fallback.Busy, time.Hour, "cooling"},
		{&rest.BodyError{Err: errors.New("HTML")}, fallback.Refused, 0, "body"},
		{&rest.TooLargeError{}, fallback.Refused, 0, "too big"},
		{&rest.RequestError{Err: context.DeadlineExceeded}, fallback.Failed, 0, "timeout"},
		{&rest.RequestError{Err: &transport.RedirectError{}}, fallback.Refused, 0, "redirect"},
		{fmt.Errorf("client: %w", &transport.SilentError{}), fallback.Silent, 0, "silent"},
		{fmt.Errorf("client: %w", transport.ErrClosed), fallback.Dropped, 0, "closed"},
		{net.ErrClosed, fallback.Failed, 0, "dial"},
		{&transport.DialError{Err: io.EOF}, fallback.Failed, 0, "eof"},
		{&transport.DialError{Err: errors.New("no")}, fallback.Failed, 0, "dial"},
		{&transport.DialError{Err: &transport.StatusError{Status: 502}}, fallback.Busy, 0, "status 502"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.err), func(t *testing.T) {
			want := fallback.Outcome{Transport: fallback.Polling, Kind: test.kind, RetryAfter: test.after}
			assert.Equal(t, want, transport.Classify(fallback.Polling, test.err))
			assert.Equal(t, test.reason, transport.Reason(test.err))
		})
	}
}

// What a captive portal answers, about any node, is nobody's last word.
func TestDefinite(t *testing.T) {
	for err, want := range map[error]bool{
		&transport.StatusError{Status: 401}:                                  true,
		&transport.StatusError{Status: 426}:                                  true,
		&transport.StatusError{Status: 429}:                                  false,
		&transport.StatusError{Status: 503}:                                  false,
		&transport.StatusError{Status: 200}:                                  false,
		&transport.StatusError{Status: 302}:                                  false,
		fmt.Errorf("transport: polling: %w", &rest.StatusError{Status: 403}): true,
		fmt.Errorf("transport: polling: %w", &rest.StatusError{Status: 500}): false,
		&transport.FilterError{}:                                             true,
		&transport.ContentTypeError{}:                                        false,
		&transport.RedirectError{}:                                           false,
		&transport.DialError{Err: errors.New("dial")}:                        false,
	} {
		assert.Equal(t, want, transport.Definite(err), "%v", err)
	}
	assert.False(t, transport.Definite(nil))
}
