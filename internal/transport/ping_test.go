package transport_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/bubbles"
)

// Streams that were opened in one moment ping at times of their own from the second
// ping on.
func TestPingsAreSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const streams = 200
		var mu sync.Mutex
		var second []time.Duration
		begun := time.Now()
		network := start(t, sockets(t, func(p *peer) {
			p.answerOne()
			var pings []time.Time
			for {
				f, ok := p.next()
				if !ok || f.op != opPing {
					break
				}
				p.send(opPong, f.payload)
				pings = append(pings, time.Now())
			}
			if !assert.Len(t, pings, 5) {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			second = append(second, pings[1].Sub(begun))
			for i := range 3 {
				assert.InDelta(t, 15*time.Second, pings[i+2].Sub(pings[i+1]), float64(time.Microsecond))
			}
		}))
		d := dialer(t, network, nil)
		var readers sync.WaitGroup
		for range streams {
			s := open(t, d, fallback.WebSocket, nil)
			readers.Go(func() {
				for {
					if _, err := s.Next(); err != nil {
						return
					}
				}
			})
			time.Sleep(time.Nanosecond)
		}
		time.Sleep(80 * time.Second)
		network.Reset("node")
		readers.Wait()
		synctest.Wait()

		mu.Lock()
		defer mu.Unlock()
		assert.Len(t, second, streams)
		in := make(map[time.Duration]int)
		for _, after := range second {
			assert.LessOrEqual(t, after, 30*time.Second, "or a dead link would be noticed late")
			assert.Greater(t, after, 26250*time.Millisecond, "a quarter of an interval earlier")
			in[after.Truncate(time.Second/2)]++
		}
		for after, n := range in {
			assert.Less(t, n, streams/4, "in one of eight half seconds, %s", after)
		}
	})
}

// While nothing is due, a stream has no goroutine but its reader's.
func TestAnIdleStreamHasNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, sockets(t, func(p *peer) { p.answer(nil) }))
		const streams = 20
		d := dialer(t, network, nil)
		open(t, d, fallback.WebSocket, nil)
		synctest.Wait()
		before := len(bubbles.Goroutines())
		for range streams {
			open(t, d, fallback.WebSocket, nil)
		}
		synctest.Wait()
		each := float64(len(bubbles.Goroutines())-before) / streams
		assert.LessOrEqual(t, each, 1.0, "the server's")
	})
}
