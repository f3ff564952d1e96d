package overlap_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/overlap"
	"github.com/adic/adic-go/subscription/events"
)

// payload is one with 20 tips.
func payload() []byte {
	return []byte(`{"tips":["` + strings.Repeat(strings.Repeat("0a11", 16)+`","`, 20) + `"],"count":20,"timestamp":100}`)
}

func TestNothingAllocatesOnceTheMemoryIsFull(t *testing.T) {
	var c overlap.Cut
	data, second := payload(), int64(0)
	give := func() {
		second += 3
		for _, of := range []events.Type{tips, kcore, transfer, economics, "BrandNew"} {
			c.Old(of, time.Unix(second, 0), data)
			c.New(of, time.Unix(second, 0), data)
		}
		c.Done()
		c.Skip(events.High)
		c.Old(transfer, time.Unix(second, 0), data)
		c.Confirm(transfer, time.Unix(second, 0), data)
	}
	for range 2100 { // two events of a lane each time
		give()
	}
	assert.Zero(t, testing.AllocsPerRun(1000, give))
}

func BenchmarkCut(b *testing.B) {
	for _, of := range []events.Type{transfer, reputation, economics, tips} {
		b.Run(string(of), func(b *testing.B) {
			var c overlap.Cut
			data, second := payload(), int64(0)
			b.ReportAllocs()
			for b.Loop() {
				second += 3
				c.Old(of, time.Unix(second, 0), data)
				c.New(of, time.Unix(second, 0), data)
				c.Done()
			}
		})
	}
}

func BenchmarkConfirm(b *testing.B) {
	var c overlap.Cut
	at, data := time.Unix(100, 0), payload()
	older(&c, beating(tips, transfer, 0, 9)...)
	newer(&c, beating(tips, transfer, 0, 9)...)
	b.ReportAllocs()
	for b.Loop() {
		c.Old(transfer, at, data)
		if !c.Confirm(transfer, at, data) {
			b.Fatal("it is the next one")
		}
	}
}
