package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/rest"
)

// A store is a server with messages of a given size, all of one millisecond.
type store struct {
	fake

	size   int // bytes of one message's content
	known  int // ids from 0 on
	maxURL int // longest request target; 0: no limit
}

func newStore(size, known, maxURL int) *store {
	s := &store{size: size, known: known, maxURL: maxURL}
	s.handle = func(w http.ResponseWriter, r *http.Request) {
		if s.maxURL > 0 && len(r.URL.RequestURI()) > s.maxURL {
			w.WriteHeader(http.StatusRequestURITooLong)
			return
		}
		body := map[string]any{}
		if limit := r.URL.Query().Get("limit"); limit != "" {
			n, _ := strconv.Atoi(limit)
			var ids []string
			for i := range min(n, s.known) {
				ids = append(ids, strconv.Itoa(i))
			}
			body["messages"] = s.messages(ids)
		} else {
			var here, missing []string
			for id := range strings.SplitSeq(r.URL.Query().Get("ids"), ",") {
				if n, err := strconv.Atoi(id); err == nil && n < s.known {
					here = append(here, id)
				} else {
					missing = append(missing, id)
				}
			}
			body["messages"], body["not_found"] = s.messages(here), missing
		}
		_ = json.NewEncoder(w).Encode(body)
	}
	return s
}

func (s *store) messages(ids []string) []map[string]any {
	list := []map[string]any{}
	for _, id := range ids {
		size := s.size
		if id == "7" && size > 0 {
			size *= 10
		}
		list = append(list, map[string]any{"id": id, "timestamp": 1705314600, "content": strings.Repeat("x", size)})
	}
	return list
}

func numbers(n int) []string {
	var ids []string
	for i := range n {
		ids = append(ids, strconv.Itoa(i))
	}
	return ids
}

// asked returns the number of ids or the limit of each request.
func (s *store) asked() []int {
	var sizes []int
	for _, target := range s.targets() {
		if _, limit, ok := strings.Cut(target, "limit="); ok {
			n, _ := strconv.Atoi(limit)
			sizes = append(sizes, n)
			continue
		}
		sizes = append(sizes, strings.Count(target, ",")+1)
	}
	return sizes
}

// Bulk asks for at most 500 at a time, and tells what is not known.
func TestBulkChunks(t *testing.T) {
	s := newStore(0, 1100, 0)
	found, missing, err := s.client(t).Bulk(t.Context(), rest.Fact, append(numbers(1200), "x"))
	require.NoError(t, err)
	assert.Len(t, found, 1100)
	assert.Len(t, missing, 101)
	assert.Equal(t, []int{500, 500, 201}, s.asked())
	found, missing, err = s.client(t).Bulk(t.Context(), rest.Fact, nil)
	require.NoError(t, err)
	assert.Empty(t, found)
	assert.Empty(t, missing)
}

// Pages that are too large are halved, and grow back slowly. A message that is
// too large by itself counts as not there, and does not stand in the way.
func TestPagesAdapt(t *testing.T) {
	s := newStore(1000, 100, 0)
	client := s.client(t, func(c *rest.Config) { c.MaxBody = 5000 })
	found, missing, err := client.Bulk(t.Context(), rest.Fact, numbers(20))
	require.NoError(t, err)
	assert.Len(t, found, 19)
	assert.Equal(t, []string{"7"}, missing)
	assert.Equal(t, []int{20, 10, 5, 2, 3}, s.asked()[:5])
	assert.Contains(t, s.asked(), 1)
	for _, m := range found {
		assert.NotEqual(t, "7", m.ID)
	}
	// It does not stay small for ever.
	before := len(s.asked())
	_, _, err = client.Bulk(t.Context(), rest.Fact, numbers(7))
	require.NoError(t, err)
	assert.Less(t, len(s.asked())-before, 7)

	s = newStore(1000, 6, 0)
	client = s.client(t, func(c *rest.Config) { c.MaxBody = 5000 })
	for range 3 {
		page, err := client.Since(t.Context(), rest.Fact, "a", 0)
		require.NoError(t, err)
		assert.True(t, page.Full)
		assert.LessOrEqual(t, len(page.Messages), 4)
	}
	assert.Equal(t, []int{500, 250, 125, 62, 31, 15, 7, 3, 4, 5, 2}, s.asked())
}

// Proxies refuse long request targets; shorter ones pass.
func TestLongTarget(t *testing.T) {
	for _, status := range []int{http.StatusRequestURITooLong, http.StatusRequestEntityTooLarge, http.StatusRequestHeaderFieldsTooLarge} {
		s := newStore(0, 500, 500)
		inner := s.handle
		s.handle = func(w http.ResponseWriter, r *http.Request) {
			if len(r.URL.RequestURI()) > s.maxURL {
				w.WriteHeader(status)
				return
			}
			inner(w, r)
		}
		found, missing, err := s.client(t).Bulk(t.Context(), rest.Fact, numbers(500))
		require.NoError(t, err)
		assert.Len(t, found, 500)
		assert.Empty(t, missing)
	}
}

// A single message that does not come through ends the page.
func TestSinceOfOneTooLarge(t *testing.T) {
	s := newStore(1000, 6, 0)
	_, err := s.client(t, func(c *rest.Config) { c.MaxBody = 500 }).Since(t.Context(), rest.Fact, "a", 4)
	var large *rest.TooLargeError
	require.ErrorAs(t, err, &large)
	assert.Equal(t, []int{4, 2, 1}, s.asked())
}

// A page that a slow link does not bring in time is asked for in halves, one that
// the server does not even begin is not.
func TestSlowPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(0, 600, 0)
		client := s.client(t, func(c *rest.Config) {
			inner := c.Do
			c.Do = func(r *http.Request) (*http.Response, error) {
				response, err := inner(r)
				if r.URL.Query().Get("limit") > "200" {
					response.Body = dripping{r.Context()}
				}
				return response, err
			}
		})
		page, err := client.Since(t.Context(), rest.Fact, "a", 0)
		require.NoError(t, err)
		assert.Len(t, page.Messages, 125)
		assert.Equal(t, []int{500, 250, 125}, s.asked())
	})
}

// A limit above a node's own is not asked for.
func TestSinceLimit(t *testing.T) {
	s := newStore(0, 2000, 0)
	page, err := s.client(t).Since(t.Context(), rest.Fact, "a", 5000)
	require.NoError(t, err)
	assert.Len(t, page.Messages, 1000)
	assert.True(t, page.Full)
	assert.Equal(t, []int{1000}, s.asked())
}

// An error in the middle keeps what was found before.
func TestBulkBreaksOff(t *testing.T) {
	s := newStore(0, 2000, 0)
	inner := s.handle
	asked := 0
	s.handle = func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked == 2 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		inner(w, r)
	}
	found, _, err := s.client(t).Bulk(t.Context(), rest.Fact, numbers(700))
	require.Error(t, err)
	assert.Len(t, found, 500)
}

// Every answer teaches the client the server's time.
func TestNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The host's clock is five minutes and a quarter of a second behind.
		skew := 5*time.Minute + 250*time.Millisecond
		header := func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Now().Add(skew).UTC().Format(http.TimeFormat))
			fmt.Fprint(w, `{"tips":[]}`)
		}
		client := (&fake{handle: header}).client(t)
		assert.Equal(t, time.Now(), client.Now(), "before the first answer it is the host's")
		const step = 1100 * time.Millisecond
		last := time.Time{}
		for range 40 {
			_, err := client.Tips(t.Context(), rest.Fact)
			require.NoError(t, err)
			truth := time.Now().Add(skew)
			behind := truth.Sub(client.Now())
			assert.LessOrEqual(t, behind, time.Second)
			assert.GreaterOrEqual(t, behind, time.Duration(0), "never ahead")
			assert.True(t, client.Now().After(last), "never back")
			last = client.Now()
			time.Sleep(step)
		}
		assert.Less(t, time.Now().Add(skew).Sub(client.Now()), 150*time.Millisecond, "each answer narrows it")

		// The server's clock is set back.
		skew = -time.Hour
		_, err := client.Tips(t.Context(), rest.Fact)
		require.NoError(t, err)
		assert.InDelta(t, 0, time.Now().Add(skew).Sub(client.Now()), float64(time.Second))
	})
}

// An answer out of a cache carries the date of the day it was made.
func TestNowThroughCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		made := time.Now()
		time.Sleep(90 * time.Second)
		client := (&fake{handle: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", made.UTC().Format(http.TimeFormat))
			w.Header().Set("Age", "90")
			fmt.Fprint(w, `{"tips":[]}`)
		}}).client(t)
		_, err := client.Tips(t.Context(), rest.Fact)
		require.NoError(t, err)
		assert.True(t, made.Add(90*time.Second).Equal(client.Now()))
	})
}

// Answers without a Date, or with a wrong one, change nothing.
func TestNoDate(t *testing.T) {
	for _, date := range []string{"", "yesterday"} {
		synctest.Test(t, func(t *testing.T) {
			client := (&fake{handle: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", date)
				fmt.Fprint(w, `{"tips":[]}`)
			}}).client(t)
			_, err := client.Tips(t.Context(), rest.Fact)
			require.NoError(t, err)
			assert.Equal(t, time.Now(), client.Now())
		})
	}
}
