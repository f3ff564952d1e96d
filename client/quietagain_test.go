package client_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/refserver"
)

// A server on which nothing happens says nothing. After a reconnect, too, that is no
// reason to suspect its filter: what was known before is no news.
func TestAQuietServerIsNotBlamedAfterAReconnect(t *testing.T) {
	t.Parallel()
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		var lines journal
		m, _ := r.follow(client.Options{Logger: lines.logger(slog.LevelWarn)})
		r.connected(m)
		for range 3 {
			r.node.AddMessage(refserver.AddOptions{})
			pass(5 * time.Second)
		}
		r.node.Drop(refserver.Streams)
		pass(5 * time.Minute)
		assert.Equal(t, client.Connected, m.Health().State)
		assert.Zero(t, lines.with("not a single event"), lines.String())
	})
}
