package refserver

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// someTime is when the tests' server answers.
var someTime = time.Date(2025, time.October, 15, 18, 57, 2, 123456789, time.UTC)

// restOf is the REST half over a ledger at someTime, as a node.
func restOf(l *ledger.Ledger) http.Handler {
	return newREST(l, func() Stats { return Stats{} }, restOptions{now: func() time.Time { return someTime }})
}

func get(h http.Handler, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w
}

// body asks for a target that must be there, and returns the answer.
func body(t *testing.T, h http.Handler, target string) string {
	t.Helper()
	w := get(h, target)
	require.Equal(t, http.StatusOK, w.Code)
	return w.Body.String()
}

func TestPathsThatAreNotThere(t *testing.T) {
	node := restOf(ledger.New(1))
	for _, path := range []string{
		"/", "/v1", "/v1/", "/v1/tips/", "/v1//tips", "/v1/messages", "/v1/messages/", "/v1/messages/since/",
		"/v1/finality/", "/v1/finality/a/b", "/v1/nothing", "/tips", "/health", "/metrics",
		"/messages/since/" + strings.Repeat("0", 64), "/v1/ws/events", "/v1/sse/events", "/api/v1/ws",
	} {
		w := get(node, path)
		assert.Equal(t, http.StatusNotFound, w.Code, path)
		assert.Empty(t, w.Body.String(), path)
		assert.Empty(t, w.Header().Get("Content-Type"), path)
		assert.Equal(t, "0", w.Header().Get("Content-Length"), path)
	}
}

func TestGuideDialectServesPathsWithoutPrefixToo(t *testing.T) {
	l := ledger.New(1)
	a := l.Add(ledger.AddOptions{})
	l.Add(ledger.AddOptions{})
	now := func() time.Time { return someTime }
	guide := newREST(l, func() Stats { return Stats{} }, restOptions{guide: true, now: now})
	for _, path := range []string{"/tips", "/health", "/metrics", "/messages/since/" + a.ID} {
		assert.Equal(t, body(t, guide, "/v1"+path), body(t, guide, path))
	}
	assert.Equal(t, http.StatusNotFound, get(guide, "/energy").Code, "the guide shows four")
	assert.Equal(t, http.StatusNotFound, get(guide, "/messages/"+a.ID).Code)
}

func TestMethods(t *testing.T) {
	l := ledger.New(1)
	l.Add(ledger.AddOptions{})
	// Over true HTTP, because a HEAD loses its body there.
	server := httptest.NewServer(restOf(l))
	defer server.Close()
	for method, want := range map[string]int{http.MethodPost: http.StatusMethodNotAllowed, http.MethodHead: http.StatusOK} {
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/v1/tips", nil)
		require.NoError(t, err)
		resp, err := server.Client().Do(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, want, resp.StatusCode)
		if want == http.StatusMethodNotAllowed {
			assert.Equal(t, "GET,HEAD", resp.Header.Get("Allow"))
			assert.Zero(t, resp.ContentLength)
		} else {
			assert.Positive(t, resp.ContentLength)
		}
	}
}

func TestDateIsTheServersClock(t *testing.T) {
	h := restOf(ledger.New(1))
	for _, path := range []string{"/v1/tips", "/v1/nothing", "/v1/messages/xyz", "/v1/messages/bulk"} {
		assert.Equal(t, "Wed, 15 Oct 2025 18:57:02 GMT", get(h, path).Header().Get("Date"), path)
	}
	unset := newREST(ledger.New(1), func() Stats { return Stats{} }, restOptions{})
	date, err := http.ParseTime(get(unset, "/v1/tips").Header().Get("Date"))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), date, time.Minute)
}

// 1000 ids fit with raw commas, 978 do not when each comma is escaped.
func TestTargetsAreBounded(t *testing.T) {
	h := restOf(ledger.New(1))
	id := strings.Repeat("0", 64)
	ids := func(n int, comma string) string {
		return "/v1/messages/bulk?ids=" + strings.TrimSuffix(strings.Repeat(id+comma, n), comma)
	}
	assert.Equal(t, http.StatusOK, get(h, ids(1000, ",")).Code)
	assert.Equal(t, http.StatusOK, get(h, ids(977, "%2C")).Code)
	w := get(h, ids(978, "%2C"))
	assert.Equal(t, http.StatusRequestURITooLong, w.Code)
	assert.Empty(t, w.Body.String())
}

func TestTimeForms(t *testing.T) {
	at := time.Date(2025, time.October, 15, 18, 57, 2, 0, time.FixedZone("", 3600))
	for nanoseconds, want := range map[time.Duration]string{
		0:           "2025-10-15T17:57:02+00:00",
		120_000_000: "2025-10-15T17:57:02.120+00:00",
		120_400_000: "2025-10-15T17:57:02.120400+00:00",
		120_400_010: "2025-10-15T17:57:02.120400010+00:00",
	} {
		assert.Equal(t, want, rfc3339(at.Add(nanoseconds)))
	}
}

func TestWhatCannotBeSaidIsA500(t *testing.T) {
	w := httptest.NewRecorder()
	replyJSON(w, http.StatusOK, func() {})
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	assert.Empty(t, w.Body.String())
}

func TestTextIsNotEscapedForHTML(t *testing.T) {
	assert.Contains(t, body(t, restOf(ledger.New(1)), "/v1/conflicts/%3Ca%26b%3E"), `"id":"<a&b>"`)
}
