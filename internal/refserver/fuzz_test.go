package refserver

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzFrames feeds a socket's reader anything: what it returns is well formed,
// and its errors are those of the protocol or of the end.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x81\x82\x00\x00\x00\x00hi"))
	f.Add([]byte("\x01\x81\x00\x00\x00\x00h\x80\x81\x00\x00\x00\x00i"))
	f.Add([]byte("\x81\x02hi"))
	f.Add([]byte("\x88\x80\x01\x02\x03\x04"))
	f.Add([]byte("\x81\xfe\x00\x01\x00\x00\x00\x00x"))
	f.Add([]byte("\x82\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, input []byte) {
		r := wsReader{br: bufio.NewReader(bytes.NewReader(input))}
		for {
			op, payload, err := r.next()
			if err != nil {
				var mistake *protocolError
				switch {
				case errors.As(err, &mistake):
					if !strings.Contains(err.Error(), mistake.what) {
						t.Fatalf("%q does not say %q", err, mistake.what)
					}
				case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
					t.Fatalf("unexpected error %v", err)
				}
				return
			}
			if op == opText && !utf8.Valid(payload) {
				t.Fatalf("invalid UTF-8 %q", payload)
			}
			if op >= opClose && len(payload) > maxControl || op == opContinuation || len(payload) > len(input) {
				t.Fatalf("impossible frame %#x %q", op, payload)
			}
		}
	})
}

// FuzzCommand holds the parser of commands to its promises.
func FuzzCommand(f *testing.F) {
	f.Add([]byte(`{"type":"Subscribe","events":["tips.update"],"extra":1}`))
	f.Add([]byte(`{"type":"Unsubscribe","events":[]}`))
	f.Add([]byte(`{"type":"Ping"}`))
	f.Add([]byte(`{"type":"Subscribe","events":[null]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, ok := parseCommand(text)
		switch {
		case !ok:
			if c.kind != "" || c.events != nil {
				t.Fatalf("a bad command says something: %+v", c)
			}
		case c.kind == "Ping":
		case c.kind != "Subscribe" && c.kind != "Unsubscribe", c.events == nil:
			t.Fatalf("impossible command %+v", c)
		}
	})
}

// FuzzStreamQuery holds the parser of queries to package net/url where that accepts
// the query.
func FuzzStreamQuery(f *testing.F) {
	f.Add("events=all&priority=high&heartbeat=true")
	f.Add("events=%20tips.update%20,+kcore.update")
	f.Add("events=a&events=b")
	f.Add("events=%zz&&=x")
	f.Fuzz(func(t *testing.T, raw string) {
		q, cause := Guide.parseQuery(raw, true)
		values, err := url.ParseQuery(raw)
		if err != nil || strings.Contains(raw, ";") {
			return
		}
		for name, got := range map[string]*string{"events": q.events, "priority": q.priority, "heartbeat": q.heartbeat} {
			switch want := values[name]; {
			case len(want) > 1:
				if cause == "" {
					t.Fatalf("%q: %s came %d times", raw, name, len(want))
				}
			case cause != "":
			case len(want) == 0:
				if got != nil {
					t.Fatalf("%q: %s = %q from nowhere", raw, name, *got)
				}
			case got == nil || *got != want[0]:
				t.Fatalf("%q: %s is %v, want %q", raw, name, got, want[0])
			}
		}
	})
}
