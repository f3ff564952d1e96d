package pulse_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/pulse"
	"github.com/adic/adic-go/subscription/events"
)

func TestNothingAllocates(t *testing.T) {
	p := pulse.New(host, time.Time{})
	i := time.Duration(0)
	assert.Zero(t, testing.AllocsPerRun(1000, func() {
		i += 3 * time.Second
		p.Beat(tips, server.Add(i), host.Add(i))
		p.Beat(kcore, server.Add(2*i), host.Add(i))
		p.Beat(events.TypeMessageAdded, server.Add(i), host.Add(i))
		p.Held(host.Add(i))
		p.Freed(host.Add(i))
		p.Look(host.Add(i))
		p.Last()
	}))
}

func BenchmarkBeat(b *testing.B) {
	for _, of := range []events.Type{tips, kcore, events.TypeMessageAdded} {
		b.Run(string(of), func(b *testing.B) {
			p := pulse.New(host, time.Time{})
			sent, received := server, host
			b.ReportAllocs()
			for b.Loop() {
				sent, received = sent.Add(6*time.Second), received.Add(6*time.Second)
				p.Beat(of, sent, received)
			}
		})
	}
}

func BenchmarkLook(b *testing.B) {
	p := pulse.New(host, time.Time{})
	b.ReportAllocs()
	for b.Loop() {
		p.Look(host)
	}
}
