package refserver_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// numbered emits events n to n+count-1 on the high lane, one a millisecond, of 8
// kB until a reader that stalls must have been sent all that it will be, then
// small ones.
func (r *rig) numbered(n, count int) {
	r.t.Helper()
	padding := strings.Repeat("x", 8000)
	for i := n; i < n+count; i++ {
		if i == 100 {
			padding = ""
		}
		require.NoError(r.t, r.Emit(tips, fmt.Sprintf(`{"n":%d,"padding":"%s"}`, i, padding)))
		time.Sleep(time.Millisecond)
	}
}

// numbers returns the numbers of the events in what was received.
func numbers(t *testing.T, texts []string) []int {
	t.Helper()
	var found []int
	for _, text := range texts {
		_, rest, ok := strings.Cut(text, `"n":`)
		if !ok {
			continue
		}
		digits, _, _ := strings.Cut(rest, ",")
		n, err := strconv.Atoi(digits)
		require.NoError(t, err)
		found = append(found, n)
	}
	return found
}

// span says which numbers are there: "0…338 4978…5999".
func span(ns []int) string {
	var b strings.Builder
	for i, n := range ns {
		if i > 0 && n == ns[i-1]+1 && i < len(ns)-1 && ns[i+1] == n+1 {
			continue
		}
		switch {
		case i == 0:
		case n != ns[i-1]+1:
			b.WriteString(" ")
		default:
			b.WriteString("…")
		}
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}

// The network of these tests holds 256 kB in each direction, so a reader that
// stalls has been sent 32 events of 8 kB, and a 33rd is under way.
const lagBuffer = 256 << 10

func lagging(t *testing.T, test func(*testing.T, *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(t, start(t, refserver.Config{Dialect: refserver.Node}, lagBuffer))
	})
}

// TestNodeSocketIsDeafAfterLag has the measurement: 6,000 events while the
// reader stalls; then silence, whatever happens on the lane, until two wake-ups
// have come from elsewhere.
func TestNodeSocketIsDeafAfterLag(t *testing.T) {
	for _, wake := range []string{"pings", "events of another lane", "events of another lane that are filtered"} {
		t.Run(wake, func(t *testing.T) {
			lagging(t, func(t *testing.T, r *rig) {
				query := ""
				if strings.HasSuffix(wake, "filtered") {
					query = "?events=tips.update"
				}
				ws := r.stalled(query)
				r.numbered(0, 6000)
				go ws.readFrames()
				assert.Equal(t, "0…32", span(numbers(t, ws.texts())))
				r.numbered(6000, 2)
				assert.Empty(t, ws.frames(), "the lane itself does not wake it")
				poke := func() {
					if wake == "pings" {
						ws.say(ping)
						return
					}
					require.NoError(t, r.Emit(kcore, `{}`))
				}
				poke()
				assert.Empty(t, span(numbers(t, ws.texts())), "one is not enough")
				poke()
				assert.Equal(t, "4978…6001", span(numbers(t, ws.texts())))
				r.numbered(6002, 3)
				assert.Equal(t, "6002…6004", span(numbers(t, ws.texts())), "and it hears again")
			})
		})
	}
}

// What uses a try up is a new event on the lane; without one a single wake-up is
// enough.
func TestNodeSocketHearsAfterOneWakeUpOnAQuietLane(t *testing.T) {
	lagging(t, func(t *testing.T, r *rig) {
		ws := r.stalled("")
		r.numbered(0, 6000)
		go ws.readFrames()
		assert.Equal(t, "0…32", span(numbers(t, ws.texts())))
		ws.say(ping)
		assert.Equal(t, "4976…5999", span(numbers(t, ws.texts())))
	})
}

// Each tips.update between the wake-ups makes the next of them fail; the pair of
// diversity and energy, every 6 s, heals the socket.
func TestNodeTickWakesADeafSocket(t *testing.T) {
	lagging(t, func(t *testing.T, r *rig) {
		ws := r.stalled("")
		r.numbered(0, 6000)
		go ws.readFrames()
		ws.frames()
		for _, typ := range []events.Type{tips, kcore, tips, "DiversityUpdated"} {
			require.NoError(t, r.Emit(typ, `{}`))
			assert.Empty(t, span(numbers(t, ws.texts())), typ)
		}
		require.NoError(t, r.Emit("EnergyUpdated", `{}`))
		assert.Equal(t, "4978…5999", span(numbers(t, ws.texts())))
	})
}

func TestSSEIsNeverDeaf(t *testing.T) {
	lagging(t, func(t *testing.T, r *rig) {
		sse := r.stalledEvents("")
		r.numbered(0, 6000)
		go sse.readStream()
		assert.Equal(t, "0…32 4976…5999", span(numbers(t, strings.Split(sse.bytes(), "\n\n"))))
	})
}

func TestGuideSocketIsNeverDeaf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, refserver.Config{}, lagBuffer)
		ws := r.stalled("")
		r.numbered(0, 6000)
		go ws.readFrames()
		assert.Equal(t, "0…32 5000…5999", span(numbers(t, ws.texts())))
	})
}

// A burst makes the fastest reader deaf before the first event is sent.
func TestBurst(t *testing.T) {
	lagging(t, func(t *testing.T, r *rig) {
		ws, sse := r.socket(""), r.events("")
		synctest.Wait()
		require.NoError(t, r.Burst(tips, 20_000, func(i int) any { return fmt.Sprintf(`{"n":%d,"x":0}`, i) }))
		assert.Empty(t, ws.frames())
		assert.Equal(t, "18976…19999", span(numbers(t, strings.Split(sse.bytes(), "\n\n"))))
		require.Error(t, r.Burst(tips, 2, func(int) any { return func() {} }))
	})
}

// TestRings shows what a stalled reader of each lane is left with.
func TestRings(t *testing.T) {
	rows := []struct {
		cfg  refserver.Config
		want [3]int
	}{
		{refserver.Config{Dialect: refserver.Node}, [3]int{1024, 512, 128}},
		{refserver.Config{}, [3]int{1000, 500, 100}},
		{refserver.Config{HighBuffer: 5, MediumBuffer: 3, LowBuffer: 1}, [3]int{5, 3, 1}},
		{refserver.Config{Dialect: refserver.Node, HighBuffer: 5, MediumBuffer: 3, LowBuffer: 1}, [3]int{8, 4, 1}},
	}
	for _, row := range rows {
		inBubble(t, row.cfg, func(t *testing.T, r *rig) {
			for i, typ := range three {
				sse := r.events("")
				require.NoError(t, r.Burst(typ, 2000, func(int) any { return `{}` }))
				assert.Len(t, sse.types(), row.want[i])
				sse.conn.Close()
				synctest.Wait()
			}
		})
	}
}

// Within a lane the order is that of emission; across lanes a node has none, and
// a server of the guide dialect sends what is urgent first.
func TestOrder(t *testing.T) {
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		inBubble(t, refserver.Config{Dialect: d}, func(t *testing.T, r *rig) {
			ws := r.socket("")
			ws.frames()
			r.Freeze(refserver.WebSocket)
			for i := range 200 {
				require.NoError(t, r.Emit(kcore, fmt.Sprintf(`{"n":%d,"x":0}`, i)))
				require.NoError(t, r.Emit(tips, fmt.Sprintf(`{"n":%d,"x":0}`, 1000+i)))
			}
			synctest.Wait()
			r.Heal(refserver.WebSocket)
			got := numbers(t, ws.texts())
			require.Len(t, got, 400)
			high, medium := lanesOf(got)
			assert.Equal(t, "1000…1199", span(high))
			assert.Equal(t, "0…199", span(medium))
			tail := got[len(got)-190:]
			if d == refserver.Guide {
				assert.Equal(t, "10…199", span(tail))
			} else {
				high, medium = lanesOf(tail)
				assert.NotEmpty(t, high, "interleaved")
				assert.NotEmpty(t, medium, "interleaved")
			}
		})
	}
}

func lanesOf(ns []int) (high, medium []int) {
	for _, n := range ns {
		if n >= 1000 {
			high = append(high, n)
		} else {
			medium = append(medium, n)
		}
	}
	return high, medium
}

// What is lost is on the server's books, if in nobody else's.
func TestLosses(t *testing.T) {
	lagging(t, func(t *testing.T, r *rig) {
		ws, sse := r.stalled(""), r.stalledEvents("")
		began := time.Now()
		r.numbered(0, 1)
		synctest.Wait()
		time.Sleep(time.Second)
		r.numbered(1, 5999)
		assert.Empty(t, r.Losses(), "nobody has found out")
		go ws.readFrames()
		go sse.readStream()
		synctest.Wait()
		losses := r.Losses()
		require.Len(t, losses, 2)
		for _, l := range losses {
			assert.Equal(t, events.High, l.Lane)
			assert.Equal(t, 4976-33, l.Events)
			assert.Equal(t, began.Add(time.Second), l.After.Truncate(time.Second))
			assert.False(t, l.Before.Before(l.After))
		}
		assert.ElementsMatch(t, []refserver.Part{refserver.WebSocket, refserver.SSE},
			[]refserver.Part{losses[0].Part, losses[1].Part})
	})
}
