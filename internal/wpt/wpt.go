// Package wpt reads the web-platform-tests of event streams, for tests. They are not a
// part of this project; whoever has them names their file:
//
//	ADIC_WPT_CASES=eventsource-cases.json go test ./internal/wire ./internal/transport
package wpt

import (
	"encoding/json"
	"os"
	"testing"
)

// A Case is bytes in and events out.
type Case struct {
	Name        string `json:"name"`
	Connections []struct {
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    []byte            `json:"body_b64"`
	} `json:"connections"`
	Expect struct {
		Events []struct {
			Type string `json:"type"`
			Data string `json:"data"`
			ID   string `json:"last_event_id"`
		} `json:"events"`
		RequestHeaders   []map[string]*string `json:"request_headers"`
		ReconnectAfterMS int64                `json:"reconnect_after_ms"`
		Closed           bool                 `json:"closed"`
	} `json:"expect"`
}

// Run plays each case whole, in single bytes and in pieces of seven. Without the file
// the test is skipped.
func Run(t *testing.T, play func(t *testing.T, c Case, piece int)) {
	t.Helper()
	path := os.Getenv("ADIC_WPT_CASES")
	if path == "" {
		t.Skip("ADIC_WPT_CASES does not name a file of cases")
	}
	text, err := os.ReadFile(path) //nolint:gosec // who runs the test names the file
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []Case `json:"cases"`
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 {
		t.Fatalf("%s: %d cases: %v", path, len(file.Cases), err)
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			for _, piece := range []int{1 << 30, 1, 7} {
				play(t, c, piece)
			}
		})
	}
}
