package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/adic/adic-go/internal/refserver"
)

const faultUsage = "something that goes wrong, `[WHEN:]WHAT[:PART][:NUMBER]`; may be repeated.\n" +
	"WHEN: how long after the start, such as 30s; 30s+ means every 30 s. PART: websocket, sse, rest, streams, all.\n" +
	"WHAT: refuse:PART:STATUS, away:PART (no answer, live connections end), portal:PART, heal:PART (ends the faults of PART),\n" +
	"drop:PART (FIN), reset:PART (RST), freeze:PART, mute:PART (nothing behind the head), die:PART:EVENTS, drip:PART:BYTES (a second),\n" +
	"hold:PART:BYTES (as a buffering proxy), dead (the main loop), alive, garble:EVENTS, duplicate:EVENTS, swap:PAIRS, oversize:BYTES,\n" +
	"restart, history:SEED (another, empty ledger)"

// A script is the faults in the order of the flags. It is a flag.Value.
type script []fault

// A fault happens at a time after the start, once or again and again.
type fault struct {
	after time.Duration
	again bool
	spec  string
	do    func(*refserver.Server)
}

// String implements flag.Value.
func (s *script) String() string {
	specs := make([]string, len(*s))
	for i, f := range *s {
		specs[i] = f.spec
	}
	return strings.Join(specs, " ")
}

// Set implements flag.Value.
func (s *script) Set(spec string) error {
	f, err := parseFault(spec)
	if err != nil {
		return err
	}
	*s = append(*s, f)
	return nil
}

// run makes the faults happen until ctx ends or there are no more.
func (s *script) run(ctx context.Context, server *refserver.Server) {
	type event struct {
		fault

		at time.Duration
	}
	agenda := make([]event, len(*s))
	for i, f := range *s {
		agenda[i] = event{f, f.after}
	}
	begun := time.Now()
	for len(agenda) > 0 {
		next := 0
		for i, e := range agenda {
			if e.at < agenda[next].at {
				next = i
			}
		}
		if !sleep(ctx, agenda[next].at-time.Since(begun)) {
			return
		}
		agenda[next].do(server)
		if agenda[next].again {
			agenda[next].at += agenda[next].after
		} else {
			agenda = slices.Delete(agenda, next, next+1)
		}
	}
}

// sleep reports whether the time has passed; false if ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// parts are the names of what a fault can hit.
var parts = map[string]refserver.Part{
	"websocket": refserver.WebSocket,
	"sse":       refserver.SSE,
	"rest":      refserver.REST,
	"streams":   refserver.Streams,
	"all":       refserver.All,
}

// An action is one WHAT: what it needs, and what it does.
type action struct {
	part, number bool
	do           func(s *refserver.Server, p refserver.Part, n int)
}

// actions are all WHATs by name.
var actions = map[string]action{
	"refuse": {true, true, func(s *refserver.Server, p refserver.Part, n int) {
		s.Refuse(p, refserver.Answer{Status: n, Body: http.StatusText(n)})
	}},
	"away":      {true, false, func(s *refserver.Server, p refserver.Part, _ int) { s.TakeAway(p, refserver.Answer{}) }},
	"portal":    {true, false, func(s *refserver.Server, p refserver.Part, _ int) { s.TakeAway(p, refserver.Portal()) }},
	"heal":      {true, false, func(s *refserver.Server, p refserver.Part, _ int) { s.Heal(p) }},
	"drop":      {true, false, func(s *refserver.Server, p refserver.Part, _ int) { s.Drop(p) }},
	"reset":     {true, false, func(s *refserver.Server, p refserver.Part, _ int) { s.Reset(p) }},
	"freeze":    {true, false, func(s *refserver.Server, p refserver.Part, _ int) { s.Freeze(p) }},
	"mute":      {true, false, func(s *refserver.Server, p refserver.Part, _ int) { s.Mute(p) }},
	"die":       {true, true, func(s *refserver.Server, p refserver.Part, n int) { s.DieAfter(p, n) }},
	"drip":      {true, true, func(s *refserver.Server, p refserver.Part, n int) { s.Drip(p, n, time.Second) }},
	"hold":      {true, true, func(s *refserver.Server, p refserver.Part, n int) { s.Hold(p, n) }},
	"dead":      {false, false, func(s *refserver.Server, _ refserver.Part, _ int) { s.Dead(true) }},
	"alive":     {false, false, func(s *refserver.Server, _ refserver.Part, _ int) { s.Dead(false) }},
	"garble":    {false, true, func(s *refserver.Server, _ refserver.Part, n int) { s.Garble(n) }},
	"duplicate": {false, true, func(s *refserver.Server, _ refserver.Part, n int) { s.Duplicate(n) }},
	"swap":      {false, true, func(s *refserver.Server, _ refserver.Part, n int) { s.Swap(n) }},
	"oversize":  {false, true, func(s *refserver.Server, _ refserver.Part, n int) { s.Oversize(n) }},
	"restart":   {false, false, func(s *refserver.Server, _ refserver.Part, _ int) { s.Restart() }},
	"history":   {false, true, func(s *refserver.Server, _ refserver.Part, n int) { s.NewHistory(uint64(n)) }},
}

// parseFault reads one fault.
func parseFault(spec string) (fault, error) {
	f := fault{spec: spec}
	words := strings.Split(spec, ":")
	shift := func() (word string) {
		if len(words) > 0 {
			word, words = words[0], words[1:]
		}
		return word
	}
	when, again := strings.CutSuffix(words[0], "+")
	if d, err := time.ParseDuration(when); err == nil {
		if d < 0 || again && d == 0 {
			return fault{}, fmt.Errorf("%q: want a time after the start, such as 30s", words[0])
		}
		f.after, f.again = d, again
		shift()
	}
	name := shift()
	a, ok := actions[name]
	if !ok {
		return fault{}, fmt.Errorf("%q: want one of %s", name, keys(actions))
	}
	var p refserver.Part
	if a.part {
		word := shift()
		if p, ok = parts[word]; !ok {
			return fault{}, fmt.Errorf("%s:%s: want one of %s", name, word, keys(parts))
		}
	}
	n := 0
	if a.number {
		var err error
		if n, err = number(name, shift()); err != nil {
			return fault{}, err
		}
	}
	if len(words) > 0 {
		return fault{}, fmt.Errorf("%s: %q is too much", name, strings.Join(words, ":"))
	}
	f.do = func(s *refserver.Server) { a.do(s, p, n) }
	return f, nil
}

// number reads the number of an action.
func number(name, word string) (int, error) {
	const lowest, highest = 200, 599
	n, err := strconv.Atoi(word)
	switch {
	case err != nil, n < 0:
		return 0, fmt.Errorf("%s: %q: want a number, 0 or more", name, word)
	case name == "refuse" && (n < lowest || n > highest):
		return 0, fmt.Errorf("%s: %q: want an HTTP status from %d to %d", name, word, lowest, highest)
	default:
		return n, nil
	}
}

// keys lists the keys of a map in order.
func keys[V any](m map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}
