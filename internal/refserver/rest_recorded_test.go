package refserver

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recorded is one answer of a node 0.3.0 with its store in memory.
type recorded struct {
	Request string            `json:"request"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// Requests of the recordings that are not for the REST half, or that it does
// not answer because no client of a stream asks them.
var elsewhere = []string{
	"GET /v1/ws/events", "GET /v1/sse/events?heartbeat=1", "GET /v1/sse/events?events=a&events=b",
	"GET /v1/network/peers", "GET /v1/reputation", "GET /v1/economics/emissions", "GET /api/openapi.json",
}

// verbatim names the answers that must be the same to the byte, but for ids,
// addresses, signatures, features and "now". The others have figures that the
// ledger's model finds in its own way, or are in the order of ids.
var verbatim = regexp.MustCompile(
	`^GET /v1/(status|health.*|energy|conflicts.*|economics/.*|finality/0.*|deposits/9.*|messages/(since/|bulk|[0-9]).*)$`)

func TestAnswersAreThoseOfANode(t *testing.T) {
	rows := readRecorded(t)
	l, ids := mirror(t, rows)
	now := func() time.Time { return time.Date(2026, time.November, 23, 14, 58, 34, 327616809, time.UTC) }
	h := newREST(l, func() Stats { return Stats{} }, restOptions{memoryStore: true, now: now})
	answered, same := 0, 0
	for _, want := range rows {
		if slices.Contains(elsewhere, want.Request) {
			continue
		}
		answered++
		t.Run(want.Request, func(t *testing.T) {
			target := strings.TrimPrefix(ids.Replace(want.Request), "GET ")
			if strings.HasSuffix(target, "…") { // the recording cut it short
				target = "/v1/messages/bulk?ids=" + strings.Repeat("00,", 1000) + "00"
			}
			got := get(h, target)
			assert.Equal(t, want.Status, got.Code)
			assert.Equal(t, want.Headers["content-type"], got.Header().Get("Content-Type"))
			assert.Equal(t, strconv.Itoa(got.Body.Len()), got.Header().Get("Content-Length"))
			switch {
			case want.Status != http.StatusOK:
				assert.Equal(t, want.Body, got.Body.String())
			case want.Request == "GET /v1/metrics":
				for line := range strings.Lines(got.Body.String()) {
					assert.Contains(t, want.Body, line)
				}
			default:
				assert.Equal(t, shape(t, want.Body), shape(t, got.Body.String()))
				if verbatim.MatchString(want.Request) {
					same++
					assert.Equal(t, mask(ids.Replace(want.Body)), mask(got.Body.String()))
				}
			}
		})
	}
	assert.Equal(t, 49, answered)
	assert.Equal(t, 19, same)
}

func readRecorded(t *testing.T) []recorded {
	t.Helper()
	file, err := os.Open("testdata/node-0.3.0-rest.jsonl")
	require.NoError(t, err)
	t.Cleanup(func() { _ = file.Close() })
	var rows []recorded
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row recorded
		require.NoError(t, json.Unmarshal(lines.Bytes(), &row))
		rows = append(rows, row)
	}
	require.NoError(t, lines.Err())
	return rows
}

// recordedMessage is what a message of the recordings is built again from.
type recordedMessage struct {
	ID        string    `json:"id"`
	Parents   []string  `json:"parents"`
	Content   []byte    `json:"content"`
	Timestamp time.Time `json:"timestamp"`
}

// mirror builds the graph of the recordings in a ledger. The replacer puts the
// ledger's ids in the place of the recorded ones.
func mirror(t *testing.T, rows []recorded) (*ledger.Ledger, *strings.Replacer) {
	t.Helper()
	var everything struct {
		Messages []recordedMessage `json:"messages"`
	}
	var deposits struct {
		Recent []struct {
			MessageID string `json:"message_id"`
			Status    string `json:"status"`
		} `json:"recent_deposits"`
	}
	for _, row := range rows {
		switch row.Request {
		case "GET /v1/messages/range?start=2020-01-01T00:00:00Z&end=2100-01-01T00:00:00Z":
			require.NoError(t, json.Unmarshal([]byte(row.Body), &everything))
		case "GET /v1/deposits":
			require.NoError(t, json.Unmarshal([]byte(row.Body), &deposits))
		}
	}
	require.Len(t, everything.Messages, 12)
	slices.SortFunc(everything.Messages, func(a, b recordedMessage) int { return a.Timestamp.Compare(b.Timestamp) })

	l := ledger.New(1)
	ids := map[string]string{}
	var pairs []string
	for _, m := range everything.Messages {
		parents := []string{}
		for _, p := range m.Parents {
			parents = append(parents, ids[p])
		}
		id := l.Add(ledger.AddOptions{Parents: parents, At: m.Timestamp, Content: m.Content}).ID
		ids[m.ID] = id
		pairs = append(pairs, m.ID, id, strings.ToUpper(m.ID), strings.ToUpper(id))
	}
	for _, d := range deposits.Recent {
		if d.Status == "Refunded" {
			require.True(t, l.Finalize(ids[d.MessageID]))
		}
	}
	return l, strings.NewReplacer(pairs...)
}

// mask takes out what a ledger makes up on its own.
func mask(body string) string {
	for _, what := range []string{
		`adic1[0-9a-z]{58}`, `"signature":"[0-9a-f]{128}"`, `"digits":\[[0-9,]{19}\]`, `2026-11-23T14:58:34\.\d+`,
	} {
		body = regexp.MustCompile(what).ReplaceAllString(body, "…")
	}
	return body
}

// shape is JSON without its values: keys in their order, and kinds, where 1 and
// 1.0 are two kinds.
func shape(t *testing.T, body string) string {
	t.Helper()
	var out strings.Builder
	dec := json.NewDecoder(bytes.NewReader([]byte(body)))
	dec.UseNumber()
	var nested []json.Delim
	key := false // whether the next string is one
	for {
		token, err := dec.Token()
		if err == io.EOF {
			// Which of the messages are roots depends on the order.
			return strings.ReplaceAll(out.String(), "parents:[string string ]", "parents:[]")
		}
		require.NoError(t, err)
		inObject := func() bool { return len(nested) > 0 && nested[len(nested)-1] == '{' }
		switch v := token.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				nested = append(nested, v)
			} else {
				nested = nested[:len(nested)-1]
			}
			out.WriteString(v.String())
			key = inObject()
			continue
		case string:
			if key {
				out.WriteString(v + ":")
				key = false
				continue
			}
			out.WriteString("string ")
		case json.Number:
			if strings.ContainsAny(v.String(), ".e") {
				out.WriteString("float ")
			} else {
				out.WriteString("int ")
			}
		case bool:
			out.WriteString("bool ")
		case nil:
			out.WriteString("null ")
		}
		key = inObject()
	}
}
