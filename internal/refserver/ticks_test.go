package refserver_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A beat is an event with the second in which it came.
type timed struct {
	second int
	typ    string
}

// perSecond returns the types that come in each of the next n seconds.
func (p *peer) perSecond(n int) []timed {
	p.t.Helper()
	var got []timed
	for second := range n {
		for _, typ := range p.types() {
			got = append(got, timed{second, typ})
		}
		time.Sleep(time.Second)
	}
	return got
}

func every(period, n int, types ...string) (want []timed) {
	for second := 0; second < n; second += period {
		for _, typ := range types {
			want = append(want, timed{second, typ})
		}
	}
	return want
}

func TestBeatsOfANode(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		for range 8 { // until some tip has d+1 parents
			r.AddMessage(refserver.AddOptions{Silent: true})
		}
		ws := r.socket("")
		r.run()
		want := every(3, 100, tips)
		want = append(want, every(6, 100, kcore, "DiversityUpdated", "EnergyUpdated")...)
		want = append(want, every(31, 100, "AdmissibilityUpdated")...)
		assert.ElementsMatch(t, want, ws.perSecond(100))
	})
}

func TestAdmissibilityNeedsATip(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		ws := r.socket("?priority=low")
		r.run()
		time.Sleep(time.Hour)
		assert.Empty(t, ws.texts())
	})
}

// TestTickOfAnIdleNode has the frames of a live recording, but for the seconds
// and the k that the node was started with.
func TestTickOfAnIdleNode(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		sse := r.events("")
		r.run()
		const axis = `,"distinct_balls":0,"required_diversity":3,"meets_requirement":false}`
		events := []string{
			"event: kcore.update\n" + `data: {"type":"KCoreUpdated","data":{"finalized_count":0,"pending_count":0,"current_k_value":3,"timestamp":946684800}}`,
			"event: tips.update\n" + `data: {"type":"TipsUpdated","data":{"tips":[],"count":0,"timestamp":946684800}}`,
			"event: diversity.update\n" + `data: {"type":"DiversityUpdated","data":{"diversity_score":0.0,"axes":[{"axis":0,"radius":2` + axis +
				`,{"axis":1,"radius":2` + axis + `,{"axis":2,"radius":1` + axis + `],"total_tips":0,"timestamp":946684800}}`,
			"event: energy.update\n" + `data: {"type":"EnergyUpdated","data":{"total_conflicts":0,"resolved_conflicts":0,"active_conflicts":0,"total_energy":-0.0,"timestamp":946684800}}`,
		}
		got := strings.Split(strings.TrimSuffix(sse.bytes(), "\n\n"), "\n\n")
		assert.ElementsMatch(t, events, got)
		assert.Less(t, at(got, "diversity"), at(got, "energy"), "one lane, one order")
	})
}

func at(list []string, part string) int {
	for i, s := range list {
		if strings.Contains(s, part) {
			return i
		}
	}
	return -1
}

func TestServersWithoutTicks(t *testing.T) {
	for _, cfg := range []refserver.Config{{}, {Dialect: refserver.Node, NoTicks: true}} {
		inBubble(t, cfg, func(t *testing.T, r *rig) {
			ws := r.socket("")
			ws.frames()
			r.run()
			time.Sleep(3 * time.Hour)
			assert.Empty(t, ws.frames())
		})
	}
}

// A dead main loop sends no event, however much happens; the rest looks well.
func TestDeadMainLoop(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node, Rate: 1}, func(t *testing.T, r *rig) {
		r.run()
		r.Dead(true)
		ws, sse := r.socket(""), r.events("")
		time.Sleep(time.Minute)
		assert.Empty(t, ws.texts())
		assert.Equal(t, strings.Repeat(beat, 4), sse.bytes())
		assert.Equal(t, []string{pong}, ws.ask(ping))
		resp, _ := r.get("/v1/health/streaming")
		assert.Equal(t, 200, resp.StatusCode)
		assert.NotEmpty(t, r.Messages(), "peers go on pushing")
		r.Dead(false)
		time.Sleep(time.Minute)
		assert.NotEmpty(t, ws.texts())
	})
}

func TestGrowth(t *testing.T) {
	cfg := refserver.Config{Seed: 7, Rate: 2}
	var first []string
	for range 2 {
		inBubble(t, cfg, func(t *testing.T, r *rig) {
			ws := r.socket("?events=MessageAdded,MessageFinalized")
			stop := r.run()
			time.Sleep(2 * time.Minute)
			stop()
			ids := messageIDs(r.Server)
			assert.InDelta(t, 240, len(ids), 60)
			assert.Greater(t, len(r.Finals()), 150)
			ws.texts()
			if first == nil {
				first = ids
				return
			}
			assert.Equal(t, first, ids, "the same seed, the same messages")
		})
	}
}

func TestRunEndsWithTheServer(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(_ *testing.T, r *rig) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			r.Run(context.Background())
		}()
		r.Close()
		<-done
	})
}

// A host that slept does not make up for what it missed.
func TestRunAfterAPause(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node, Skew: time.Hour}, func(t *testing.T, r *rig) {
		ws := r.socket("?events=tips.update")
		r.run()
		texts := ws.texts()
		require.Len(t, texts, 1)
		assert.Contains(t, texts[0], `"timestamp":946688400`, "the skew of the clock shows")
	})
}
