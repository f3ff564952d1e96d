package transport_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// startServer runs the reference server at host "node".
func startServer(t *testing.T, cfg refserver.Config) (*refserver.Server, *memnet.Network) {
	t.Helper()
	network := memnet.New(0)
	server := refserver.New(cfg)
	serve(t, network, "node", server)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { server.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		server.Close()
		running.Wait()
	})
	return server, network
}

// inEveryDialect runs fn on both streams, against both kinds of server.
func inEveryDialect(t *testing.T, fn func(t *testing.T, tr fallback.Transport, dialect refserver.Dialect)) {
	t.Helper()
	for _, dialect := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		for _, tr := range streams {
			bubble(t, dialect.String()+" "+tr.String(), func(t *testing.T) { fn(t, tr, dialect) })
		}
	}
}

// All that is announced after Open comes through, in order, whatever the types
// that are asked for; what is not asked for does not.
func TestEveryEventComesThrough(t *testing.T) {
	inEveryDialect(t, func(t *testing.T, tr fallback.Transport, dialect refserver.Dialect) {
		server, network := startServer(t, refserver.Config{Dialect: dialect})
		for name, types := range map[string][]events.Type{"all": nil, "some": {events.TypeMessageAdded, events.TypeTipsUpdated}} {
			s := open(t, dialer(t, network, nil), tr, types)
			var want, got []string
			for range 100 {
				want = append(want, server.AddMessage(refserver.AddOptions{}))
			}
			for len(got) < len(want) {
				f := nextEvent(t, s)
				if f.Type == events.TypeMessageAdded {
					id, _ := wire.MessageID(f.Data)
					got = append(got, strings.Clone(id)) // the frame ends with the next
				}
				assert.True(t, types == nil || slices.Contains(types, f.Type), f.Type)
				assert.Equal(t, dialect.String(), f.Dialect.String())
				assert.True(t, json.Valid(f.Data))
				assert.Equal(t, time.Now().Truncate(time.Second).UTC(), f.Time)
			}
			assert.Equal(t, want, got, name)
			assert.Equal(t, dialect.String(), s.Dialect().String())
			begun := time.Now()
			s.Close()
			if dialect == refserver.Guide || tr == fallback.SSE {
				assert.Zero(t, time.Since(begun))
			} else {
				assert.Equal(t, time.Second, time.Since(begun))
			}
		}
	})
}

// The Pong tells the dialect before the first event, and makes sure of the
// subscription.
func TestDialectAtOnce(t *testing.T) {
	for _, dialect := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		bubble(t, dialect.String(), func(t *testing.T) {
			_, network := startServer(t, refserver.Config{Dialect: dialect, NoTicks: true})
			s := open(t, dialer(t, network, nil), fallback.WebSocket, []events.Type{events.TypeEconomicsUpdated})
			assert.Equal(t, dialect.String(), s.Dialect().String())
		})
	}
}

// Many connections of a client that asks for what never comes: a slot that is
// left politely is free again with the next event.
func TestSlotsAreFreed(t *testing.T) {
	for _, dialect := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		bubble(t, dialect.String(), func(t *testing.T) {
			server, network := startServer(t, refserver.Config{Dialect: dialect, MaxSockets: 5})
			d := dialer(t, network, nil)
			for range 50 {
				s := open(t, d, fallback.WebSocket, []events.Type{events.TypeEconomicsUpdated})
				s.Close()
				time.Sleep(3 * time.Second) // tips.update
			}
			synctest.Wait()
			assert.Zero(t, server.Sockets())
			assert.Zero(t, network.Conns("node"))
		})
	}
}

// A quiet server is alive on every transport, for an hour.
func TestQuietServer(t *testing.T) {
	inEveryDialect(t, func(t *testing.T, tr fallback.Transport, dialect refserver.Dialect) {
		server, network := startServer(t, refserver.Config{Dialect: dialect, NoTicks: true})
		s := open(t, dialer(t, network, nil), tr, nil)
		time.AfterFunc(time.Hour, func() { server.AddMessage(refserver.AddOptions{}) })
		begun := time.Now()
		nextEvent(t, s)
		assert.Equal(t, time.Hour, time.Since(begun))
	})
}

// A server that stops leaves by a bare FIN.
func TestServerStops(t *testing.T) {
	inEveryDialect(t, func(t *testing.T, tr fallback.Transport, dialect refserver.Dialect) {
		server, network := startServer(t, refserver.Config{Dialect: dialect, NoTicks: true})
		s := open(t, dialer(t, network, nil), tr, nil)
		time.AfterFunc(time.Second, server.Close)
		var err error
		for err == nil {
			_, err = s.Next()
		}
		require.ErrorAs(t, err, new(*transport.ClosedError))
		assert.Equal(t, "eof", transport.Reason(err))
		_, err = dialer(t, network, nil).Open(t.Context(), tr, nil)
		require.Error(t, err)
	})
}

// A link on which nothing moves is noticed within two heartbeats and a second.
func TestServerIsCutOff(t *testing.T) {
	inEveryDialect(t, func(t *testing.T, tr fallback.Transport, dialect refserver.Dialect) {
		server, network := startServer(t, refserver.Config{Dialect: dialect})
		s := open(t, dialer(t, network, nil), tr, nil)
		server.AddMessage(refserver.AddOptions{})
		nextEvent(t, s)
		network.Freeze("node", true)
		begun := time.Now()
		var err error
		for err == nil {
			_, err = s.Next()
		}
		require.ErrorAs(t, err, new(*transport.IdleError))
		assert.LessOrEqual(t, time.Since(begun), 31*time.Second)
		network.Freeze("node", false)
	})
}

// Garbage of every kind costs nothing but itself.
func TestServerGarbles(t *testing.T) {
	inEveryDialect(t, func(t *testing.T, tr fallback.Transport, dialect refserver.Dialect) {
		server, network := startServer(t, refserver.Config{Dialect: dialect, NoTicks: true})
		s := open(t, dialer(t, network, nil), tr, []events.Type{events.TypeTipsUpdated})
		server.Garble(1)
		for range 2 {
			require.NoError(t, server.Emit(events.TypeTipsUpdated, events.TipsUpdated{}))
		}
		var kinds []wire.Kind
		for len(kinds) < 2 {
			if f := next(t, s); f.Kind == wire.Event || f.Kind == wire.Garbage {
				kinds = append(kinds, f.Kind)
			}
		}
		assert.Equal(t, []wire.Kind{wire.Garbage, wire.Event}, kinds)
	})
}
