package transport

import (
	"context"
	"io"
	"net/http"

	"github.com/adic/adic-go/fallback"
)

// IsNode asks whether the server is a node, for when a stream does not tell: a node
// answers /v1/health and has no /health, which a server that was built from the
// guide has. An error says that there was no answer.
func (d *Dialer) IsNode(ctx context.Context) (bool, error) {
	if limit := d.cfg.DialTimeout; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	status, err := d.status(ctx, "health")
	if err != nil || status != http.StatusNotFound {
		return false, err
	}
	status, err = d.status(ctx, "v1/health")
	return status == http.StatusOK, err
}

// status asks for a path and returns the status of the answer.
func (d *Dialer) status(ctx context.Context, path string) (int, error) {
	u := d.base.JoinPath(path)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil { // cannot be: the URL was one
		return 0, &DialError{Transport: fallback.None, URL: u.Redacted(), Err: err}
	}
	req.Header = d.header.Clone()
	response, err := d.client.Do(req)
	if err != nil {
		return 0, &DialError{Transport: fallback.None, URL: u.Redacted(), Err: err}
	}
	const enough = 4096
	_, _ = io.CopyN(io.Discard, response.Body, enough) // so that the connection can be used again
	_ = response.Body.Close()
	return response.StatusCode, nil
}
