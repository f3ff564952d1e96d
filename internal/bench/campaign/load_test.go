package campaign

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/bench/rig"
)

func TestBusyLeavesIdleOut(t *testing.T) {
	const stat = "cpu  100 20 30 4000 500 6 7 8 9 10\ncpu0 1 2 3\n"
	assert.Equal(t, 1710*time.Millisecond, busy(stat))
	assert.Zero(t, busy(""))
}

func TestComputedSurvivesNamesWithSpaces(t *testing.T) {
	const stat = "42 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0"
	assert.Equal(t, 2*time.Second, computed(stat))
	assert.Zero(t, computed("42 (a) S"))
}

func TestForeignIsWhatNobodyKnown(t *testing.T) {
	began := time.Now()
	before := load{at: began, busy: time.Second, server: time.Second}
	after := load{at: began.Add(2 * time.Second), busy: 4 * time.Second, server: 1500 * time.Millisecond}
	assert.InDelta(t, 0.75, after.foreign(before, time.Second), 1e-9)
	assert.Zero(t, after.foreign(before, time.Minute))
}

func TestSelect(t *testing.T) {
	jobs := []rig.Job{{Group: "ws", Case: "adic-go-ws/typed"}, {Group: "ws", Case: "gws/json"}, {Group: Idle, Case: "adic-go-ws/idle"}}
	for _, c := range []struct {
		only string
		want []rig.Job
	}{
		{"", jobs},
		{"ws", jobs[:2]},
		{"typed", jobs[:1]},
		{"adic", []rig.Job{jobs[0], jobs[2]}},
		{"ws:adic,idle", []rig.Job{jobs[0], jobs[2]}},
		{"nothing", []rig.Job{}},
	} {
		assert.Equal(t, c.want, Select(jobs, c.only), c.only)
	}
}

func TestPlanHasEachJobOnce(t *testing.T) {
	for _, quick := range []bool{true, false} {
		seen := make(map[rig.Job]bool)
		for _, j := range Plan(quick) {
			assert.False(t, seen[j], "%v", j)
			assert.Contains(t, Groups(), j.Group)
			seen[j] = true
		}
		assert.NotEmpty(t, seen)
	}
}

func TestRoundsHaveWhatIsDue(t *testing.T) {
	jobs := []rig.Job{{Case: "once", Repeats: 1}, {Case: "twice", Repeats: 2}}
	assert.ElementsMatch(t, jobs, due(jobs, 0))
	assert.Equal(t, jobs[1:], due(jobs, 1))
	assert.Empty(t, due(jobs, 2))
}
