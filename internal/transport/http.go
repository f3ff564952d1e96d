package transport

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/internal/wire"
)

const (
	maxRedirects = 10
	maxBody      = 512         // bytes of a refusal's body that an error keeps
	bodyTime     = time.Second // for reading them: a body need not end
	userAgent    = "adic-go"
	secure       = "https"
	longestURL   = 400 // bytes of one that is shown

	// keepIdle is how long a connection is kept that no request uses: a poll each 5 s
	// and the passes of repair, 3 s apart while there is something new, share one, and
	// the thousands of managers of a process hold none between their reads of each
	// minute.
	keepIdle = 8 * time.Second
)

// newClient returns the client of all transports: a copy of the user's with our
// rule for redirects. Without one it is our own. idle closes its idle connections.
func newClient(user *http.Client) (client *http.Client, idle func()) {
	client, idle = &http.Client{}, func() {}
	if user != nil {
		*client = *user
	} else {
		client.Transport = newRoundTripper()
	}
	if client.Transport == nil {
		client.Transport = http.DefaultTransport
	}
	if pool, ok := client.Transport.(interface{ CloseIdleConnections() }); ok {
		idle = pool.CloseIdleConnections
	}
	client.Transport = locations{client.Transport}
	client.CheckRedirect = checkRedirect
	client.Timeout = 0 // it would end a stream in the middle; every request has a context
	return client, idle
}

// newRoundTripper returns the connections of a Dialer that was given none. It
// speaks HTTP/1.1 only: a WebSocket needs it, and on HTTP/2 one stalled
// connection would stall all three transports.
func newRoundTripper() *http.Transport {
	t, ok := http.DefaultTransport.(*http.Transport)
	if ok {
		t = t.Clone()
	} else {
		t = &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: DefaultDialTimeout}
	}
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.ForceAttemptHTTP2 = false
	// A clone offers "h2" to servers as its original does, and could not speak it.
	t.TLSClientConfig = &tls.Config{NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
	t.IdleConnTimeout = keepIdle
	t.MaxResponseHeaderBytes = 64 << 10
	t.WriteBufferSize = 1 << 10 // a request; each connection holds that much
	t.OnProxyConnectResponse = func(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
		if resp.StatusCode == http.StatusOK {
			return nil
		}
		return &StatusError{URL: redact(proxy), Proxy: true, Status: resp.StatusCode, RetryAfter: retryAfter(resp)}
	}
	return t
}

// locations gives a type to what net/http reports without one: a redirect to what
// is no URL, and a proxy that does not connect.
type locations struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (l locations) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(req)
	switch {
	case err != nil:
		return nil, l.refused(req, err)
	case resp.StatusCode/100 != 3:
		return resp, nil
	}
	to := resp.Header.Get("Location")
	if _, err := url.Parse(to); err != nil {
		_ = resp.Body.Close()
		return nil, &RedirectError{From: redact(req.URL), Reason: BadLocation}
	}
	return resp, nil
}

// refused returns what a proxy has answered to CONNECT. Where the user's transport
// does not look at that answer, its reason phrase is all that is left of it.
func (l locations) refused(req *http.Request, err error) error {
	t, ok := l.next.(*http.Transport)
	if !ok || t.Proxy == nil || t.OnProxyConnectResponse != nil {
		return err
	}
	proxy, broken := t.Proxy(req)
	if proxy == nil || broken != nil {
		return err
	}
	for status := http.StatusBadRequest; status < 600; status++ {
		if err.Error() == http.StatusText(status) {
			return &StatusError{URL: redact(proxy), Proxy: true, Status: status}
		}
	}
	return err
}

// checkRedirect follows to the same host and port, and from http to https of
// the same host, ten times at most. So neither credentials nor the user's
// headers ever reach another host.
func checkRedirect(req *http.Request, via []*http.Request) error {
	from := via[len(via)-1].URL
	reason, ok := leads(from, req.URL)
	if ok && len(via) > maxRedirects {
		reason, ok = TooMany, false
	}
	if !ok {
		return &RedirectError{From: redact(from), To: redact(req.URL), Reason: reason}
	}
	return nil
}

// leads reports whether what is sent to one URL may be sent to another: on the same
// host and port, or by https on the same host; if not, why.
func leads(from, to *url.URL) (reason RedirectReason, ok bool) {
	switch {
	case !strings.EqualFold(from.Hostname(), to.Hostname()):
		return OtherHost, false
	case from.Scheme == "http" && to.Scheme == secure:
		return reason, true
	case from.Scheme != to.Scheme:
		return Downgrade, false
	case port(from) != port(to):
		return OtherHost, false
	}
	return reason, true
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == secure {
		return "443"
	}
	return "80"
}

// address splits what a user gives as the address of a node: the URL to build
// on, and the headers of every request.
func address(base *url.URL, header http.Header) (*url.URL, http.Header) {
	u := *base
	u.User, u.RawQuery, u.Fragment, u.RawFragment = nil, "", "", ""
	h := header.Clone()
	if h == nil {
		h = make(http.Header)
	}
	if base.User != nil && h.Get("Authorization") == "" {
		password, _ := base.User.Password()
		pair := base.User.Username() + ":" + password
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
	}
	if h.Get("User-Agent") == "" {
		h.Set("User-Agent", userAgent)
	}
	return &u, h
}

// endpoint returns the URL of a stream.
func (d *Dialer) endpoint(path string, a ask) *url.URL {
	u := d.base.JoinPath(path)
	u.RawQuery = wire.Query(a.types, a.spelling)
	return u
}

// statusError makes the error for an answer that opens no stream. It reads a
// little of the body and closes it.
func statusError(t fallback.Transport, u *url.URL, resp *http.Response) *StatusError {
	e := &StatusError{Transport: t, URL: redact(u), Status: resp.StatusCode, RetryAfter: retryAfter(resp)}
	e.Body = head(resp.Body)
	return e
}

// head reads the beginning of a body and closes it. The body may be slow or
// endless: after a second what has come is enough.
func head(body io.ReadCloser) []byte {
	timer := time.AfterFunc(bodyTime, func() { _ = body.Close() })
	b, _ := io.ReadAll(io.LimitReader(body, maxBody))
	timer.Stop()
	_ = body.Close()
	return b
}

func retryAfter(resp *http.Response) time.Duration {
	now := serverTime(resp)
	if now.IsZero() {
		now = time.Now()
	}
	return rest.RetryAfter(resp.Header, now)
}

// serverTime returns the Date of a response, zero if it has none.
func serverTime(resp *http.Response) time.Time {
	t, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// redact returns a URL that may be shown: without user and password, without
// the values of query parameters that are not ours, not too long.
func redact(u *url.URL) string {
	const longest = 60 // of the list of types
	shown := *u
	shown.User, shown.RawQuery, shown.Fragment, shown.RawFragment = nil, "", "", ""
	var query []string
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		switch {
		case part == "":
			continue
		case name != "events":
			part = name + "=xxxxx"
		case len(value) > longest:
			part = name + "=" + value[:longest] + "…"
		}
		query = append(query, part)
	}
	text := shown.String()
	if len(query) > 0 {
		text += "?" + strings.Join(query, "&")
	}
	if len(text) > longestURL { // a server's, from a Location
		text = text[:longestURL] + "…"
	}
	return text
}

// unwrapURL returns what an http.Client wrapped: its *url.Error shows the URL
// with everything in it.
func unwrapURL(err error) error {
	var wrapped *url.Error
	for errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err
}
