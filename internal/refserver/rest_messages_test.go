package refserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// page is what the tests read of a list of messages.
type page struct {
	Count    int `json:"count"`
	Messages []struct {
		ID    string `json:"id"`
		Depth int    `json:"depth"`
	} `json:"messages"`
	NotFound   []string `json:"not_found"`
	HasMore    bool     `json:"has_more"`
	NextCursor *string  `json:"next_cursor"`
}

func (p page) ids() []string {
	out := []string{}
	for _, m := range p.Messages {
		out = append(out, m.ID)
	}
	return out
}

func getPage(t *testing.T, h http.Handler, target string) page {
	t.Helper()
	var p page
	require.NoError(t, json.Unmarshal([]byte(body(t, h, target)), &p))
	return p
}

// ties returns a ledger of n messages in each of several milliseconds.
func ties(milliseconds, n int) *ledger.Ledger {
	l := ledger.New(1)
	for i := range milliseconds * n {
		l.Add(ledger.AddOptions{Parents: []string{}, At: someTime.Add(time.Duration(i/n) * time.Millisecond)})
	}
	return l
}

func TestMessageObject(t *testing.T) {
	l := ledger.New(1)
	a := l.Add(ledger.AddOptions{At: someTime})
	m := l.Add(ledger.AddOptions{At: someTime, Content: []byte{0xfb, 0xff}})
	got := body(t, restOf(l), "/v1/messages/"+m.ID)
	assert.Regexp(t, `^\{"content":"\+/8=","depth":1,"features":\{"axes":\[\{"axis":0,"digits":\[[0-2](,[0-2]){9}\],"p":3\},.*\]\},`+
		`"id":"`+m.ID+`","parents":\["`+a.ID+`"\],"proposer":"adic1.{58}","signature":"[0-9a-f]{128}",`+
		`"timestamp":"2025-10-15T18:57:02\.123456789\+00:00"\}$`, got)
	assert.Contains(t, body(t, restOf(l), "/v1/messages/"+a.ID), `"parents":[]`)
	assert.Equal(t, got, body(t, restOf(l), "/v1/messages/"+strings.ToUpper(m.ID)), "either case")
}

func TestTipsAreSorted(t *testing.T) {
	l := ties(3, 1)
	tips := l.Tips()
	assert.Equal(t, `{"tips":["`+strings.Join(tips, `","`)+`"]}`, body(t, restOf(l), "/v1/tips"))
	assert.Equal(t, `{"tips":[]}`, body(t, restOf(ledger.New(1)), "/v1/tips"))
}

func TestDepthOfPeersMessages(t *testing.T) {
	l := ledger.New(1)
	l.Add(ledger.AddOptions{})
	peers := l.Add(ledger.AddOptions{Peer: true})
	own := l.Add(ledger.AddOptions{})
	forgetful := newREST(l, nil, restOptions{forgetPeerDepth: true})
	assert.Contains(t, body(t, restOf(l), "/v1/messages/"+peers.ID), `"depth":1`)
	assert.Contains(t, body(t, forgetful, "/v1/messages/"+peers.ID), `"depth":0`)
	assert.Contains(t, body(t, forgetful, "/v1/messages/"+own.ID), `"depth":2`)
}

func TestBulk(t *testing.T) {
	l := ties(3, 1)
	h := restOf(l)
	a, b := l.Messages()[0].ID, l.Messages()[1].ID
	unknown := strings.Repeat("0", 64)
	p := getPage(t, h, "/v1/messages/bulk?ids="+b+",xyz,%20"+strings.ToUpper(a)+"+,"+b+","+unknown+",")
	assert.Equal(t, []string{b, a, b}, p.ids(), "in the order of the request, doubles too")
	assert.Equal(t, []string{"xyz", unknown, ""}, p.NotFound)
	assert.Equal(t, p, getPage(t, h, "/v1/messages/bulk?ids="+strings.ReplaceAll(b+",xyz,%20"+strings.ToUpper(a)+"+,"+b+","+unknown+",", ",", "%2C")))
	assert.Equal(t, `{"messages":[],"not_found":[""]}`, body(t, h, "/v1/messages/bulk?ids="), "an empty list is no error")
	assert.Equal(t, "Failed to deserialize query string: duplicate field `ids`", get(h, "/v1/messages/bulk?ids=a&ids=b").Body.String())
	assert.Len(t, getPage(t, h, "/v1/messages/bulk?ids="+strings.Repeat("0,", 999)).NotFound, 1000)
}

func TestSinceWithTies(t *testing.T) {
	l := ties(2, 3)
	h := restOf(l)
	sorted := slices.SortedFunc(slices.Values(l.Messages()), func(a, b ledger.Message) int {
		if c := a.Timestamp.Compare(b.Timestamp); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	var all []string
	for _, m := range sorted {
		all = append(all, m.ID)
	}
	p := getPage(t, h, "/v1/messages/since/"+strings.ToUpper(all[1]))
	assert.Equal(t, append([]string{all[0]}, all[2:]...), p.ids(), "the anchor's own millisecond again")
	assert.Equal(t, 5, p.Count)

	// The ping-pong trap: a page smaller than the millisecond never moves on.
	assert.Equal(t, []string{all[1]}, getPage(t, h, "/v1/messages/since/"+all[0]+"?limit=1").ids())
	assert.Equal(t, []string{all[0]}, getPage(t, h, "/v1/messages/since/"+all[1]+"?limit=1").ids())
}

func TestSinceLimits(t *testing.T) {
	l := ties(1, 1200)
	h := restOf(l)
	anchor := "/v1/messages/since/" + l.Messages()[0].ID
	for query, want := range map[string]int{
		"": 1000, "?limit=5": 5, "?limit=0": 0, "?limit=2000": 1000, "?limit=x": 1000, "?limit=": 1000,
		"?limit=-1": 1000, "?other=1": 1000, "?limit=3&limit=4": 4,
	} {
		assert.Equal(t, want, getPage(t, h, anchor+query).Count, query)
	}
	assert.Equal(t, `{"count":0,"messages":[]}`, body(t, h, anchor+"?limit=0"))
}

func TestSinceAnUnknownAnchorLooksLikeNoNews(t *testing.T) {
	l := ties(2, 1)
	h := restOf(l)
	want := `{"count":0,"messages":[]}`
	assert.Equal(t, want, body(t, h, "/v1/messages/since/"+l.Messages()[1].ID))
	assert.Equal(t, want, body(t, h, "/v1/messages/since/"+strings.Repeat("0", 64)))
	l.Drop(l.Messages()[0].ID)
	assert.Equal(t, `{"error":"Invalid checkpoint ID"}`, get(h, "/v1/messages/since/00").Body.String())
}

func rangeTarget(query string) string {
	return "/v1/messages/range?start=2020-01-01T00:00:00Z&end=2100-01-01T00:00:00Z" + query
}

func TestRangeIsWalkedByID(t *testing.T) {
	l := ties(6, 1)
	h := restOf(l)
	var want []string
	for _, m := range l.Messages() {
		want = append(want, m.ID)
	}
	slices.Sort(want)

	p := getPage(t, h, rangeTarget(""))
	assert.Equal(t, want, p.ids(), "by id, not by time")
	assert.False(t, p.HasMore)
	assert.Nil(t, p.NextCursor)

	var walked []string
	cursor, pages := "", 0
	for more := true; more; pages++ {
		p = getPage(t, h, rangeTarget("&limit=3"+cursor))
		walked = append(walked, p.ids()...)
		if more = p.HasMore; more {
			require.NotNil(t, p.NextCursor)
			cursor = "&cursor=" + strings.ToUpper(*p.NextCursor)
		}
	}
	assert.Equal(t, want, walked)
	assert.Equal(t, 3, pages, "the last full page says that there is more")
}

func TestRangeTraps(t *testing.T) {
	l := ties(6, 1)
	h := restOf(l)
	first := getPage(t, h, rangeTarget("&limit=2"))
	assert.Equal(t, first, getPage(t, h, rangeTarget("&limit=2&cursor=xyz")), "a malformed cursor begins again")
	assert.Equal(t, `{"has_more":false,"messages":[],"next_cursor":null}`, body(t, h, rangeTarget("&limit=2&cursor="+strings.Repeat("0", 64))))
	assert.Equal(t, `{"has_more":true,"messages":[],"next_cursor":null}`, body(t, h, rangeTarget("&limit=0")), "a loop trap")
	assert.Len(t, getPage(t, restOf(ties(1, 1200)), rangeTarget("&limit=5000")).Messages, 1000, "capped")
}

func TestRangeIsClosedToTheNanosecond(t *testing.T) {
	l := ledger.New(1)
	for i := range 5 {
		l.Add(ledger.AddOptions{Parents: []string{}, At: someTime.Add(time.Duration(i))})
	}
	at := func(n int) string { return someTime.Add(time.Duration(n)).Format(time.RFC3339Nano) }
	target := "/v1/messages/range?start=" + at(1) + "&end=" + strings.Replace(at(3), "Z", "%2B00:00", 1)
	assert.Len(t, getPage(t, restOf(l), target).Messages, 3)
	assert.Empty(t, getPage(t, restOf(l), "/v1/messages/range?start="+at(3)+"&end="+at(1)).Messages)
}

func TestRangeErrors(t *testing.T) {
	h := restOf(ledger.New(1))
	const ok = "2020-01-01T00:00:00Z"
	text := func(cause string) string { return "Failed to deserialize query string: " + cause }
	for query, want := range map[string]string{
		"":                         text("missing field `start`"),
		"start=" + ok:              text("missing field `end`"),
		"end=x":                    text("missing field `start`"),
		"start=a&start=b":          text("duplicate field `start`"),
		"cursor=a&cursor=b":        text("duplicate field `cursor`"),
		"limit=":                   text("cannot parse integer from empty string"),
		"limit=-3":                 text("invalid digit found in string"),
		"start=x&end=x":            `{"error":"Invalid start timestamp"}`,
		"start=" + ok + "&end=":    `{"error":"Invalid end timestamp"}`,
		"start=x&end=" + ok:        `{"error":"Invalid start timestamp"}`,
		"start=" + ok + "&end=1e9": `{"error":"Invalid end timestamp"}`,
	} {
		w := get(h, "/v1/messages/range?"+query)
		assert.Equal(t, http.StatusBadRequest, w.Code, query)
		assert.Equal(t, want, w.Body.String(), query)
		wantType := "application/json"
		if strings.HasPrefix(want, "Failed") {
			wantType = "text/plain; charset=utf-8"
		}
		assert.Equal(t, wantType, w.Header().Get("Content-Type"), query)
	}
}

func BenchmarkSince(b *testing.B) {
	l := ties(1000, 2)
	h := restOf(l)
	target := fmt.Sprintf("/v1/messages/since/%s?limit=100", l.Messages()[1000].ID)
	b.ReportAllocs()
	for b.Loop() {
		get(h, target)
	}
}
