package client_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/refserver"
)

// A wanderer makes nodes of a network fail at random, while messages are submitted to
// any of them and reach the others late.
type wanderer struct {
	*network

	rng   *rand.Rand
	late  []delivery
	log   []string
	heals []func() // of the faults that last
}

// A delivery is what a node learns of a peer at a time.
type delivery struct {
	at time.Time
	do func()
}

// second lets one go by.
func (w *wanderer) second() {
	from := w.rng.IntN(len(w.nodes))
	w.serial++
	opts := refserver.AddOptions{Parents: w.nodes[from].Tips(), At: time.Now(), Content: fmt.Append(nil, w.serial)}
	opts.Parents = opts.Parents[:min(len(opts.Parents), 2)]
	id := w.nodes[from].AddMessage(opts)
	final := w.rng.IntN(4) == 0
	if final {
		w.nodes[from].Finalize(id, w.rng.IntN(10) == 0)
	}
	opts.Silent = true
	for i, node := range w.nodes {
		if i == from {
			continue
		}
		at := time.Now().Add(time.Duration(w.rng.IntN(9000)) * time.Millisecond)
		w.late = append(w.late, delivery{at, func() {
			node.AddMessage(opts)
			if final {
				node.Finalize(id, true)
			}
		}})
	}
	w.delivers(time.Now())
	pass(time.Second)
}

// delivers has the nodes learn what they are to learn by now, in order of submission.
func (w *wanderer) delivers(now time.Time) {
	left := w.late[:0]
	for _, d := range w.late {
		if d.at.After(now) {
			left = append(left, d)
		} else {
			d.do()
		}
	}
	w.late = left
}

// fails makes a node fail.
func (w *wanderer) fails(dialect refserver.Dialect) {
	i := w.rng.IntN(len(w.nodes))
	addr, node := host(i)+":80", w.nodes[i]
	name := ""
	switch w.rng.IntN(7) {
	case 0:
		name = "is killed"
		w.net.Refuse(addr, true)
		w.net.Reset(addr)
		w.heals = append(w.heals, func() { w.net.Refuse(addr, false) })
	case 1:
		name = "is cut off"
		w.net.Freeze(addr, true)
		w.heals = append(w.heals, func() { w.net.Freeze(addr, false) })
	case 2:
		name = "is silent"
		node.Dead(dialect == refserver.Node)
		w.heals = append(w.heals, func() { node.Dead(false) })
	case 3:
		name = "drops its streams"
		node.Drop(refserver.Streams)
	case 4:
		name = "has no WebSocket"
		node.TakeAway(refserver.WebSocket, refserver.Answer{Status: http.StatusForbidden})
		w.heals = append(w.heals, func() { node.Heal(refserver.WebSocket) })
	case 5:
		name = "is too busy"
		busy := refserver.Answer{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"30"}}}
		node.TakeAway(refserver.All, busy)
		w.heals = append(w.heals, func() { node.Heal(refserver.All) })
	case 6:
		name = "is well again, as all are"
		w.heal()
	}
	w.log = append(w.log, fmt.Sprintf("%v: node %d %s", time.Now().Format(time.TimeOnly), i, name))
}

func (w *wanderer) heal() {
	for _, heal := range w.heals {
		heal()
	}
	w.heals = nil
}

// Whatever happens to three nodes: every fact comes once, and the client
// is at the preferred one again when all are well.
func TestRandomFailovers(t *testing.T) {
	t.Parallel()
	seeds, faults := uint64(2), 10
	if thorough() {
		seeds, faults = 60, 20
	}
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		for seed := range seeds {
			t.Run(fmt.Sprintf("%v/%d", d, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := &wanderer{network: newNetwork(t, 3, refserver.Config{Dialect: d}), rng: rand.New(rand.NewPCG(seed, 3))}
					defer func() {
						if t.Failed() {
							t.Logf("%+v", w.m.Health())
							for _, c := range w.changeList() {
								w.log = append(w.log, fmt.Sprintf("%v: %v %v %v, %v", c.At.Format(time.TimeOnly), c.To, c.Endpoint, c.Transport, c.Err))
							}
							slices.Sort(w.log)
							for _, line := range w.log {
								t.Log(line)
							}
						}
					}()
					w.follow(client.Options{Requests: 600})
					w.at(0)
					for range faults {
						for range 1 + w.rng.IntN(50) {
							w.second()
						}
						w.fails(d)
					}
					w.heal()
					w.delivers(time.Now().Add(time.Hour))
					pass(5 * time.Minute)
					assert.Equal(t, urlOf(0), w.m.Health().Endpoint)
					w.complete()
					h := w.m.Health()
					assert.True(t, h.OK() || d == refserver.Guide, "a server without beats says nothing when nothing happens")
					assert.NotZero(t, h.InSyncSince)
					assert.Zero(t, h.OpenGaps)
				})
			})
		}
	}
}
