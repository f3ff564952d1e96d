package refserver

import (
	"net/http"
	"strings"

	"github.com/adic/adic-go/internal/refserver/ledger"
)

// messageJSON is a message as all four message endpoints show it. Keys are in
// alphabetical order here and in most answers, because a node's are.
type messageJSON struct {
	Content   []byte       `json:"content"`
	Depth     uint32       `json:"depth"`
	Features  featuresJSON `json:"features"`
	ID        string       `json:"id"`
	Parents   []string     `json:"parents"`
	Proposer  string       `json:"proposer"`
	Signature string       `json:"signature"`
	Timestamp string       `json:"timestamp"`
}

type featuresJSON struct {
	Axes []featureJSON `json:"axes"`
}

type featureJSON struct {
	Axis   uint32   `json:"axis"`
	Digits []uint16 `json:"digits"` // not bytes: those would become base64
	P      uint32   `json:"p"`
}

func (h *restHandler) toJSON(m ledger.Message) messageJSON {
	out := messageJSON{
		Content:   m.Content,
		Depth:     m.Depth,
		ID:        m.ID,
		Parents:   m.Parents,
		Proposer:  m.Proposer,
		Signature: m.Signature,
		Timestamp: rfc3339(m.Timestamp),
	}
	if h.options.forgetPeerDepth && !m.Own {
		out.Depth = 0
	}
	for _, a := range m.Axes {
		f := featureJSON{Axis: a.Axis, P: a.P}
		for _, d := range a.Digits {
			f.Digits = append(f.Digits, uint16(d))
		}
		out.Features.Axes = append(out.Features.Axes, f)
	}
	return out
}

func (h *restHandler) list(found []ledger.Message) []messageJSON {
	out := make([]messageJSON, len(found))
	for i, m := range found {
		out[i] = h.toJSON(m)
	}
	return out
}

func (h *restHandler) tips(w http.ResponseWriter, _ *http.Request, _ string) {
	reply(w, struct {
		Tips []string `json:"tips"`
	}{h.ledger.Tips()})
}

func (h *restHandler) message(w http.ResponseWriter, _ *http.Request, param string) {
	id, ok := parseID(param)
	if !ok {
		replyEmpty(w, http.StatusBadRequest)
		return
	}
	m, held := h.ledger.Message(id)
	if !held {
		replyEmpty(w, http.StatusNotFound)
		return
	}
	reply(w, h.toJSON(m))
}

// bulk answers /v1/messages/bulk. What is no id is "not found", as typed.
func (h *restHandler) bulk(w http.ResponseWriter, r *http.Request, _ string) {
	found, cause := queryFields(r.URL.RawQuery, "ids")
	joined, given := found["ids"]
	if cause == "" && !given {
		cause = "missing field `ids`"
	}
	if cause != "" {
		replyBadQuery(w, cause)
		return
	}
	wanted := strings.Split(joined, ",")
	if len(wanted) > maxPage {
		replyError(w, http.StatusBadRequest, "Too many IDs requested. Maximum is 1000")
		return
	}
	body := struct {
		Messages []messageJSON `json:"messages"`
		NotFound []string      `json:"not_found"`
	}{[]messageJSON{}, []string{}}
	for _, want := range wanted {
		want = strings.TrimSpace(want)
		id, _ := parseID(want)
		if m, held := h.ledger.Message(id); held {
			body.Messages = append(body.Messages, h.toJSON(m))
		} else {
			body.NotFound = append(body.NotFound, want)
		}
	}
	reply(w, body)
}

// since answers /v1/messages/since/{id}. An anchor that is not known is no
// error: the answer is the same as for "nothing new".
func (h *restHandler) since(w http.ResponseWriter, r *http.Request, param string) {
	anchor, ok := parseID(param)
	if !ok {
		replyError(w, http.StatusBadRequest, "Invalid checkpoint ID")
		return
	}
	limit := maxPage
	queryPairs(r.URL.RawQuery, func(name, value string) string {
		if name == "limit" {
			var cause string
			if limit, cause = parseLimit(value); cause != "" {
				limit = maxPage // garbage is no error here
			}
		}
		return ""
	})
	found := h.list(h.ledger.Since(anchor, limit))
	reply(w, struct {
		Count    int           `json:"count"`
		Messages []messageJSON `json:"messages"`
	}{len(found), found})
}

// between answers /v1/messages/range, traps included: an empty page of limit 0
// says that there is more, and a malformed cursor begins at page one again.
func (h *restHandler) between(w http.ResponseWriter, r *http.Request, _ string) {
	got, cause := queryFields(r.URL.RawQuery, "start", "end", "limit", "cursor")
	for _, name := range []string{"start", "end"} {
		if _, given := got[name]; cause == "" && !given {
			cause = "missing field `" + name + "`"
		}
	}
	if cause != "" {
		replyBadQuery(w, cause)
		return
	}
	start, ok := parseTime(got["start"])
	if !ok {
		replyError(w, http.StatusBadRequest, "Invalid start timestamp")
		return
	}
	end, ok := parseTime(got["end"])
	if !ok {
		replyError(w, http.StatusBadRequest, "Invalid end timestamp")
		return
	}
	limit := maxPage
	if s, given := got["limit"]; given {
		limit, _ = parseLimit(s) // read once before
	}
	cursor, _ := parseID(got["cursor"])
	found := h.list(h.ledger.Range(start, end, limit, cursor))
	body := struct {
		HasMore    bool          `json:"has_more"`
		Messages   []messageJSON `json:"messages"`
		NextCursor *string       `json:"next_cursor"`
	}{HasMore: len(found) >= limit, Messages: found}
	if n := len(found); body.HasMore && n > 0 {
		body.NextCursor = &found[n-1].ID
	}
	reply(w, body)
}
