package refserver_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFinalASecondAfterTheSecondChild(t *testing.T) {
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		cfg := refserver.Config{Dialect: d, NoTicks: true, FinalAfter: time.Second}
		inBubble(t, cfg, func(t *testing.T, r *rig) {
			r.run()
			ws := r.socket("?priority=high")
			parent := r.AddMessage(refserver.AddOptions{})
			on := func() string { return r.AddMessage(refserver.AddOptions{Parents: []string{parent}}) }
			on()
			time.Sleep(time.Hour)
			assert.Empty(t, r.Finals(), "one child is not enough")
			second := on()
			time.Sleep(time.Second - 1)
			synctest.Wait()
			assert.Empty(t, r.Finals())
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			assert.Equal(t, []string{parent}, r.Finals())
			on()
			r.AddMessage(refserver.AddOptions{Parents: []string{second}})
			time.Sleep(time.Hour)
			synctest.Wait()
			assert.Equal(t, []string{parent}, r.Finals(), "once")
			assert.Equal(t, []string{parent}, announced(t, withoutGreeting(ws.texts(), d), "MessageFinalized"))
		})
	}
}

// withoutGreeting leaves out what a server of the guide dialect says first.
func withoutGreeting(texts []string, d refserver.Dialect) []string {
	if d == refserver.Guide {
		return texts[1:]
	}
	return texts
}

// A parent that comes after its children is ripe at once; one that is pruned, or
// final by hand, makes no trouble; a restart forgets who waits.
func TestFinalityOfUnusualMessages(t *testing.T) {
	inBubble(t, refserver.Config{FinalAfter: time.Second}, func(t *testing.T, r *rig) {
		r.run()
		two := func(parent string) {
			for range 2 {
				r.AddMessage(refserver.AddOptions{Parents: []string{parent}})
			}
		}
		late := func() string {
			return r.AddMessage(refserver.AddOptions{Parents: []string{}, Content: []byte("late"), At: time.Unix(1e9, 0)})
		}
		id := late()
		require.True(t, r.DropMessage(id))
		two(id)
		require.Equal(t, id, late())
		root := func() string { return r.AddMessage(refserver.AddOptions{Parents: []string{}}) }
		pruned, byHand := root(), root()
		two(pruned)
		two(byHand)
		require.True(t, r.DropMessage(pruned))
		require.True(t, r.Finalize(byHand, false))
		time.Sleep(time.Minute)
		assert.Equal(t, []string{byHand, id}, r.Finals())

		green, ripe := root(), root()
		two(ripe)
		r.Restart()
		two(green)
		time.Sleep(time.Minute)
		assert.Empty(t, r.Finals())
	})
}

// Half of the messages never become final, by either rule.
func TestNeverFinal(t *testing.T) {
	for _, after := range []time.Duration{0, time.Second} {
		cfg := refserver.Config{Rate: 5, FinalAfter: after, Untruths: refserver.Untruths{NeverFinal: 0.5}}
		inBubble(t, cfg, func(t *testing.T, r *rig) {
			r.run()
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			finals := map[string]bool{}
			for _, id := range r.Finals() {
				finals[id] = true
			}
			for i, m := range r.Messages() {
				if i%2 == 1 {
					assert.NotContains(t, finals, m.ID, "the second of each pair")
				}
			}
			assert.Greater(t, len(finals), 200, after)
			never := r.Messages()[1].ID
			assert.True(t, r.Finalize(never, true), "by hand it can be")
		})
	}
}

// A peer shows no tips, and counts what it does not have.
func TestFinalsOfMessagesThatNeverCame(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		r.run()
		r.FinalizeUnheld(19)
		ws := r.socket("?events=kcore.update,tips.update,finality.update")
		time.Sleep(6 * time.Second)
		texts := ws.texts()
		assert.Contains(t, texts[len(texts)-1]+texts[len(texts)-2], `"finalized_count":19,`)
		assert.Contains(t, texts[len(texts)-1]+texts[len(texts)-2], `"tips":[],`)
		assert.Empty(t, announced(t, texts, "MessageFinalized"))
		_, body := r.get("/v1/finality/kcore/metrics")
		assert.Contains(t, body, `"finalized_count":19,`)
		assert.Empty(t, r.Finals())
		r.Restart()
		_, body = r.get("/v1/finality/kcore/metrics")
		assert.Contains(t, body, `"finalized_count":0,`)
	})
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		ws := r.socket("")
		ws.frames()
		r.FinalizeUnheld(1)
		assert.Equal(t, []string{kcore}, ws.types())
	})
}
