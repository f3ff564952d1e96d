package rest

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
)

// A Health is what a server says about itself. A node whose main loop is dead
// still says that it is healthy.
type Health struct {
	Status  string // "healthy", or what else the server says; never ""
	Version string // "" before 0.1.10
}

// Healthy reports whether the server finds itself healthy.
func (h Health) Healthy() bool { return h.Status == "healthy" || h.Status == "ok" || h.Status == "OK" }

// Health asks the server how it is. An answer with status 503 counts, too, if it
// says a status. Not to be asked in a loop: a node goes through its whole store for it.
func (c *Client) Health(ctx context.Context, class Class) (Health, error) {
	var out Health
	err := c.do(ctx, call{class: class, family: health, path: "/health", unwell: true, decode: func(d *json.Decoder) error {
		var err error
		out, err = decodeHealth(d)
		return err
	}})
	var text *BodyError
	if errors.As(err, &text) && strings.TrimSpace(string(text.Head)) == "OK" { // a node 0.1.9
		return Health{Status: "OK"}, nil
	}
	if err != nil {
		return Health{}, err
	}
	return out, nil
}

func decodeHealth(d *json.Decoder) (Health, error) {
	var answer struct {
		Status  string `json:"status"`
		Version string `json:"version"`
	}
	if err := d.Decode(&answer); err != nil {
		return Health{}, err
	}
	if answer.Status == "" {
		return Health{}, errors.New(`no "status"`)
	}
	return Health{Status: answer.Status, Version: answer.Version}, nil
}

// A Streaming says which streams a server offers. A node's is a constant.
type Streaming struct {
	Status    string // "healthy", or what else the server says
	WebSocket bool
	SSE       bool
}

// Streaming asks which streams there are. Missing is true of the error for
// servers that are too old to have any.
func (c *Client) Streaming(ctx context.Context, class Class) (Streaming, error) {
	type answer struct {
		Status  string `json:"status"`
		Streams *struct {
			Enabled   bool `json:"enabled"`
			WebSocket bool `json:"websocket_enabled"`
			SSE       bool `json:"sse_enabled"`
		} `json:"event_streaming"`
	}
	return read(ctx, c, class, "/health/streaming", func(a answer) (Streaming, error) {
		if a.Streams == nil {
			return Streaming{}, errors.New(`no "event_streaming"`)
		}
		on := a.Streams.Enabled
		return Streaming{Status: a.Status, WebSocket: on && a.Streams.WebSocket, SSE: on && a.Streams.SSE}, nil
	})
}
