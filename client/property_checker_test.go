package client_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// The checker of the scripts is checked by evidence that is made up: what is right
// passes, and each thing that can be wrong is found.

var madeUp = time.Date(2000, time.January, 1, 0, 10, 0, 0, time.UTC) // the connect

func second(n int) time.Time { return madeUp.Add(time.Duration(n) * time.Second) }

func factEnvelope(typ events.Type, id string) events.Envelope {
	return events.Envelope{Type: typ, Data: json.RawMessage(`{"message_id":"` + idOf(id) + `"}`)}
}

// idOf makes an id out of a letter.
func idOf(letter string) string { return strings.Repeat(letter, 64) }

func noticeEnvelope(key string) events.Envelope {
	return events.Envelope{Type: events.TypeTransferRecorded, Data: json.RawMessage(`{"amount":"` + key + `"}`)}
}

func beatEnvelope(n int) events.Envelope {
	return events.Envelope{Type: events.TypeTipsUpdated, Data: json.RawMessage(`{}`), Time: second(n)}
}

// episode is a gap from its opening to its outcome.
func madeUpGap(cause events.GapCause, lane events.Priority, from, to int) []events.Gap {
	opened := events.Gap{Number: uint64(from + 1), Stage: events.GapOpened, Cause: cause, Lane: lane, From: second(from)}
	closed := opened
	closed.Stage, closed.To = events.GapClosed, second(to)
	settled := closed
	settled.Stage, settled.Outcome, settled.Lost = events.GapSettled, events.GapUnrepairable, events.LostUnknown
	return []events.Gap{opened, closed, settled}
}

// rightEvidence is a story without a fault of which nothing is missing: a silent
// message, an ancient one, one that is not final and one that is, a notice, twins,
// and beats each 3 s.
func rightEvidence() *evidence {
	e := &evidence{
		story: &story{
			node: true, connected: madeUp,
			messages: map[string]*happening{
				idOf("a"): {stamp: second(-30), arrived: second(-30), shown: true, final: true, isFinal: true},
				idOf("b"): {stamp: second(-3600), arrived: second(20), shown: true, final: true, isFinal: true},
				idOf("c"): {stamp: second(10), arrived: second(10), shown: true},
				idOf("d"): {stamp: second(-20), arrived: second(40), shown: true, final: true, isFinal: true},
				idOf("e"): {stamp: second(12), arrived: time.Time{}, final: true},
			},
			notices: map[string][]notice{
				"notice 1": {{second(30), events.TypeTransferRecorded}},
				"notice 2": {{second(31), events.TypeTransferRecorded}, {second(31), events.TypeTransferRecorded}},
			},
		},
		states: map[events.Type]string{events.TypeTipsUpdated: "x"},
		last:   map[events.Type]string{events.TypeTipsUpdated: "x"},
	}
	e.envs = []events.Envelope{
		factEnvelope(events.TypeMessageFinalized, "a"),
		factEnvelope(events.TypeMessageAdded, "c"),
		noticeEnvelope("notice 1"), noticeEnvelope("notice 2"), noticeEnvelope("notice 2"),
		factEnvelope(events.TypeMessageAdded, "d"),
		factEnvelope(events.TypeMessageFinalized, "d"),
	}
	for n := 0; n < 60; n += 3 {
		e.envs = append(e.envs, beatEnvelope(n))
	}
	return e
}

// without leaves the n-th envelope out.
func (e *evidence) without(n int) { e.envs = append(e.envs[:n:n], e.envs[n+1:]...) }

func (e *evidence) lose(after, before int) {
	e.story.losses = append(e.story.losses, refserver.Loss{
		Part: refserver.WebSocket, Lane: events.High, After: second(after), Before: second(before),
	})
}

func (e *evidence) fails(kind faultKind, from, to int) {
	e.story.faults = append(e.story.faults, fault{kind, second(from), second(to)})
}

func (e *evidence) tells(gaps []events.Gap) { e.gaps = append(e.gaps, gaps...) }

func TestTheCheckerPassesWhatIsRight(t *testing.T) {
	t.Parallel()
	const high, every = events.High, events.AnyPriority
	for name, change := range map[string]func(*evidence){
		"no fault":                        func(*evidence) {},
		"a silent message that is told":   func(e *evidence) { e.envs = append(e.envs, factEnvelope(events.TypeMessageAdded, "a")) },
		"a pruned message that is told":   func(e *evidence) { e.envs = append(e.envs, factEnvelope(events.TypeMessageAdded, "e")) },
		"an ancient message that is told": func(e *evidence) { e.envs = append(e.envs, factEnvelope(events.TypeMessageAdded, "b")) },
		"a notice in the gap of a fault": func(e *evidence) {
			e.without(2)
			e.fails(faultOutage, 25, 35)
			e.tells(madeUpGap(events.GapByDisconnect, every, 24, 40))
		},
		"a notice lost inside one beat": func(e *evidence) { e.without(2); e.lose(29, 31) },
		"a notice of a switch, doubled": func(e *evidence) {
			again := noticeEnvelope("notice 1")
			again.Received = second(31)
			e.envs = append(e.envs, again)
			e.fails(faultTakeAway, 0, 20)
			e.tells(madeUpGap(events.GapBySwitch, high, 28, 33))
		},
		"notices while polling": func(e *evidence) {
			e.story.polling = true
			e.polled = []span{{second(0), second(90)}}
			e.without(2)
			e.without(2)
			e.without(2)
		},
		"polling, told and never over": func(e *evidence) { e.story.polling = true; e.tells(madeUpGap(events.GapByPolling, every, 0, 9)[:1]) },
		"faults that follow each other": func(e *evidence) {
			e.fails(faultOutage, 10, 20)
			e.fails(faultDrop, 22, 22)
			e.tells(madeUpGap(events.GapByDisconnect, every, 10, 25))
		},
		"a state that nobody can know of": func(e *evidence) { e.story.node = false; e.lose(1, 2); e.last[events.TypeTipsUpdated] = "y" },
		"beats that the client has dropped": func(e *evidence) {
			e.without(2)
			e.lose(29, 31)
			e.envs = append(e.envs[:16:16], e.envs[17:]...) // the beats around it are six seconds apart
			e.fails(faultStall, 20, 40)
			e.tells(madeUpGap(events.GapByOverflow, high, 27, 33))
		},
	} {
		e := rightEvidence()
		change(e)
		assert.Empty(t, e.check(), name)
	}
}

func TestTheCheckerFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	const high, every = events.High, events.AnyPriority
	for name, row := range map[string]struct {
		change func(*evidence)
		want   string
	}{
		"a message is missing":      {func(e *evidence) { e.without(1) }, "MessageAdded is missing"},
		"a late message is missing": {func(e *evidence) { e.without(5) }, "MessageAdded is missing"},
		"a finalization is missing": {func(e *evidence) { e.without(6) }, "MessageFinalized is missing"},
		"one of a silent message":   {func(e *evidence) { e.without(0) }, "MessageFinalized is missing"},
		"a message twice":           {func(e *evidence) { e.envs = append(e.envs, e.envs[1]) }, "MessageAdded came 2 times"},
		"an ancient message twice":  {func(e *evidence) { f := factEnvelope(events.TypeMessageAdded, "b"); e.envs = append(e.envs, f, f) }, "came 2 times"},
		"a finalization twice":      {func(e *evidence) { e.envs = append(e.envs, e.envs[0]) }, "MessageFinalized came 2 times"},
		"a finalization too early":  {func(e *evidence) { e.envs[5], e.envs[6] = e.envs[6], e.envs[5] }, "came before MessageAdded"},
		"a finalization of nothing": {func(e *evidence) { e.envs = append(e.envs, factEnvelope(events.TypeMessageFinalized, "c")) }, "never was final"},
		"a message out of nothing":  {func(e *evidence) { e.envs = append(e.envs, factEnvelope(events.TypeMessageAdded, "f")) }, "a message that never was"},
		"a notice is missing":       {func(e *evidence) { e.without(2) }, "came 0 times, and no gap covers it"},
		"one of twins is missing":   {func(e *evidence) { e.without(3) }, "said 2 times, came 1 times"},
		"a notice twice":            {func(e *evidence) { e.envs = append(e.envs, e.envs[2]) }, "said 1 times, came 2 times"},
		"a notice out of nothing":   {func(e *evidence) { e.envs = append(e.envs, noticeEnvelope("notice 9")) }, "a notice that never was"},
		"a notice of another gap's lane": {func(e *evidence) {
			e.without(2)
			e.fails(faultFreeze, 25, 35)
			e.tells(madeUpGap(events.GapByStall, events.Medium, 24, 40))
		}, "no gap covers it"},
		"a notice after a gap": {func(e *evidence) {
			e.without(2)
			e.fails(faultOutage, 5, 9)
			e.tells(madeUpGap(events.GapByDisconnect, every, 4, 10))
		}, "no gap covers it"},
		"a notice lost in a hole":        {func(e *evidence) { e.without(2); e.lose(29, 31); e.envs = append(e.envs[:15:15], e.envs[17:]...) }, "no gap covers it"},
		"a notice lost, and nobody knew": {func(e *evidence) { e.without(2); e.lose(31, 33) }, "no gap covers it"},
		"polling that is not told":       {func(e *evidence) { e.polled = []span{{second(0), second(90)}}; e.without(2) }, "no gap covers it"},
		"an old state":                   {func(e *evidence) { e.last[events.TypeTipsUpdated] = "y" }, "told y, REST shows x"},
		"no state":                       {func(e *evidence) { delete(e.last, events.TypeTipsUpdated) }, "REST shows x"},
		"a gap without a fault":          {func(e *evidence) { e.tells(madeUpGap(events.GapByDisconnect, every, 4, 10)) }, "no fault explains"},
		"a gap that begins too early": {func(e *evidence) {
			e.fails(faultDrop, 30, 30)
			e.tells(madeUpGap(events.GapByDisconnect, every, 20, 31))
		}, "no fault explains"},
		"a gap that ends too late": {func(e *evidence) {
			e.fails(faultDrop, 30, 30)
			e.tells(madeUpGap(events.GapByDisconnect, every, 29, 45))
		}, "no fault explains"},
		"a gap of another cause": {func(e *evidence) { e.fails(faultDrop, 30, 30); e.tells(madeUpGap(events.GapByHistory, every, 29, 31)) }, "no fault explains"},
		"a gap that is not closed": {func(e *evidence) {
			e.fails(faultDrop, 30, 30)
			e.tells(madeUpGap(events.GapByDisconnect, every, 29, 31)[:1])
		}, "is [opened]"},
		"a gap that is not settled": {func(e *evidence) {
			e.fails(faultDrop, 30, 30)
			e.tells(madeUpGap(events.GapByDisconnect, every, 29, 31)[:2])
		}, "is [opened closed]"},
		"a gap that is opened twice": {func(e *evidence) {
			g := madeUpGap(events.GapByDisconnect, every, 29, 31)
			e.fails(faultDrop, 30, 30)
			e.tells(g[:1])
			e.tells(g)
		}, "is [opened opened closed settled]"},
		"a gap that changes": {func(e *evidence) {
			g := madeUpGap(events.GapByDisconnect, every, 29, 31)
			g[2].Lane = high
			e.fails(faultDrop, 30, 30)
			e.tells(g)
		}, "changes"},
		"a gap without outcome": {func(e *evidence) {
			g := madeUpGap(events.GapByDisconnect, every, 29, 31)
			g[2].Outcome = ""
			e.fails(faultDrop, 30, 30)
			e.tells(g)
		}, "no outcome"},
		"a repaired gap that lost some": {func(e *evidence) {
			g := madeUpGap(events.GapByDisconnect, every, 29, 31)
			g[2].Outcome = events.GapRepaired
			e.fails(faultDrop, 30, 30)
			e.tells(g)
		}, "not unrepairable"},
		"a gap that ends before it began": {func(e *evidence) {
			g := madeUpGap(events.GapByDisconnect, every, 31, 29)
			e.fails(faultDrop, 30, 30)
			e.tells(g)
		}, "ends before"},
	} {
		t.Run(name, func(t *testing.T) {
			e := rightEvidence()
			row.change(e)
			wrong := strings.Join(e.check(), "\n")
			assert.Contains(t, wrong, row.want, strconv.Quote(name))
		})
	}
}

// A script is the same each time, and no two are.
func TestAScriptIsItsSeed(t *testing.T) {
	t.Parallel()
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		quiet := 0
		for seed := range uint64(50) {
			text := newScenario(d, seed).String()
			assert.Equal(t, text, newScenario(d, seed).String())
			assert.NotEqual(t, text, newScenario(d, seed+1).String())
			if !hasFault(text) {
				quiet++
			}
		}
		assert.Greater(t, quiet, 2, "some are without a fault")
		assert.Less(t, quiet, 25, "most have one")
	}
}

func hasFault(text string) bool {
	for kind := range gapsOf {
		if strings.Contains(text, "s "+string(kind)) {
			return true
		}
	}
	return false
}
