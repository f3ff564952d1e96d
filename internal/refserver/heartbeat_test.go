package refserver_test

import (
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const beat = ": heartbeat\n\n"

// waits lets so much time pass and returns what came meanwhile.
func (p *peer) waits(d time.Duration) string {
	time.Sleep(d)
	return p.bytes()
}

func TestHeartbeat(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		sse := r.events("?events=tips.update&heartbeat=false") // which changes nothing
		assert.Empty(t, sse.waits(15*time.Second-1))
		assert.Equal(t, beat, sse.waits(1), "15 s after the head")
		assert.Empty(t, sse.waits(15*time.Second-1))
		assert.Equal(t, beat, sse.waits(1), "15 s after a heartbeat")

		time.Sleep(10 * time.Second)
		require.NoError(t, r.Emit(tips, `{}`))
		assert.NotContains(t, sse.waits(15*time.Second-1), beat)
		assert.Equal(t, beat, sse.waits(1), "15 s after an event")

		time.Sleep(10 * time.Second)
		require.NoError(t, r.Emit(kcore, `{}`))
		assert.Equal(t, beat, sse.waits(5*time.Second), "an event that is filtered does not count")
	})
}

func TestHeartbeatOfTheGuideDialect(t *testing.T) {
	cfg := refserver.Config{Heartbeat: 5 * time.Second}
	inBubble(t, cfg, func(t *testing.T, r *rig) {
		on, off := r.events("?heartbeat=true"), r.events("?heartbeat=false")
		assert.Equal(t, beat+beat, on.waits(11*time.Second))
		assert.Empty(t, off.bytes())
		require.NoError(t, r.Emit(tips, `{}`))
		assert.NotEmpty(t, off.bytes())
		assert.NotEmpty(t, on.bytes())
		assert.Empty(t, off.waits(time.Hour))
	})
}

func TestWebSocketHasNoHeartbeat(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		ws := r.socket("")
		time.Sleep(time.Hour)
		assert.Empty(t, ws.frames())
		assert.NoError(t, ws.ended())
	})
}
