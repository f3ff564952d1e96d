package client_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// A Known that does not return, or ends its goroutine, neither keeps Run
// from ending nor ends the repair.
func TestKnownEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		old := r.node.AddMessage(refserver.AddOptions{})
		pass(10 * time.Second)
		calls := 0
		m, _ := r.follow(client.Options{Fallback: only(fallback.WebSocket), Known: func(_ context.Context, facts []events.Envelope) ([]bool, error) {
			if calls++; calls == 1 {
				runtime.Goexit()
			}
			return make([]bool, len(facts)), nil
		}})
		r.connected(m)
		pass(2 * time.Minute)
		id := r.node.AddMessage(refserver.AddOptions{Peer: true, Silent: true})
		pass(2 * time.Minute)
		assert.Subset(t, r.ids(t, events.TypeMessageAdded), []string{id}, "repair has ended; old is %s", old)
	})
}

// The same: Run ends within DrainTimeout whatever Known does.
func TestKnownThatDoesNotReturn(t *testing.T) {
	t.Parallel()
	inBubble(t, node, func(t *testing.T, r *rig) {
		r.node.AddMessage(refserver.AddOptions{})
		pass(10 * time.Second)
		gate := make(chan struct{})
		m, stop := r.follow(client.Options{Fallback: only(fallback.WebSocket), Known: func(_ context.Context, facts []events.Envelope) ([]bool, error) {
			<-gate
			return make([]bool, len(facts)), nil
		}})
		r.connected(m)
		pass(10 * time.Second)
		done := make(chan struct{})
		go func() { _ = stop(); close(done) }()
		pass(time.Minute)
		select {
		case <-done:
		default:
			t.Error("Run does not end")
		}
		close(gate)
		<-done
	})
}
