package rest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/rest"
)

// A fake is a server in memory that remembers what it was asked.
type fake struct {
	handle http.HandlerFunc

	mu       sync.Mutex
	requests []*http.Request
}

// do implements rest.Doer.
func (f *fake) do(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	f.requests = append(f.requests, r)
	f.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: err}
	}
	w := httptest.NewRecorder()
	f.handle(w, r)
	response := w.Result()
	response.Request = r
	return response, nil
}

// targets returns path and query of all requests so far.
func (f *fake) targets() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for _, r := range f.requests {
		all = append(all, r.URL.RequestURI())
	}
	return all
}

// client returns a client of the fake, with a budget that never bothers.
func (f *fake) client(t testing.TB, change ...func(*rest.Config)) *rest.Client {
	t.Helper()
	base, err := url.Parse("http://node.test:8080")
	require.NoError(t, err)
	config := rest.Config{Base: base, Do: f.do, Budget: rest.NewBudget(1_000_000, 1<<50)}
	for _, c := range change {
		c(&config)
	}
	return rest.New(config)
}

// answering returns a fake that answers everything with one body.
func answering(status int, body string) *fake {
	return &fake{handle: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}}
}

// routes returns a fake that knows some paths.
func routes(bodies map[string]string) *fake {
	return &fake{handle: func(w http.ResponseWriter, r *http.Request) {
		body, ok := bodies[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write([]byte(body))
	}}
}

const messageBody = `{"id":"a","parents":["b"],"depth":3,"timestamp":"2025-10-15T18:57:02.123456789+00:00","content":"aGVsbG8="}`

// pageOf returns an answer that lists messages.
func pageOf(messages ...string) string {
	return `{"count":1,"messages":[` + strings.Join(messages, ",") + `]}`
}
