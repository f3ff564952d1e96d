package transport

import (
	"net/http"
	"net/url"
	"time"
)

// An authorizer shows the token with each request, below the client that follows
// redirects. On 401 it asks once for another token and repeats the request with
// that: nothing that this package sends has a body.
type authorizer struct {
	next   http.RoundTripper
	tokens *tokens
	base   *url.URL      // of the node: nobody else is shown a token
	age    time.Duration // of a token, at most; 0: any
}

// RoundTrip implements http.RoundTripper.
func (a *authorizer) RoundTrip(req *http.Request) (*http.Response, error) {
	if _, ok := leads(a.base, req.URL); !ok { // no redirect goes there; should one ever, it gets nothing
		return a.next.RoundTrip(req)
	}
	t, err := a.tokens.get(req.Context(), a.age)
	if err != nil {
		return nil, err
	}
	resp, err := a.send(req, t)
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	other, err := a.tokens.instead(req.Context(), t)
	if err == nil && other.text == t.text {
		return resp, nil
	}
	head(resp.Body)
	if err != nil {
		return nil, err
	}
	return a.send(req, other)
}

func (a *authorizer) send(req *http.Request, t token) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+t.text)
	return a.next.RoundTrip(req)
}

// authorized returns a copy of client that shows the tokens of base; client if there
// are none.
func authorized(client *http.Client, tokens *tokens, base *url.URL, age time.Duration) *http.Client {
	if tokens == nil {
		return client
	}
	with := *client
	with.Transport = &authorizer{next: client.Transport, tokens: tokens, base: base, age: age}
	return &with
}
