package rest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/rest"
)

// The four bodies that a node's errors have, and some of proxies.
func TestReason(t *testing.T) {
	for _, c := range []struct{ body, reason string }{
		{"", ""},
		{`{"error":"Failed to retrieve messages"}`, "Failed to retrieve messages"},
		{`{"error":"INVALID_RADIUS","message":"Radius must be positive"}`, "INVALID_RADIUS: Radius must be positive"},
		{"Failed to deserialize query string: missing field `start`", "Failed to deserialize query string: missing field `start`"},
		{"<html>\r\n<h1>Bad\tGateway</h1>\n", "<html> <h1>Bad Gateway</h1>"},
		{"\xff\x00", "�"},
		{`{"message":"no"}`, "no"},
		{`{}`, ""},
		{`{"error":{"code":7}}`, `{"error":{"code":7}}`},
	} {
		_, err := answering(http.StatusInternalServerError, c.body).client(t).Tips(t.Context(), rest.Fact)
		var status *rest.StatusError
		require.ErrorAs(t, err, &status)
		assert.Equal(t, c.reason, status.Reason())
		text := "rest: GET http://node.test:8080/v1/tips: unexpected status 500 Internal Server Error"
		if c.reason != "" {
			text += ": " + c.reason
		}
		assert.EqualError(t, err, text)
	}
}

// An error keeps 512 bytes of an endless body, and the URL without its length.
func TestErrorsAreShort(t *testing.T) {
	client := answering(http.StatusBadGateway, strings.Repeat("x", 1<<20)).client(t)
	_, _, err := client.Bulk(t.Context(), rest.Fact, make([]string, 400))
	var status *rest.StatusError
	require.ErrorAs(t, err, &status)
	assert.Len(t, status.Body, 512)
	assert.Less(t, len(err.Error()), 1000)

	_, err = answering(http.StatusOK, "<html>"+strings.Repeat("x", 1<<20)).client(t).Tips(t.Context(), rest.Fact)
	var body *rest.BodyError
	require.ErrorAs(t, err, &body)
	assert.LessOrEqual(t, len(body.Head), 512)
	assert.Less(t, len(err.Error()), 200)
}

// What is not the answer that was asked for is a BodyError, whichever call asked.
func TestBodyError(t *testing.T) {
	for name, body := range map[string]string{
		"portal":       "<!DOCTYPE html><html><body>Log in</body></html>",
		"empty":        "",
		"space":        " \n",
		"null":         "null",
		"array":        "[]",
		"string":       `"OK!"`,
		"no keys":      "{}",
		"broken off":   `{"tips":["a"`,
		"broken off 2": `{"tips":["a"]`,
		"two":          `{"tips":[],"messages":[]}{}`,
		"garbage":      `{"tips":[],"messages":[]} x`,
		"numbers":      `{"tips":[1],"messages":[1]}`,
		"objects":      `{"tips":{},"messages":{}}`,
		"words":        `{"tips":"a","messages":"b"}`,
		"deep":         strings.Repeat("[", 20_000),
		"bad utf-8":    "\xff\xfe{",
		"no id":        `{"tips":true,"messages":[{"timestamp":1}]}`,
		"long id":      `{"tips":0.5,"messages":[{"id":"` + strings.Repeat("a", 300) + `","timestamp":1}]}`,
		"no time":      `{"tips":{"a":[]},"messages":[{"id":"a"}]}`,
		"bad time":     `{"tips":5,"messages":[{"id":"a","timestamp":"yesterday"}]}`,
		"bad depth":    `{"tips":false,"messages":[{"id":"a","timestamp":1,"depth":-1}]}`,
		"not found":    `{"tips":0,"messages":[{"id":"a","timestamp":1}],"not_found":7,"messages":0}`,
	} {
		t.Run(name, func(t *testing.T) {
			client := answering(http.StatusOK, body).client(t)
			for what, err := range all(t.Context(), client) {
				var wrong *rest.BodyError
				require.ErrorAs(t, err, &wrong, what)
				assert.Equal(t, "application/json", wrong.ContentType)
				assert.ErrorContains(t, err, "unusable answer (application/json)", what)
				require.Error(t, errors.Unwrap(wrong), what)
				assert.False(t, rest.Missing(err), what)
			}
		})
	}
}

// all makes every call, and returns the errors.
func all(ctx context.Context, c *rest.Client) map[string]error {
	errs := make(map[string]error)
	_, errs["tips"] = c.Tips(ctx, rest.Fact)
	_, _, errs["message"] = c.Message(ctx, rest.Fact, "a")
	_, _, errs["bulk"] = c.Bulk(ctx, rest.Fact, []string{"a"})
	_, errs["since"] = c.Since(ctx, rest.Fact, "a", 0)
	_, errs["finality"] = c.Finality(ctx, rest.Fact, "a")
	_, errs["deposits"] = c.Deposits(ctx, rest.Fact)
	_, errs["kcore"] = c.KCore(ctx, rest.Fact)
	_, errs["diversity"] = c.Diversity(ctx, rest.State)
	_, errs["energy"] = c.Energy(ctx, rest.State)
	_, _, errs["admissibility"] = c.Admissibility(ctx, rest.State)
	_, errs["economics"] = c.Economics(ctx, rest.State)
	return errs
}

// Values of the wrong kind, one call each.
func TestBodyErrorByCall(t *testing.T) {
	for call, body := range map[string]string{
		"finality":  `{"f1_finalized":true,"f2_h3_stable":"yes"}`,
		"deposits":  `{"recent_deposits":null}`,
		"kcore":     `{"current_stats":null}`,
		"diversity": `{"diversity_score":"high"}`,
		"energy":    `{"total_conflicts":-1}`,
		"economics": `{"total_supply":"1","circulating_supply":"lots"}`,
	} {
		err := all(t.Context(), answering(http.StatusOK, body).client(t))[call]
		var wrong *rest.BodyError
		require.ErrorAs(t, err, &wrong, call)
	}
}

// The second of the two economic answers fails the call, unless the server does
// not have it.
func TestTreasuryFails(t *testing.T) {
	bodies := map[string]string{
		"/v1/economics/supply":   `{"total_supply":"1","circulating_supply":1.50}`,
		"/v1/economics/treasury": `{}`,
	}
	client := routes(bodies).client(t)
	_, err := client.Economics(t.Context(), rest.State)
	var wrong *rest.BodyError
	require.ErrorAs(t, err, &wrong)
	delete(bodies, "/v1/economics/treasury")
	_, err = client.Economics(t.Context(), rest.State)
	assert.True(t, rest.Missing(err), "the supply has no balance either")
}

// Finality by the second rule, whose artifact has a value here.
func TestHomology(t *testing.T) {
	for body, want := range map[string]rest.Finality{
		`{"f1_finalized":true,"f2_h3_stable":true}`:   {Final: true, Type: "homology"},
		`{"f1_finalized":true,"f2_h3_stable":false}`:  {Final: true, Type: "homology"},
		`{"f1_finalized":true,"f2_h3_stable":null}`:   {Final: true, Type: "kcore"},
		`{"f1_finalized":true}`:                       {Final: true, Type: "kcore"},
		`{"f1_finalized":false,"f2_h3_stable":true}`:  {},
		`{"f1_finalized":false,"f2_stabilized":true}`: {},
	} {
		got, err := answering(200, body).client(t).Finality(t.Context(), rest.Fact, "a")
		require.NoError(t, err)
		assert.Equal(t, want, got, body)
	}
}

// Nothing is judged without a sample.
func TestNoSample(t *testing.T) {
	body := `{"constraint_rates":{"c1_proximity":0.0,"c2_diversity":0.0,"c3_reputation":0.0,"overall":0.0},"sample_size":0}`
	e, sampled, err := answering(200, body).client(t).Admissibility(t.Context(), rest.State)
	require.NoError(t, err)
	assert.False(t, sampled)
	assert.Zero(t, e.OverallRate)
	assert.False(t, e.Timestamp.IsZero(), "an answer without a time has the server's present")
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"":                              0,
		"0":                             0,
		" 120 ":                         2 * time.Minute,
		"99999999999999":                1 << 31 * time.Second,
		"99999999999999999999999":       0,
		"-5":                            0,
		"1.5":                           0,
		"soon":                          0,
		"Mon, 23 Nov 2026 15:01:30 GMT": 90 * time.Second,
		"Mon, 23 Nov 2026 14:59:00 GMT": 0,
	} {
		header := http.Header{}
		if text != "" {
			header.Set("Retry-After", text)
		}
		assert.Equal(t, want, rest.RetryAfter(header, now), text)
	}
}

// A date in Retry-After is read by the server's clock, not the host's.
func TestRetryAfterServerClock(t *testing.T) {
	server := &fake{handle: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", "Mon, 23 Nov 2026 15:00:00 GMT")
		w.Header().Set("Retry-After", "Mon, 23 Nov 2026 15:00:30 GMT")
		w.WriteHeader(http.StatusServiceUnavailable)
	}}
	synctest.Test(t, func(t *testing.T) {
		_, err := server.client(t).Tips(t.Context(), rest.Fact)
		var status *rest.StatusError
		require.ErrorAs(t, err, &status)
		assert.Equal(t, 30*time.Second, status.RetryAfter)
	})
}

// Failures of the network keep their cause, and lose the URL that net/http adds.
func TestRequestError(t *testing.T) {
	refused := errors.New("connection refused")
	doer := func(r *http.Request) (*http.Response, error) {
		return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: refused}
	}
	_, err := new(fake).client(t, func(c *rest.Config) { c.Do = doer }).Tips(t.Context(), rest.Fact)
	require.ErrorIs(t, err, refused)
	require.EqualError(t, err, "rest: GET http://node.test:8080/v1/tips: no answer: connection refused")
	var request *rest.RequestError
	require.ErrorAs(t, err, &request)
	assert.False(t, request.Started)
	assert.False(t, request.Timeout())
}

// A body that ends too early, or too late.
func TestBodyFails(t *testing.T) {
	reset := errors.New("connection reset")
	doer := func(body io.Reader) func(*rest.Config) {
		return func(c *rest.Config) {
			c.Do = func(*http.Request) (*http.Response, error) {
				w := httptest.NewRecorder()
				response := w.Result()
				response.ContentLength = -1
				response.Body = io.NopCloser(body)
				return response, nil
			}
		}
	}
	broken := io.MultiReader(strings.NewReader(`{"tips":["a"`), brokenError{reset})
	_, err := new(fake).client(t, doer(broken)).Tips(t.Context(), rest.Fact)
	require.ErrorIs(t, err, reset)
	var request *rest.RequestError
	require.ErrorAs(t, err, &request)
	assert.True(t, request.Started)
	assert.ErrorContains(t, err, "no whole answer")

	// Also behind the end of what was asked for.
	broken = io.MultiReader(strings.NewReader(`{"tips":["a"]} `), brokenError{reset})
	_, err = new(fake).client(t, doer(broken)).Tips(t.Context(), rest.Fact)
	require.ErrorIs(t, err, reset)
}

type brokenError struct{ error }

func (e brokenError) Read([]byte) (int, error) { return 0, e.error }

// A server that never answers, or never ends to, takes the time-out.
func TestTimeout(t *testing.T) {
	hang := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	drip := func(r *http.Request) (*http.Response, error) {
		response := httptest.NewRecorder().Result()
		response.ContentLength = -1
		response.Body = dripping{r.Context()}
		return response, nil
	}
	for name, doer := range map[string]rest.Doer{"hang": hang, "drip": drip} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := new(fake).client(t, func(c *rest.Config) { c.Do = doer })
				start := time.Now()
				_, err := client.Tips(t.Context(), rest.Fact)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, 10*time.Second, time.Since(start))
				var request *rest.RequestError
				require.ErrorAs(t, err, &request)
				assert.True(t, request.Timeout())
				assert.Equal(t, name == "drip", request.Started)
			})
		})
	}
}

// dripping is a body that brings a space a second.
type dripping struct{ ctx context.Context }

func (d dripping) Read(p []byte) (int, error) {
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case <-timer.C:
		p[0] = ' '
		return 1, nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

func (dripping) Close() error { return nil }

// No answer is read beyond the limit, whether its length is told or not.
func TestTooLarge(t *testing.T) {
	const limit = 1000
	exact := `{"tips":[` + strings.Repeat(" ", limit-len(`{"tips":[]}`)) + `]}`
	require.Len(t, exact, limit)
	for _, told := range []bool{true, false} {
		for extra := range 2 {
			body := exact + strings.Repeat(" ", extra)
			counter := &counting{from: strings.NewReader(body + strings.Repeat(" ", 9000*extra))}
			client := new(fake).client(t, func(c *rest.Config) {
				c.MaxBody = limit
				c.Do = func(*http.Request) (*http.Response, error) {
					response := httptest.NewRecorder().Result()
					response.ContentLength = -1
					if told {
						response.ContentLength = int64(len(body))
					}
					response.Body = io.NopCloser(counter)
					return response, nil
				}
			})
			_, err := client.Tips(t.Context(), rest.Fact)
			if extra == 0 {
				require.NoError(t, err)
				continue
			}
			var large *rest.TooLargeError
			require.ErrorAs(t, err, &large)
			assert.EqualValues(t, limit, large.Limit)
			assert.EqualError(t, err, "rest: GET http://node.test:8080/v1/tips: answer is larger than 1000 bytes")
			assert.LessOrEqual(t, counter.n, limit+1)
		}
	}
}

type counting struct {
	from io.Reader
	n    int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += n
	return n, err
}

// Ids that nobody could ask for are left out, and null lists are empty ones.
func TestTolerated(t *testing.T) {
	long := strings.Repeat("a", 257)
	ids, err := answering(200, `{"more":[1,{"x":2}],"tips":["","a","`+long+`","b"],"tips2":null}`).client(t).Tips(t.Context(), rest.Fact)
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, ids)
	ids, err = answering(200, `{"tips":null}`).client(t).Tips(t.Context(), rest.Fact)
	require.NoError(t, err)
	assert.Empty(t, ids)
	m, _, err := answering(200, `{"id":"a","parents":["","b","`+long+`"],"timestamp":1705314600}`).client(t).Message(t.Context(), rest.Fact, "a")
	require.NoError(t, err)
	assert.Equal(t, rest.Message{ID: "a", Parents: []string{"b"}, Timestamp: time.Unix(1705314600, 0).UTC()}, m)
	d, err := answering(200, `{"recent_deposits":[{"message_id":"","status":"Refunded"},{"message_id":"a","status":"REFUNDED"}]}`).
		client(t).Deposits(t.Context(), rest.Fact)
	require.NoError(t, err)
	require.Len(t, d, 1)
	assert.True(t, d[0].Refunded())
	k, err := answering(200, `{"current_stats":{"finalized_count":9},"recent_finalizations":[{"message_id":"a"},{"message_id":"b","is_final":true}]}`).
		client(t).KCore(t.Context(), rest.Fact)
	require.NoError(t, err)
	assert.Equal(t, []string{"b"}, k.Recent)
}

// The content of messages does not stay in memory: a page is decoded one message
// after the other.
func TestContentIsSkipped(t *testing.T) {
	const size, messages = 1 << 20, 32
	one := strings.Replace(messageBody, "aGVsbG8=", strings.Repeat("QUJD", size/4), 1)
	page := "{\"messages\":[" + strings.Repeat(one+",", messages-1) + one + "]}"
	client := new(fake).client(t, func(c *rest.Config) {
		c.MaxBody = 1 << 30
		c.Do = func(*http.Request) (*http.Response, error) {
			response := httptest.NewRecorder().Result()
			response.Body = io.NopCloser(strings.NewReader(page))
			return response, nil
		}
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := client.Since(t.Context(), rest.Fact, "a", 0)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Len(t, got.Messages, messages)
	// The decoder doubles its buffer until one message fits.
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8*size), "bytes for a page of %d", len(page))
}
