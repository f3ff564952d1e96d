package source

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// A message is what REST says of one.
type message struct {
	Content   string   `json:"content"`
	Depth     uint64   `json:"depth"`
	ID        string   `json:"id"`
	Parents   []string `json:"parents"`
	Timestamp string   `json:"timestamp"`
}

// Keys that several answers have.
const (
	messages = "messages"
	stamped  = "timestamp"
)

const pageSize = 500 // a node's is larger; none of the benchmarks reaches it

// rest answers as a node that has what it told on the stream.
func (s *session) rest(w http.ResponseWriter, r *http.Request, path string) {
	switch what, rest, _ := strings.Cut(strings.TrimPrefix(path, "v1/"), "/"); {
	case what == "tips":
		next := s.next.Load()
		var tips []string
		for n := next - traffic.RESTTips; n < next; n++ {
			tips = append(tips, traffic.ID(n))
		}
		answer(w, map[string]any{"tips": tips})
	case what == messages && rest == "bulk":
		s.bulk(w, strings.Split(r.URL.Query().Get("ids"), ","))
	case what == messages && strings.HasPrefix(rest, "since/"):
		s.since(w, strings.TrimPrefix(rest, "since/"), r.URL.Query().Get("limit"))
	case what == messages:
		if n, ok := s.has(rest); ok {
			answer(w, s.message(n))
			return
		}
		http.NotFound(w, r)
	case what == "finality" && rest == "kcore/metrics":
		answer(w, map[string]any{
			"current_stats": map[string]uint64{"finalized_count": s.finals.Load(), "pending_count": 0},
			"parameters":    map[string]int{"required_k": traffic.RESTK}, "recent_finalizations": []string{}, stamped: now(),
		})
	case what == "finality":
		n, ok := s.has(rest)
		answer(w, map[string]any{"message_id": rest, "f1_finalized": ok && traffic.Final(n), "f2_h3_stable": nil, stamped: now()})
	default:
		s.state(w, r, what)
	}
}

// state answers what a poll reads beside the facts.
func (s *session) state(w http.ResponseWriter, r *http.Request, what string) {
	switch what {
	case "diversity":
		answer(w, map[string]any{"diversity_score": 0.5, "axes": []string{}, "total_tips": traffic.History, stamped: now()})
	case "energy":
		answer(w, map[string]any{
			"total_conflicts": traffic.RESTConflicts, "resolved_conflicts": 0, "active_conflicts": []string{}, "total_energy": 0.0, stamped: now(),
		})
	case "admissibility":
		answer(w, map[string]any{
			"constraint_rates": map[string]float64{"c1_proximity": 1, "c2_diversity": 1, "c3_reputation": 1, "overall": 1},
			"sample_size":      100, stamped: now(),
		})
	default:
		http.NotFound(w, r)
	}
}

// has returns the number of a message that was told.
func (s *session) has(id string) (uint64, bool) {
	n, ok := traffic.Number(id)
	return n, ok && n < s.next.Load()
}

func (s *session) message(n uint64) message {
	m := message{
		Content: "aGVsbG8=", Depth: n / traffic.History, ID: traffic.ID(n), Parents: []string{},
		Timestamp: s.when(n).UTC().Format(time.RFC3339Nano),
	}
	if n >= s.history {
		const parents = 4
		for i := range uint64(parents) {
			m.Parents = append(m.Parents, traffic.ID(n-1-i))
		}
	}
	return m
}

func (s *session) bulk(w http.ResponseWriter, ids []string) {
	found, missing := []message{}, []string{}
	for _, id := range ids {
		if n, ok := s.has(id); ok {
			found = append(found, s.message(n))
		} else {
			missing = append(missing, id)
		}
	}
	answer(w, map[string]any{messages: found, "not_found": missing})
}

// since lists what is not older than the anchor, as a node does.
func (s *session) since(w http.ResponseWriter, anchor, limit string) {
	most, err := strconv.Atoi(limit)
	if err != nil {
		most = pageSize
	}
	found := []message{}
	if from, ok := s.has(anchor); ok {
		at := s.when(from).UnixMilli()
		first := from
		for first > 0 && s.when(first-1).UnixMilli() == at {
			first--
		}
		for n := first; n < s.next.Load() && len(found) < most; n++ {
			if n != from {
				found = append(found, s.message(n))
			}
		}
	}
	answer(w, map[string]any{"count": len(found), messages: found})
}

func now() string { return time.Now().UTC().Format(time.RFC3339Nano) }

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) //nolint:errchkjson // a client that has gone is no mistake
}
