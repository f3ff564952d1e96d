package repair_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// step does what one byte says.
func (m *model) step(op byte) {
	arg := int(op) / 12
	switch op % 12 {
	case 0, 1: // silently
		m.post(-time.Duration(arg) * time.Second)
	case 2: // announced, some twice
		x := m.post(-time.Duration(arg%3) * time.Second)
		for range arg%2 + 1 {
			if m.b.Added(x.ID, m.now) {
				m.hand(x)
			}
		}
	case 3: // by a fast clock
		m.post(time.Duration(arg) * time.Minute)
	case 4:
		m.now = m.now.Add(time.Duration(arg+1) * time.Second)
	case 5:
		m.pass(arg%4 == 0)
	case 6:
		m.deliver(arg, arg%5)
	case 7:
		x := m.messages[len(m.messages)-1-arg%min(len(m.messages), 12)]
		if isNew := !x.final; isNew {
			x.final = true
			if arg%3 == 0 && m.b.Finalized(x.ID, m.now) {
				m.handFinal(x)
			}
		}
	case 8:
		m.b.Counted(m.now, m.count())
	case 9:
		m.ask(arg%4 + 1)
	case 10:
		m.b.Disturb()
		if arg%3 == 0 {
			m.b.Move()
		}
	case 11:
		m.kill(arg)
	}
	f := m.b.Figures()
	m.overrun = m.overrun || f.Overruns > 0
	stay := len(m.queue) + f.Wanted + m.limit/2 // the last are tips
	for _, x := range m.messages {
		if x.Timestamp.After(m.now) {
			stay++
		}
	}
	m.stay = max(m.stay, stay)
	assert.LessOrEqual(m.t, f.Known, 2*m.limit+m.limit/2+4+m.stay)
	assert.LessOrEqual(m.t, f.Wanted, 2*m.limit+f.Open)
}

func (m *model) kill(arg int) {
	switch {
	case arg%3 == 0:
		m.restart(m.b.Cursor())
	case arg%3 == 1:
		m.cursor = m.b.Cursor()
	case m.cursor != nil && arg%2 == 0 && m.limit >= 100: // much has happened since
		m.doubles = true
		m.restart(m.cursor)
	}
}

// finish lets everything come to rest and compares.
func (m *model) finish() {
	m.b.Disturb()
	for range 3 {
		m.now = m.now.Add(20 * time.Second)
		m.pass(false)
		m.deliver(0, 10*len(m.messages))
	}
	require.True(m.t, m.b.Figures().Complete)
	for range 3 * len(m.messages) {
		m.now = m.now.Add(10 * time.Minute)
		m.ask(10)
	}
	m.deliver(0, 10*len(m.messages))
	require.Empty(m.t, m.queue)
	horizon := m.b.Figures().Horizon
	m.overrun = m.overrun || m.b.Figures().Overruns > 0
	reachable := m.reachable(horizon)
	for _, x := range m.messages {
		if m.overrun {
			return
		}
		assert.LessOrEqual(m.t, x.handed, 1, "%s", x.ID)
		assert.LessOrEqual(m.t, x.ended, 1, "%s", x.ID)
		if !reachable[x.ID] {
			continue
		}
		assert.True(m.t, x.got || x.silent, "%s of %v, horizon %v", x.ID, x.Timestamp.Sub(t0), horizon.Sub(t0))
		assert.Equal(m.t, x.final, x.gotFinal, "finality of %s of %v, horizon %v", x.ID, x.Timestamp.Sub(t0), horizon.Sub(t0))
	}
}

func play(t *testing.T, script []byte, limit int, asks bool) {
	m := newModel(t, limit, asks)
	for _, op := range script {
		m.step(op)
	}
	m.finish()
}

// Whatever happens, each fact above the horizon is delivered, and once.
func TestModel(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		script := make([]byte, 50+r.IntN(200))
		for i := range script {
			script[i] = byte(r.UintN(256))
		}
		ok := t.Run(fmt.Sprint(seed), func(t *testing.T) { play(t, script, 15+r.IntN(150), seed%2 == 0) })
		if !ok {
			return
		}
	}
}

// FuzzBooks looks for other histories.
func FuzzBooks(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"), uint8(5), false)
	f.Add([]byte("aAbBcCdD0000000011112222333344445555666677778888"), uint8(90), true)
	f.Fuzz(func(t *testing.T, script []byte, size uint8, asks bool) {
		limit := int(size) + 10
		play(t, script[:min(len(script), 300)], limit, asks)
	})
}
