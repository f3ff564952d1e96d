package rest_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/subscription/events"
)

// A recording is one answer of a real node.
type recording struct {
	Request string            `json:"request"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

func recordings(t testing.TB, version string) []recording {
	t.Helper()
	file, err := os.Open("testdata/node-" + version + "-rest.jsonl")
	require.NoError(t, err)
	defer file.Close()
	var all []recording
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r recording
		require.NoError(t, json.Unmarshal(lines.Bytes(), &r))
		all = append(all, r)
	}
	require.NoError(t, lines.Err())
	return all
}

// server answers everything with the recording.
func (r recording) server() *fake {
	return &fake{handle: func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range r.Headers {
			w.Header().Set(name, value)
		}
		w.WriteHeader(r.Status)
		_, _ = w.Write([]byte(r.Body))
	}}
}

// target is path and query as a client sends them.
func (r recording) target() string { return strings.TrimPrefix(r.Request, "GET ") }

// messages decodes the messages of a recording in the plainest way.
func (r recording) messages(t *testing.T, single bool) []rest.Message {
	t.Helper()
	type message struct {
		ID        string    `json:"id"`
		Parents   []string  `json:"parents"`
		Depth     uint64    `json:"depth"`
		Timestamp time.Time `json:"timestamp"`
	}
	var list struct {
		Messages []message `json:"messages"`
	}
	if single {
		list.Messages = make([]message, 1)
		require.NoError(t, json.Unmarshal([]byte(r.Body), &list.Messages[0]))
	} else {
		require.NoError(t, json.Unmarshal([]byte(r.Body), &list))
	}
	var out []rest.Message
	for _, m := range list.Messages {
		require.Len(t, m.ID, 64)
		out = append(out, rest.Message{ID: m.ID, Parents: m.Parents, Depth: m.Depth, Timestamp: m.Timestamp.UTC()})
	}
	return out
}

// facts are what the two nodes do not have in common.
type facts struct {
	first, second string // messages
	tips          []string
	peers         string // what asking for peers, or rather for something else there, gives
	openAPI       string
}

var nodes = map[string]facts{
	"0.3.0": {
		first:  "978c9777c8d33738d786db9142a1bbe19f43b896a8c7dc8fa198f9e9012c1d3a",
		second: "644d0b28acfb13793761f21e5d9f31b3c5dffd2596f8a4b634bb38438c0ee9fa",
		tips: []string{
			"019105e802e433f9833d3230b397cee3e42d705607980d8f97a0e6cc4f47ba0c",
			"4ec90e4a668a984de9dce5120f4bd0c19e2f62d210bdc811bd5c041d13cc0d23",
		},
		peers:   "body",
		openAPI: "body",
	},
	"0.1.10": {
		first:  "0945a6d729131ccd8934fb959111aade49b3d5cb1a5c41ac09b0b25cba279745",
		second: "06902462dce26299743c8fa7fec28ca468e7e8ab8a64102a5f15d61ad71dd851",
		tips: []string{
			"150af22ddc032a002f0cd35e22ad4635d7e64e363736a5cc34f4bcde200b92fe",
			"58b9384b63712d4535406b10e299f9171c98b317bca74a3fd99ecf6bb1dfec58",
		},
		peers:   "503 Network is not enabled",
		openAPI: "404 ",
	},
}

// zeros is a well-formed id that no node has.
const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

// A reading is what a client makes of the recording with the same number. If the
// call makes the very request that was recorded, same is true.
type reading struct {
	same bool
	call func(t *testing.T, c *rest.Client) (any, error)
	want any    // the value, or
	fail string // the error: "body", or the status and the reason
}

// foreign reads a recording as something that it is not: an answer that the SDK
// never asks for still may come, from a proxy that mixes things up.
func foreign(fail string) reading {
	return reading{call: func(t *testing.T, c *rest.Client) (any, error) { return c.Tips(t.Context(), rest.Fact) }, fail: fail}
}

type found struct {
	Message rest.Message
	Found   bool
}

func message(id string, want any, fail string) reading {
	return reading{same: true, want: want, fail: fail, call: func(t *testing.T, c *rest.Client) (any, error) {
		m, ok, err := c.Message(t.Context(), rest.Fact, id)
		return found{m, ok}, err
	}}
}

type bulk struct {
	Found   []rest.Message
	Missing []string
}

func bulkOf(same bool, ids []string, want any, fail string) reading {
	return reading{same: same, want: want, fail: fail, call: func(t *testing.T, c *rest.Client) (any, error) {
		m, missing, err := c.Bulk(t.Context(), rest.Fact, ids)
		return bulk{m, missing}, err
	}}
}

func sinceOf(id string, limit int, same bool, want any, fail string) reading {
	return reading{same: same, want: want, fail: fail, call: func(t *testing.T, c *rest.Client) (any, error) {
		return c.Since(t.Context(), rest.Fact, id, limit)
	}}
}

func finality(id string, want any, fail string) reading {
	return reading{same: true, want: want, fail: fail, call: func(t *testing.T, c *rest.Client) (any, error) {
		return c.Finality(t.Context(), rest.Fact, id)
	}}
}

func state[E any](want E, call func(c *rest.Client) (E, error)) reading {
	return reading{same: true, want: want, call: func(_ *testing.T, c *rest.Client) (any, error) { return call(c) }}
}

func stamp(t *testing.T, body string) events.Timestamp {
	t.Helper()
	var answer struct {
		Timestamp time.Time `json:"timestamp"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &answer))
	return events.Timestamp{Time: answer.Timestamp.UTC()}
}

// recent are the finals that the two nodes list, which store in memory.
func recent(t *testing.T, body string) []string {
	t.Helper()
	var answer struct {
		Recent []struct {
			ID string `json:"message_id"`
		} `json:"recent_finalizations"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &answer))
	var ids []string
	for _, r := range answer.Recent {
		ids = append(ids, r.ID)
	}
	require.NotEmpty(t, ids)
	return ids
}

func axis(number, radius uint64) events.DiversityAxis {
	return events.DiversityAxis{Axis: number, Radius: radius, DistinctBalls: 1, RequiredDiversity: 1, MeetsRequirement: true}
}

// readings says what becomes of each of a node's 56 recordings.
func readings(t *testing.T, n facts, r []recording) []reading {
	ctx := t.Context()
	upper := strings.ToUpper(n.first)
	range2020 := "body" // a list, but not what is asked for here
	return []reading{
		0: state(n.tips, func(c *rest.Client) ([]string, error) { return c.Tips(ctx, rest.Fact) }),
		1: foreign("body"),
		2: foreign("body"),
		3: foreign("body"),
		4: foreign("body"),
		5: foreign("body"),
		6: state(events.DiversityUpdated{
			DiversityScore: 1, Axes: []events.DiversityAxis{axis(0, 2), axis(1, 2), axis(2, 1)},
			TotalTips: 2, Timestamp: stamp(t, r[6].Body),
		}, func(c *rest.Client) (events.DiversityUpdated, error) { return c.Diversity(ctx, rest.State) }),
		7: state(events.EnergyUpdated{Timestamp: stamp(t, r[7].Body)}, func(c *rest.Client) (events.EnergyUpdated, error) {
			return c.Energy(ctx, rest.State)
		}),
		8: state(rest.KCore{
			KCoreUpdated: events.KCoreUpdated{FinalizedCount: 6, PendingCount: 6, CurrentKValue: 1, Timestamp: stamp(t, r[8].Body)},
			Recent:       recent(t, r[8].Body),
		}, func(c *rest.Client) (rest.KCore, error) { return c.KCore(ctx, rest.Fact) }),
		9: state(events.AdmissibilityUpdated{
			C1Rate: 1, C2Rate: 1, C3Rate: 1, OverallRate: 1, SampleSize: 1, Timestamp: stamp(t, r[9].Body),
		}, func(c *rest.Client) (events.AdmissibilityUpdated, error) {
			e, sampled, err := c.Admissibility(ctx, rest.State)
			assert.True(t, sampled)
			return e, err
		}),
		10: foreign("body"),
		11: foreign("body"),
		12: {same: true, want: deposits(t, r[12].Body), call: func(_ *testing.T, c *rest.Client) (any, error) {
			return c.Deposits(ctx, rest.Fact)
		}},
		13: foreign("body"),
		14: foreign("404 "),
		15: foreign(n.peers),
		16: foreign("body"),
		17: foreign("body"), // with 18: TestEconomics
		18: foreign("body"),
		19: foreign("body"),
		20: message(n.first, found{r[20].messages(t, true)[0], true}, ""),
		21: message(zeros, found{}, ""),
		22: message("xyz", nil, "400 "),
		23: message(upper, found{r[20].messages(t, true)[0], true}, ""),
		24: bulkOf(true, []string{n.first, n.second, zeros, "xyz"}, bulk{r[24].messages(t, false), []string{zeros, "xyz"}}, ""),
		25: bulkOf(true, []string{""}, bulk{}, ""),
		26: bulkOf(false, []string{n.first}, nil, "400 Failed to deserialize query string: missing field `ids`"),
		27: bulkOf(false, []string{n.first}, nil, "400 Too many IDs requested. Maximum is 1000"),
		28: sinceOf(n.first, 0, false, rest.Page{Messages: r[28].messages(t, false)}, ""),
		29: sinceOf(n.first, 1, true, rest.Page{Messages: r[29].messages(t, false), Full: true}, ""),
		30: sinceOf(n.first, 2, false, rest.Page{}, ""),
		31: sinceOf(n.first, 500, false, rest.Page{Messages: r[28].messages(t, false)}, ""),
		32: sinceOf(zeros, 0, false, rest.Page{}, ""),
		33: sinceOf("xyz", 0, false, nil, "400 Invalid checkpoint ID"),
		34: foreign(range2020),
		35: foreign(range2020),
		36: foreign(range2020),
		37: foreign("400 Failed to deserialize query string: invalid digit found in string"),
		38: foreign("400 Invalid start timestamp"),
		39: foreign("400 Failed to deserialize query string: missing field `end`"),
		40: foreign("400 Invalid start timestamp"),
		41: foreign(range2020),
		42: foreign(range2020),
		43: finality(n.first, rest.Finality{Final: true, Type: events.FinalityKCore}, ""),
		44: finality(upper, rest.Finality{Final: true, Type: events.FinalityKCore}, ""),
		45: finality(zeros, rest.Finality{}, ""),
		46: finality("xyz", nil, "400 "),
		47: foreign("404 "),
		48: foreign("404 "),
		49: foreign("404 "),
		50: foreign("404 "),
		51: foreign("404 "),
		52: foreign("400 Connection header did not include 'upgrade'"),
		53: foreign("400 Failed to deserialize query string: provided string was not `true` or `false`"),
		54: foreign("400 Failed to deserialize query string: duplicate field `events`"),
		55: foreign(n.openAPI),
	}
}

func deposits(t *testing.T, body string) []rest.Deposit {
	t.Helper()
	var answer struct {
		Recent []map[string]any `json:"recent_deposits"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &answer))
	statuses := map[string]string{"Refunded": "refunded", "Escrowed": "escrowed"}
	var list []rest.Deposit
	for _, d := range answer.Recent {
		list = append(list, rest.Deposit{MessageID: d["message_id"].(string), Status: statuses[d["status"].(string)]})
	}
	require.NotEmpty(t, list)
	return list
}

// Every answer that was recorded becomes the right value or the right error.
func TestRecorded(t *testing.T) {
	for name, n := range nodes {
		rows := recordings(t, name)
		table := readings(t, n, rows)
		require.Len(t, rows, 56)
		require.Len(t, table, len(rows))
		for i, row := range rows {
			t.Run(name+" "+strings.ReplaceAll(row.target(), "/", " ")[:min(40, len(row.target()))], func(t *testing.T) {
				want := table[i]
				server := row.server()
				got, err := want.call(t, server.client(t))
				if want.same {
					assert.Equal(t, row.target(), server.targets()[0], "row %d", i)
				}
				switch want.fail {
				case "":
					require.NoError(t, err, "row %d", i)
					assert.Equal(t, want.want, got, "row %d", i)
				case "body":
					var body *rest.BodyError
					require.ErrorAs(t, err, &body, "row %d", i)
					assert.NotEmpty(t, body.Head)
					assert.True(t, strings.HasPrefix(row.Body, string(body.Head)), "row %d", i)
				default:
					var status *rest.StatusError
					require.ErrorAs(t, err, &status, "row %d", i)
					code, reason, _ := strings.Cut(want.fail, " ")
					assert.Equal(t, row.Status, status.Status, "row %d", i)
					assert.Contains(t, status.Error(), "unexpected status "+code, "row %d", i)
					assert.Equal(t, reason, status.Reason(), "row %d", i)
				}
			})
		}
	}
}

// A 404 to the question about one id is an answer about the id, any other 404 one
// about the server.
func TestRecordedMissing(t *testing.T) {
	for name := range nodes {
		for _, row := range recordings(t, name) {
			client := row.server().client(t)
			_, err := client.Tips(t.Context(), rest.Fact)
			assert.Equal(t, row.Status == http.StatusNotFound, rest.Missing(err), row.Request)
			_, _, err = client.Message(t.Context(), rest.Fact, zeros)
			assert.False(t, rest.Missing(err), row.Request)
			_, err = client.Finality(t.Context(), rest.Fact, zeros)
			assert.False(t, rest.Missing(err), row.Request)
		}
	}
}

// Amounts come as the stream prints them, and the treasury's live balance wins.
func TestEconomics(t *testing.T) {
	for name := range nodes {
		rows := recordings(t, name)
		supply, treasury := rows[17], rows[18]
		require.Equal(t, "/v1/economics/supply", supply.target())
		require.Equal(t, "/v1/economics/treasury", treasury.target())
		bodies := map[string]string{
			"/v1/economics/supply":   supply.Body,
			"/v1/economics/treasury": strings.Replace(treasury.Body, "60000000.000000000", "59999999.100000000", 1),
		}
		server := routes(bodies)
		e, err := server.client(t).Economics(t.Context(), rest.State)
		require.NoError(t, err)
		assert.False(t, e.Timestamp.IsZero())
		e.Timestamp = events.Timestamp{}
		want := events.EconomicsUpdated{TotalSupply: "310000000", CirculatingSupply: "300000000", TreasuryBalance: "59999999.1"}
		assert.Equal(t, want, e)
		assert.Equal(t, []string{"/v1/economics/supply", "/v1/economics/treasury"}, server.targets())

		// A server without the second answer has the first one's balance.
		delete(bodies, "/v1/economics/treasury")
		e, err = server.client(t).Economics(t.Context(), rest.State)
		require.NoError(t, err)
		assert.Equal(t, "60000000", e.TreasuryBalance)
	}
}
