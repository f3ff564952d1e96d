package sheet

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// The kinds of rows.
const (
	Simulated = "simulated" // in fake time, over an in-memory network
	Real      = "real"      // over sockets, through real programs
)

// A Row is what one scenario says in one dialect, on one transport. Seconds are
// those of the clock it ran by. In a row that did not run, Skipped says why.
type Row struct {
	Fault     int     `json:"fault"` // its number in Faults
	Name      string  `json:"name"`
	Dialect   string  `json:"dialect"`
	Transport string  `json:"transport"`
	Kind      string  `json:"kind"`
	Seed      uint64  `json:"seed"`
	Seeds     int     `json:"seeds"` // runs that the row sums up
	Sent      int     `json:"sent"`  // facts and notices that were there to be told
	Delivered int     `json:"delivered"`
	Lost      int     `json:"lost"`    // neither delivered nor inside an announced gap
	Doubled   int     `json:"doubled"` // delivered more than once
	Gaps      int     `json:"gaps"`
	Unfounded float64 `json:"gap_seconds_without_fault"`
	Median    float64 `json:"next_median"` // seconds to the next event
	Worst     float64 `json:"next_worst"`
	Leaked    int     `json:"goroutines"` // above those that were there before
	Pass      bool    `json:"pass"`
	Note      string  `json:"note"`
	Skipped   string  `json:"skipped,omitempty"`
}

// Passed reports whether the row holds what is promised: its own criterion, and
// what is promised everywhere.
func (r Row) Passed() bool {
	return r.Skipped == "" && r.Pass && r.Lost == 0 && r.Doubled == 0 && r.Leaked <= 0 && r.Unfounded <= 0
}

// Read reads rows, one JSON object a line.
func Read(from io.Reader) ([]Row, error) {
	var rows []Row
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		var r Row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return rows, fmt.Errorf("row %d: %w", len(rows)+1, err)
		}
		rows = append(rows, r)
	}
	return rows, lines.Err()
}
