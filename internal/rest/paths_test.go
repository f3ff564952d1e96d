package rest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/rest"
)

// A server that has the guide's paths only is asked for /v1 once.
func TestBarePath(t *testing.T) {
	server := routes(map[string]string{
		"/tips":             `{"tips":["a"]}`,
		"/messages/since/a": pageOf(messageBody),
	})
	client := server.client(t)
	for range 2 {
		ids, err := client.Tips(t.Context(), rest.Fact)
		require.NoError(t, err)
		assert.Equal(t, []string{"a"}, ids)
		page, err := client.Since(t.Context(), rest.Fact, "a", 7)
		require.NoError(t, err)
		assert.Len(t, page.Messages, 1)
	}
	assert.Equal(t, []string{
		"/v1/tips", "/tips", "/v1/messages/since/a?limit=7", "/messages/since/a?limit=7",
		"/tips", "/messages/since/a?limit=7",
	}, server.targets())
}

// A server that has neither path is asked for the guide's once only, and goes
// back to /v1 when it has that.
func TestNoPath(t *testing.T) {
	bodies := map[string]string{}
	server := routes(bodies)
	client := server.client(t)
	for range 2 {
		_, err := client.Tips(t.Context(), rest.Fact)
		assert.True(t, rest.Missing(err))
		assert.ErrorContains(t, err, "/v1/tips")
	}
	bodies["/v1/tips"] = `{"tips":[]}`
	_, err := client.Tips(t.Context(), rest.Fact)
	require.NoError(t, err)
	assert.Equal(t, []string{"/v1/tips", "/tips", "/v1/tips", "/v1/tips"}, server.targets())
}

// A server that moves from the guide's paths to /v1 is followed.
func TestPathMoves(t *testing.T) {
	bodies := map[string]string{"/tips": `{"tips":[]}`}
	server := routes(bodies)
	client := server.client(t)
	_, err := client.Tips(t.Context(), rest.Fact)
	require.NoError(t, err)
	delete(bodies, "/tips")
	bodies["/v1/tips"] = `{"tips":[]}`
	for range 2 {
		_, err = client.Tips(t.Context(), rest.Fact)
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"/v1/tips", "/tips", "/tips", "/v1/tips", "/v1/tips"}, server.targets())
}

// Whatever goes wrong with the second path says nothing about it.
func TestPathUndecided(t *testing.T) {
	status := http.StatusBadGateway
	server := &fake{handle: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/tips" {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"tips":[]}`))
			return
		}
		w.WriteHeader(http.StatusNotFound)
	}}
	client := server.client(t)
	_, err := client.Tips(t.Context(), rest.Fact)
	assert.ErrorContains(t, err, "502")
	assert.False(t, rest.Missing(err))
	status = http.StatusOK
	_, err = client.Tips(t.Context(), rest.Fact)
	require.NoError(t, err)
}

// The prefix of the base stays, ids are escaped, headers are sent.
func TestRequest(t *testing.T) {
	var got *http.Request
	base, err := url.Parse("https://node.test/a%2Fb/")
	require.NoError(t, err)
	client := rest.New(rest.Config{
		Base:   base,
		Header: http.Header{"Authorization": {"Bearer secret"}, "Host": {"other.test"}},
		Do: func(r *http.Request) (*http.Response, error) {
			got = r
			w := httptest.NewRecorder()
			w.WriteHeader(http.StatusTeapot)
			return w.Result(), nil
		},
	})
	_, _, err = client.Message(t.Context(), rest.Fact, "x/y?z")
	assert.EqualError(t, err, "rest: GET https://node.test/a%2Fb/v1/messages/x%2Fy%3Fz: unexpected status 418 I'm a teapot")
	assert.Equal(t, "/a%2Fb/v1/messages/x%2Fy%3Fz", got.URL.RequestURI())
	assert.Equal(t, "Bearer secret", got.Header.Get("Authorization"))
	assert.Equal(t, "application/json", got.Header.Get("Accept"))
	assert.Equal(t, "other.test", got.Host)

	_, _, err = client.Bulk(t.Context(), rest.Fact, []string{"a&b", "c"})
	require.Error(t, err)
	assert.Equal(t, "/a%2Fb/v1/messages/bulk?ids=a%26b,c", got.URL.RequestURI())
	assert.Empty(t, base.RawQuery)
}

// A client without a Doer fails, and says why.
func TestNoDoer(t *testing.T) {
	base, err := url.Parse("http://node.test")
	require.NoError(t, err)
	_, err = rest.New(rest.Config{Base: base}).Tips(t.Context(), rest.Fact)
	assert.EqualError(t, err, "rest: GET http://node.test/v1/tips: no answer: no Doer")
}
