package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/metrics"
	"github.com/adic/adic-go/subscription/events"
)

// A printer shows what happens. The manager calls it from one goroutine.
type printer interface {
	event(ctx context.Context, env events.Envelope) error
	state(c client.Change)
	stats(s metrics.Snapshot)
}

// text prints for people.
type text struct {
	out  io.Writer
	node string
}

func (t *text) event(_ context.Context, env events.Envelope) error {
	if env.Type == events.TypeGap {
		gap, err := events.Decode[events.Gap](env)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "%-20s %v\n", env.Type, gap)
		return nil
	}
	fmt.Fprintf(t.out, "%-20s %s (%v)\n", env.Type, brief(env.Data), env.Origin)
	return nil
}

func (t *text) state(c client.Change) {
	switch c.To {
	case client.Connecting:
		t.because(c.Err)
		fmt.Fprintf(t.out, "-- connecting to %s by %v\n", t.node, c.Transport)
	case client.Connected:
		fmt.Fprintf(t.out, "-- connected by %v\n", c.Transport)
	case client.Waiting:
		t.because(c.Err)
		fmt.Fprintf(t.out, "-- waiting: next try at %s, in %v\n",
			c.RetryAt.Format(time.TimeOnly), c.RetryAt.Sub(c.At).Round(100*time.Millisecond))
	case client.Closed:
		fmt.Fprintln(t.out, "-- closed")
	case client.Idle:
	}
}

func (t *text) because(err error) {
	if err != nil {
		fmt.Fprintf(t.out, "-- %v\n", err)
	}
}

func (t *text) stats(s metrics.Snapshot) { fmt.Fprintln(t.out, s) }

// brief shows the fields of a payload on one line, long values cut.
func brief(data json.RawMessage) string {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if _, err := decoder.Token(); err != nil {
		return string(data)
	}
	var fields []string
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			break
		}
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			break
		}
		if key != "type" { // the guide's form repeats it
			fields = append(fields, fmt.Sprintf("%v=%s", key, shorten(value)))
		}
	}
	return strings.Join(fields, " ")
}

// shorten cuts ids and lists to what the eye takes in.
func shorten(value json.RawMessage) string {
	const idLength = 12
	var list []json.RawMessage
	if json.Unmarshal(value, &list) == nil && len(list) > 0 {
		more := ""
		if len(list) > 1 {
			more = fmt.Sprintf(" … %d", len(list))
		}
		return "[" + shorten(list[0]) + more + "]"
	}
	s := strings.Trim(string(value), `"`)
	if len(s) == 64 {
		return s[:idLength] + "…"
	}
	return s
}

// lines prints for programs: one JSON object per line, told apart by kind.
type lines struct{ encoder *json.Encoder }

func newLines(out io.Writer) *lines {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return &lines{encoder: encoder}
}

func (l *lines) event(_ context.Context, env events.Envelope) error {
	if env.Type == events.TypeGap {
		return l.encoder.Encode(struct {
			Kind string          `json:"kind"`
			Data json.RawMessage `json:"data"`
		}{"gap", env.Data})
	}
	return l.encoder.Encode(struct {
		Kind     string          `json:"kind"`
		Type     events.Type     `json:"type"`
		Origin   string          `json:"origin"`
		Received time.Time       `json:"received"`
		Data     json.RawMessage `json:"data"`
	}{"event", env.Type, env.Origin.String(), env.Received, env.Data})
}

func (l *lines) state(c client.Change) {
	line := struct {
		Kind      string     `json:"kind"`
		From      string     `json:"from"`
		To        string     `json:"to"`
		Transport string     `json:"transport"`
		At        time.Time  `json:"at"`
		RetryAt   *time.Time `json:"retry_at,omitempty"`
		Error     string     `json:"error,omitempty"`
	}{Kind: "state", From: c.From.String(), To: c.To.String(), Transport: c.Transport.String(), At: c.At}
	if !c.RetryAt.IsZero() {
		line.RetryAt = &c.RetryAt
	}
	if c.Err != nil {
		line.Error = c.Err.Error()
	}
	_ = l.encoder.Encode(line) // a closed pipe ends the program by its signal
}

func (l *lines) stats(s metrics.Snapshot) {
	_ = l.encoder.Encode(struct {
		Kind             string `json:"kind"`
		metrics.Snapshot        //nolint:embeddedstructfieldcheck // kind comes first on the line
	}{"stats", s})
}
