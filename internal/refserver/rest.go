package refserver

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
)

// restOptions say how the REST half answers. The zero value is a node 0.3.0 on
// its default store, except that depths are true.
type restOptions struct {
	guide           bool             // the guide's paths without /v1 too; events are counted once
	now             func() time.Time // the server's clock; nil: time.Now
	version         string           // "": "0.3.0"
	websocketOff    bool             // health/streaming says so
	sseOff          bool             // health/streaming says so
	memoryStore     bool             // as a node with its store in memory: finals are listed and counted
	forgetPeerDepth bool             // depth 0 for messages that came from a peer: a node's untruth
}

// restHandler answers every request that is not a stream, out of the ledger. It
// keeps no state of its own.
type restHandler struct {
	ledger  *ledger.Ledger
	stats   func() Stats
	options restOptions
	exact   map[string]restRoute
	params  map[string]restRoute // by the path up to the last segment, which is the parameter
}

// A restRoute answers one request; param is the last segment of the path where that
// is a parameter.
type restRoute func(w http.ResponseWriter, r *http.Request, param string)

// newREST returns the REST half of a server: 404 for what it does not know, the
// streams among it.
func newREST(l *ledger.Ledger, stats func() Stats, options restOptions) http.Handler {
	if options.now == nil {
		options.now = time.Now
	}
	if options.version == "" {
		options.version = "0.3.0"
	}
	h := &restHandler{ledger: l, stats: stats, options: options}
	h.exact = map[string]restRoute{
		"/v1/tips":                   h.tips,
		"/v1/messages/bulk":          h.bulk,
		"/v1/messages/range":         h.between,
		"/v1/finality/kcore/metrics": h.kcore,
		"/v1/conflicts":              h.conflicts,
		"/v1/energy":                 h.energy,
		"/v1/diversity":              h.diversity,
		"/v1/admissibility":          h.admissibility,
		"/v1/economics/supply":       h.supply,
		"/v1/economics/treasury":     h.treasury,
		"/v1/status":                 h.status,
		"/v1/statistics":             h.statistics,
		"/v1/deposits":               h.deposits,
		"/v1/health":                 h.health,
		"/v1/health/streaming":       h.healthStreaming,
		"/v1/metrics":                h.metrics,
	}
	h.params = map[string]restRoute{
		"/v1/messages/":       h.message,
		"/v1/messages/since/": h.since,
		"/v1/finality/":       h.finality,
		"/v1/conflicts/":      h.conflict,
		"/v1/deposits/":       h.deposit,
	}
	if options.guide {
		h.exact["/tips"] = h.tips
		h.exact["/health"] = h.health
		h.exact["/metrics"] = h.metrics
		h.params["/messages/since/"] = h.since
	}
	return h
}

// maxTarget is the longest request target that a node's HTTP library takes.
const maxTarget = 65534

// ServeHTTP implements http.Handler.
func (h *restHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Not left to the library: the head of an answer is where a client learns
	// the server's clock, and that clock may be wrong on purpose.
	w.Header().Set("Date", h.now().Format(http.TimeFormat))
	if len(r.RequestURI) > maxTarget {
		replyEmpty(w, http.StatusRequestURITooLong)
		return
	}
	do, param := h.route(r.URL.EscapedPath())
	switch {
	case do == nil:
		replyEmpty(w, http.StatusNotFound)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET,HEAD")
		replyEmpty(w, http.StatusMethodNotAllowed)
	default:
		do(w, r, param)
	}
}

// route finds what answers a path: exact paths first, then those whose last
// segment is a parameter. A slash at the end makes another path.
func (h *restHandler) route(path string) (do restRoute, param string) {
	if do = h.exact[path]; do != nil {
		return do, ""
	}
	last := strings.LastIndexByte(path, '/') + 1
	param, err := url.PathUnescape(path[last:])
	if err != nil || param == "" {
		return nil, ""
	}
	return h.params[path[:last]], param
}

func (h *restHandler) now() time.Time { return h.options.now().UTC() }

// timestamp is the "timestamp" of state answers: now at the server.
func (h *restHandler) timestamp() string { return rfc3339(h.now()) }

// rfc3339 spells a time as a node does: never "Z", and a fraction of 0, 3, 6 or
// 9 digits.
func rfc3339(t time.Time) string {
	layout := "2006-01-02T15:04:05"
	switch ns := t.Nanosecond(); {
	case ns == 0:
	case ns%1e6 == 0:
		layout += ".000"
	case ns%1e3 == 0:
		layout += ".000000"
	default:
		layout += ".000000000"
	}
	return t.UTC().Format(layout + "-07:00")
}

// reply answers 200 with JSON.
func reply(w http.ResponseWriter, body any) { replyJSON(w, http.StatusOK, body) }

func replyJSON(w http.ResponseWriter, status int, body any) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		replyEmpty(w, http.StatusInternalServerError)
		return
	}
	replyBytes(w, status, "application/json", bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
}

// replyError answers with {"error": …}, one of the three forms in which a node
// refuses; replyEmpty and replyBadQuery are the others.
func replyError(w http.ResponseWriter, status int, text string) { //nolint:unparam // a call shows its status, as with replyEmpty
	replyJSON(w, status, struct {
		Error string `json:"error"`
	}{text})
}

// replyBadQuery answers 400 in plain text: the query could not be read.
func replyBadQuery(w http.ResponseWriter, cause string) {
	replyBytes(w, http.StatusBadRequest, "text/plain; charset=utf-8",
		[]byte("Failed to deserialize query string: "+cause))
}

// replyEmpty answers with a status and nothing else.
func replyEmpty(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(status)
}

// replyBytes answers in one piece: a node never sends a REST answer in chunks.
func replyBytes(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) //nolint:gosec // JSON or text by its type, and a client that is gone needs no answer
}
