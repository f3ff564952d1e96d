package client_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/adic/adic-go/subscription/events"
)

// A view is what an application knows at the end, by whichever transport.
type view struct {
	added, finalized []string
	states           map[events.Type]map[string]any
}

// shared are the fields of a state that stream and REST both carry.
var shared = map[events.Type][]string{
	events.TypeTipsUpdated:          {"tips", "count"},
	events.TypeDiversityUpdated:     {"diversity_score", "total_tips"},
	events.TypeEnergyUpdated:        {"total_conflicts", "resolved_conflicts", "active_conflicts", "total_energy"},
	events.TypeKCoreUpdated:         {"finalized_count", "pending_count", "current_k_value"},
	events.TypeAdmissibilityUpdated: {"c1_rate", "c2_rate", "c3_rate", "overall_rate", "sample_size"},
	events.TypeEconomicsUpdated:     {"total_supply", "circulating_supply", "treasury_balance"},
}

// TestOneViewWhicheverTransport plays the same history to a client on each
// transport, in both dialects, with a server that tells the whole truth.
func TestOneViewWhicheverTransport(t *testing.T) {
	t.Parallel()
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		var views []view
		for _, only := range []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling} {
			t.Run(d.String()+" "+only.String(), func(t *testing.T) {
				inBubble(t, refserver.Config{Dialect: d, Seed: 7}, func(t *testing.T, r *rig) {
					m, stop := r.follow(client.Options{Fallback: fallback.Policy{Order: []fallback.Transport{only}}})
					r.connected(m)
					r.history()
					requireCanceled(t, stop())

					v := r.view(t, d)
					assert.Equal(t, r.added(), v.added, "the messages REST shows")
					assert.Equal(t, r.finals(), v.finalized, "the finalizations REST shows")
					views = append(views, v)
				})
			})
		}
		for _, v := range views[1:] {
			assert.Equal(t, views[0], v, "%v", d)
		}
	}
}

// history is a life of a minute and a half: messages, some of a peer, many of
// them final later, and figures that move.
func (r *rig) history() {
	var ids []string
	for n := range 60 {
		ids = append(ids, r.node.AddMessage(refserver.AddOptions{Peer: n%5 == 0}))
		if n >= 10 && n%3 == 0 {
			r.node.Finalize(ids[n-10], false)
		}
		pass(500 * time.Millisecond)
	}
	economics := ledger.Genesis()
	economics.Total, economics.Balance = 321*ledger.ADIC, ledger.ADIC/8
	r.node.SetEconomics(economics)
	r.node.SetConflicts(
		ledger.Conflict{ID: "a", Energy: 0.42, Drift: -0.003, Updated: time.Now()},
		ledger.Conflict{ID: "b", Energy: 0.01, Drift: -0.001, Updated: time.Now()},
	)
	pass(2 * time.Minute) // two rounds of the slowest read
}

func (r *rig) view(t *testing.T, d refserver.Dialect) view {
	t.Helper()
	v := view{
		added:     r.ids(t, events.TypeMessageAdded),
		finalized: r.ids(t, events.TypeMessageFinalized),
		states:    map[events.Type]map[string]any{},
	}
	for typ, fields := range shared {
		if d == refserver.Node && (typ == events.TypeAdmissibilityUpdated || typ == events.TypeEconomicsUpdated) {
			continue // a node samples the one differently on the stream, and never sends the other
		}
		seen := r.seen(typ)
		require.NotEmpty(t, seen, "%s", typ)
		e, err := events.DecodeAny(seen[len(seen)-1])
		require.NoError(t, err)
		v.states[typ] = pick(t, e, fields)
	}
	return v
}

// pick returns the named fields of e as JSON has them.
func pick(t *testing.T, e events.Event, fields []string) map[string]any {
	t.Helper()
	data, err := json.Marshal(e)
	require.NoError(t, err)
	var all map[string]any
	require.NoError(t, json.Unmarshal(data, &all))
	picked := map[string]any{}
	for name, value := range all {
		if slices.Contains(fields, name) {
			picked[name] = value
		}
	}
	require.Len(t, picked, len(fields), "%v", all)
	return picked
}
