package rest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/rest"
)

// FuzzAnswers gives one body to every call: each returns a value, or an error of
// this package, and never panics.
func FuzzAnswers(f *testing.F) {
	for version := range nodes {
		for _, row := range recordings(f, version) {
			f.Add(row.Status, row.Body)
		}
	}
	f.Add(200, `{"messages":[{"id":"a","timestamp":"x"}],"not_found":[null]}`)
	f.Add(200, `{"tips":["\ud800"],"f1_finalized":true,"f2_h3_stable":{}}`)
	f.Add(200, `{"total_supply":"1","circulating_supply":"1","balance":"1"}`)
	f.Add(503, `{"status":"x","event_streaming":{}}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 || status == http.StatusTooManyRequests {
			t.Skip()
		}
		for call, err := range all(t.Context(), answering(status, body).client(t)) {
			switch e := err.(type) { //nolint:errorlint // the outermost is what is promised
			case nil:
				// One message that is too large, or an id that is too long, is skipped.
				tooMuch := call == "bulk" && (status == http.StatusRequestEntityTooLarge ||
					status == http.StatusRequestURITooLong || status == http.StatusRequestHeaderFieldsTooLarge)
				assert.True(t, status == http.StatusOK || call == "message" || tooMuch, "%s: %d", call, status)
			case *rest.StatusError:
				assert.Equal(t, status, e.Status)
			case *rest.BodyError:
				assert.Equal(t, http.StatusOK, status)
				assert.LessOrEqual(t, len(e.Head), 512)
			case *rest.TooLargeError:
			default:
				t.Errorf("%s: %T %v", call, err, err)
			}
			if err != nil {
				assert.Less(t, len(err.Error()), 2000)
			}
		}
	})
}

// FuzzRetryAfter: whatever the header says, the wait is none or ahead.
func FuzzRetryAfter(f *testing.F) {
	f.Add("120")
	f.Add("Mon, 23 Nov 2026 15:01:30 GMT")
	f.Add("-1")
	f.Fuzz(func(t *testing.T, text string) {
		header := http.Header{"Retry-After": {text}}
		assert.GreaterOrEqual(t, rest.RetryAfter(header, time.Unix(1795445910, 0)), time.Duration(0))
	})
}

// BenchmarkSince reads a page of 500 messages as a node sends them.
func BenchmarkSince(b *testing.B) {
	rows := recordings(b, "0.3.0")
	one := rows[20].Body
	all := make([]string, 500)
	for i := range all {
		all[i] = one
	}
	body := pageOf(all...)
	client := answering(http.StatusOK, body).client(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Since(b.Context(), rest.Fact, "a", 0); err != nil {
			b.Fatal(err)
		}
	}
}
