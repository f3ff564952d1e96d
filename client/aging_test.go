package client

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

// An event takes this long to handle.
const handling = 10 * time.Millisecond

// now is an event that is received now.
func now(env events.Envelope) events.Envelope {
	env.Received = time.Now()
	return env
}

// flooded handles events of q for d, in fake time, while there is always another one
// in the lanes of the flood. It returns, in order, the lanes that were served.
func flooded(t *testing.T, q bounded, d time.Duration, flood ...func(int) events.Envelope) (lanes []string) {
	t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); {
		for _, event := range flood {
			q.push(now(event(0)))
		}
		_, e, ok := q.pop()
		require.True(t, ok)
		word := e.env.Type.Priority().String()
		if e.late {
			word = "late"
		}
		lanes = append(lanes, word)
		time.Sleep(handling) // fake time
	}
	return lanes
}

// inFakeTime runs test with a queue whose lanes have room for a hundred events.
func inFakeTime(t *testing.T, aging time.Duration, test func(*testing.T, bounded)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		q := newBounded(100, 100, 100)
		q.aging = aging
		test(t, q)
	})
}

func TestWithoutAgingPriorityIsStrict(t *testing.T) {
	t.Parallel()
	inFakeTime(t, 0, func(t *testing.T, q bounded) {
		q.push(now(low(1)))
		q.push(now(medium(2)))
		lanes := flooded(t, q, 10*time.Second, high)
		assert.False(t, slices.Contains(lanes, "low"), "high is never empty")
		assert.False(t, slices.Contains(lanes, "medium"))
		assert.Equal(t, []string{"medium 2", "low 1"}, drain(q), "they wait until it is")
	})
}

func TestWithAgingALowerLaneIsServedWithinTheBound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		event events.Envelope
	}{{"low", low(1)}, {"medium", medium(1)}} {
		inFakeTime(t, time.Second, func(t *testing.T, q bounded) {
			q.push(now(c.event))
			lanes := flooded(t, q, 10*time.Second, high)
			served := slices.Index(lanes, c.name)
			assert.GreaterOrEqual(t, served, int(time.Second/handling), "not before it has waited")
			assert.LessOrEqual(t, served, int(time.Second/handling)+1, "at its turn")
		})
	}
}

// With a lower lane that is full of what is too old, the high one has every other
// turn.
func TestAgingTakesTurns(t *testing.T) {
	t.Parallel()
	inFakeTime(t, time.Second, func(t *testing.T, q bounded) {
		for n := range 100 {
			q.push(now(low(n)))
		}
		time.Sleep(2 * time.Second)
		lanes := flooded(t, q, 180*handling, high)
		assert.Equal(t, 90, strings.Count(strings.Join(lanes, " "), "high"))
		for i := range lanes[1:] {
			assert.NotEqual(t, lanes[i], lanes[i+1], i)
		}
	})
}

// What is young is not served out of turn because something old was.
func TestAgingIsOfTheEventNotOfTheLane(t *testing.T) {
	t.Parallel()
	inFakeTime(t, time.Second, func(t *testing.T, q bounded) {
		q.push(now(low(1)))
		time.Sleep(2 * time.Second)
		q.push(now(low(2)))
		lanes := flooded(t, q, 900*time.Millisecond, high)
		assert.Equal(t, 1, strings.Count(strings.Join(lanes, " "), "low"))
	})
}

// Nor is a lane passed over because its events are dropped before they are too old.
func TestAgingOfALaneThatOverflows(t *testing.T) {
	t.Parallel()
	inFakeTime(t, time.Second, func(t *testing.T, q bounded) {
		q.lanes[1].lane.Events = 5
		lanes := flooded(t, q, 5*time.Second, high, medium)
		assert.InDelta(t, 5, strings.Count(strings.Join(lanes, " "), "medium"), 1, "once a second")
	})
}

// A medium lane that is always too old does not keep the low one out.
func TestAgingServesTheOldestOfTheLowerLanes(t *testing.T) {
	t.Parallel()
	inFakeTime(t, time.Second, func(t *testing.T, q bounded) {
		q.push(now(low(1)))
		lanes := flooded(t, q, 20*time.Second, high, medium)
		assert.True(t, slices.Contains(lanes, "medium"))
		require.True(t, slices.Contains(lanes, "low"))
		assert.LessOrEqual(t, slices.Index(lanes, "low"), int(2*time.Second/handling))
	})
}

// A fact that had to leave the high lane is not kept waiting by those that come after
// it for ever.
func TestAgingServesTheBacklog(t *testing.T) {
	t.Parallel()
	inFakeTime(t, time.Second, func(t *testing.T, q bounded) {
		require.NoError(t, q.fill(t.Context(), now(added(1))))
		lanes := flooded(t, q, 10*time.Second, high)
		require.True(t, slices.Contains(lanes, "late"))
		assert.LessOrEqual(t, slices.Index(lanes, "late"), int(time.Second/handling)+1)
	})
}

// A lane is no younger because what waits in it is replaced.
func TestAgingOfWhatIsReplacedAllTheTime(t *testing.T) {
	t.Parallel()
	inFakeTime(t, time.Second, func(t *testing.T, q bounded) {
		q.lanes[2].lane.Overflow = CoalesceLatest
		n := 0
		latest := func(int) events.Envelope { n++; return low(n) }
		var got []string
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(handling) {
			q.push(now(high(0)))
			q.push(now(latest(0)))
			if _, e, _ := q.pop(); e.env.Type == events.TypeEconomicsUpdated {
				assert.Equal(t, fmt.Sprint(n), string(e.env.Data), "the latest")
				got = append(got, string(e.env.Data))
			}
		}
		assert.InDelta(t, 4, len(got), 1, "once a second")
	})
}

func TestAGapHoldsWhatIsTooOldBackAsWell(t *testing.T) {
	t.Parallel()
	inFakeTime(t, time.Second, func(t *testing.T, q bounded) {
		q.push(now(high(1)))
		q.push(now(high(2)))
		q.open(events.Gap{Cause: events.GapByDisconnect, From: time.Now()})
		q.push(now(low(3)))
		time.Sleep(2 * time.Second)
		assert.Equal(t, []string{"high 1", "high 2", "disconnect opened #1", "low 3"}, drain(q))
	})
}
