package transport

import (
	"context"
	"io"
	"net/http"

	"github.com/adic/adic-go/fallback"
)

// IsNode asks whether the server is a node, for when a stream does not tell: a
// node has no /health without /v1 before it, and a server that was built from the
// guide has. An error says that there was no answer.
func (d *Dialer) IsNode(ctx context.Context) (bool, error) {
	if limit := d.cfg.DialTimeout; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	u := d.base.JoinPath("health")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil { // cannot be: the URL was one
		return false, &DialError{Transport: fallback.None, URL: u.Redacted(), Err: err}
	}
	req.Header = d.header.Clone()
	response, err := d.client.Do(req)
	if err != nil {
		return false, &DialError{Transport: fallback.None, URL: u.Redacted(), Err: err}
	}
	const enough = 4096
	_, _ = io.CopyN(io.Discard, response.Body, enough) // so that the connection can be used again
	_ = response.Body.Close()
	return response.StatusCode == http.StatusNotFound, nil
}
