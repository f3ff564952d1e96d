package trial

import (
	"net/http"
	"sync/atomic"
)

// Web is an HTTP client of the trial's own, through a transport.
func (t *Trial) Web(tr *http.Transport) *http.Client {
	web := &http.Client{Transport: tr}
	t.Defer(web.CloseIdleConnections)
	return web
}

// Counting is Web, which counts the requests to a path.
func (t *Trial) Counting(tr *http.Transport, path string) (*http.Client, *atomic.Int64) {
	c := &counter{Transport: tr, path: path}
	web := &http.Client{Transport: c}
	t.Defer(web.CloseIdleConnections)
	return web, &c.requests
}

// A counter counts requests to a path.
type counter struct {
	*http.Transport

	path     string
	requests atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (c *counter) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Path == c.path {
		c.requests.Add(1)
	}
	return c.Transport.RoundTrip(req)
}
