package transport

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What belongs to a node goes to its host and port only, and up to https.
func TestLeads(t *testing.T) {
	tests := []struct {
		base, to string
		want     bool
	}{
		{"http://node", "http://node/x", true},
		{"http://node", "http://NODE:80/x", true},
		{"https://node", "https://node:443/", true},
		{"http://node:9121", "https://node/", true},
		{"http://node:9121", "http://node/", false},
		{"https://node", "http://node/", false},
		{"https://node", "https://node:8443/", false},
		{"https://node", "https://node.evil/", false},
		{"https://node", "https://sub.node/", false},
		{"http://node", "ftp://node/", false},
	}
	for _, test := range tests {
		base, err := url.Parse(test.base)
		require.NoError(t, err)
		to, err := url.Parse(test.to)
		require.NoError(t, err)
		_, ok := leads(base, to)
		assert.Equal(t, test.want, ok, "%s to %s", test.base, test.to)
	}
}

// A request to elsewhere, which no redirect leads to, would get no token.
func TestATokenIsForItsHost(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "node"}
	sent := map[string]string{}
	a := &authorizer{base: base, tokens: newTokens(&Config{Token: "hush"}), next: roundTrip(func(r *http.Request) (*http.Response, error) {
		sent[r.URL.Host] = r.Header.Get("Authorization")
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	})}
	for _, host := range []string{"node", "elsewhere"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+"/", nil)
		require.NoError(t, err)
		resp, err := a.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Empty(t, req.Header, "the request is the caller's")
	}
	assert.Equal(t, map[string]string{"node": "Bearer hush", "elsewhere": ""}, sent)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
