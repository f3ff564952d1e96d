package transport

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Wherever a Location leads, nothing is sent but to the node's host and port, and to
// https of the same host; and it is not sent for ever.
func FuzzLocation(f *testing.F) {
	for _, to := range []string{
		"/x", "//elsewhere/", "http://NODE:80/", "https://node/", "http://node:8080/", "http://node@elsewhere/", "http://elsewhere#@node/",
		`http:\\elsewhere`, "http://node.elsewhere", "ftp://node/", "javascript:1", "http://node%2eelsewhere/", "?a", "", "http://[::1]/", "http://node:080/", "http://node:9121/",
	} {
		f.Add(to, false)
		f.Add(to, true)
	}
	f.Fuzz(func(t *testing.T, to string, tls bool) {
		base, plain := "http://node/v1/sse/events", []string{"", "80"}
		if tls {
			base = "https://node:9121/v1/sse/events" // which the other scheme could be spoken at, too
		}
		var sent []*url.URL
		client, _ := newClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			sent = append(sent, r.URL)
			return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {to}}, Body: http.NoBody, Request: r}, nil
		})})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base, nil)
		require.NoError(t, err)
		req.Header.Set("X-Api-Key", "hush")
		resp, err := client.Do(req)
		if err == nil {
			_ = resp.Body.Close() // no Location at all
		}
		if refused := new(RedirectError); errors.As(err, &refused) {
			assert.Less(t, len(refused.Error()), 2000)
		}
		assert.LessOrEqual(t, len(sent), maxRedirects+1)
		secured := tls
		for _, u := range sent {
			assert.True(t, strings.EqualFold(u.Hostname(), "node"), "%v", u)
			switch u.Scheme {
			case "https":
				secured = true
			case "http":
				assert.False(t, secured, "%v in the clear", u)
				assert.Contains(t, plain, u.Port(), "%v", u)
			default:
				t.Errorf("a request by %s", u.Scheme)
			}
		}
	})
}

// What is taken for a token arrives as it is, and in one header.
func FuzzToken(f *testing.F) {
	for _, text := range []string{"hush", "", "a b", "a\r\nX: y", "é", "eyJhbGciOiJub25lIn0.e30.", "\x7f", "~+/="} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if err := CheckToken(text); err != nil {
			assert.Less(t, len(err.Error()), 200)
			if len(text) > 10 {
				assert.NotContains(t, err.Error(), text)
			}
			return
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://node/", nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+text)
		var wire bytes.Buffer
		require.NoError(t, req.Write(&wire))
		got, err := http.ReadRequest(bufio.NewReader(&wire))
		require.NoError(t, err)
		assert.Equal(t, []string{"Bearer " + text}, got.Header["Authorization"])
		assert.Len(t, got.Header, 2, "with the User-Agent")
	})
}
