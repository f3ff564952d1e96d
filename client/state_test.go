package client

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStatesFollowTheTable(t *testing.T) {
	t.Parallel()
	all := []State{Idle, Connecting, Connected, Waiting, Closed}
	for _, from := range all {
		for _, to := range all {
			m := newMachine()
			start := *m.now.Load()
			start.To = from
			m.now.Store(&start)
			c := Change{To: to}
			assert.Equal(t, from.mayBecome(to), m.enter(&c), "%v to %v", from, to)
			if from.mayBecome(to) {
				assert.Equal(t, from, c.From)
				assert.Equal(t, to, m.now.Load().To)
			} else {
				assert.Equal(t, from, m.now.Load().To)
			}
		}
	}
}

func TestClosedIsFinal(t *testing.T) {
	t.Parallel()
	for _, to := range []State{Idle, Connecting, Connected, Waiting, Closed} {
		assert.False(t, Closed.mayBecome(to), "%v", to)
	}
}

func TestEnterWakesWhoeverWaits(t *testing.T) {
	t.Parallel()
	m := newMachine()
	before := m.now.Load()
	m.enter(&Change{To: Connecting})
	select {
	case <-before.changed:
	default:
		t.Fatal("the channel of the old status is open")
	}
}

func TestNamesOfStatesClocksAndInvalidOnes(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"idle", "connecting", "connected", "waiting", "closed", "invalid"},
		[]string{Idle.String(), Connecting.String(), Connected.String(), Waiting.String(), Closed.String(), State(9).String()})
	assert.Equal(t, []string{"state", "frame", "event", "beat", "invalid"},
		[]string{ClockNone.String(), ClockFrame.String(), ClockEvent.String(), ClockBeat.String(), Clock(9).String()})
}
