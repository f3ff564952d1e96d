package transport_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/rest"
	"github.com/adic/adic-go/internal/transport"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var allTransports = []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling}

// A mint is a source of tokens that counts how often it is asked. It is used by
// one goroutine of a bubble at a time.
type mint struct {
	asked int
	give  func(ctx context.Context, n int) (string, error) // n is 1 for the first
}

func (m *mint) source(ctx context.Context) (string, error) {
	m.asked++
	return m.give(ctx, m.asked)
}

// words is a mint that gives one after the other, and the last for ever.
func words(list ...string) *mint {
	return &mint{give: func(_ context.Context, n int) (string, error) { return list[min(n, len(list))-1], nil }}
}

// guarded runs a server that wants the token "good", and counts what it is asked.
func guarded(t *testing.T) (server *refserver.Server, network *memnet.Network, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	server, network = startServer(t, refserver.Config{Dialect: refserver.Node, Token: "good"})
	return server, counting(t, network, server, requests), requests
}

// counting puts a counter before server, at the host "front".
func counting(t *testing.T, network *memnet.Network, server http.Handler, requests *atomic.Int32) *memnet.Network {
	t.Helper()
	serve(t, network, "front", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		server.ServeHTTP(w, r)
	}))
	return network
}

// front returns a Dialer for that host whose tokens come from m.
func front(t *testing.T, network *memnet.Network, m *mint) *transport.Dialer {
	t.Helper()
	return dialer(t, network, func(c *transport.Config) { c.Base.Host, c.TokenSource = "front", m.source })
}

// inEveryTransport runs fn for each transport in fake time.
func inEveryTransport(t *testing.T, fn func(t *testing.T, tr fallback.Transport)) {
	t.Helper()
	for _, tr := range allTransports {
		bubble(t, tr.String(), func(t *testing.T) { fn(t, tr) })
	}
}

func TestAStaticTokenIsSentOnEachTransport(t *testing.T) {
	inEveryTransport(t, func(t *testing.T, tr fallback.Transport) {
		_, network, _ := guarded(t)
		open(t, dialer(t, network, func(c *transport.Config) { c.Token = "good" }), tr, nil)
	})
}

// The source is asked before the first request, and its answer kept.
func TestATokenIsFetchedBeforeTheDialAndKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, network, _ := guarded(t)
		m := words("good\n")
		d := front(t, network, m)
		for _, tr := range allTransports {
			open(t, d, tr, nil)
		}
		assert.Equal(t, 1, m.asked)
		time.Sleep(time.Minute)
		open(t, d, fallback.SSE, nil)
		assert.Equal(t, 2, m.asked, "it may have expired")
	})
}

// A token that has expired is replaced without anybody noticing.
func TestARefusedTokenIsFetchedAgain(t *testing.T) {
	inEveryTransport(t, func(t *testing.T, tr fallback.Transport) {
		_, network, requests := guarded(t)
		m := words("old", "good")
		d := front(t, network, m)
		open(t, d, tr, nil).Close()
		assert.Equal(t, 2, m.asked)
		many := requests.Load()
		_, err := d.REST().Tips(t.Context(), rest.Fact)
		require.NoError(t, err)
		assert.Equal(t, many+1, requests.Load(), "all use the new one")
		assert.Equal(t, 2, m.asked)
	})
}

// A refusal of the second token stands, on all transports, and the source is not
// asked again and again.
func TestASecondRefusalIsDefinite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, network, requests := guarded(t)
		m := &mint{give: func(_ context.Context, n int) (string, error) { return string(rune('a' + n)), nil }}
		d := front(t, network, m)
		for _, tr := range allTransports {
			_, err := d.Open(t.Context(), tr, nil)
			assert.True(t, transport.Definite(err), err)
			assert.Equal(t, "status 401", transport.Reason(err))
		}
		assert.Equal(t, 2, m.asked)
		assert.EqualValues(t, 4, requests.Load(), "one more than there are transports")
		time.Sleep(time.Minute)
		_, err := d.Open(t.Context(), fallback.SSE, nil)
		assert.True(t, transport.Definite(err), err)
		assert.Equal(t, 4, m.asked, "a new one, and again another one")
	})
}

// A source that knows nothing better than what was refused costs no second request.
func TestTheSameTokenIsNotSentTwice(t *testing.T) {
	inEveryTransport(t, func(t *testing.T, tr fallback.Transport) {
		_, network, requests := guarded(t)
		m := words("bad")
		_, err := front(t, network, m).Open(t.Context(), tr, nil)
		assert.True(t, transport.Definite(err), err)
		assert.Equal(t, 2, m.asked)
		assert.EqualValues(t, 1, requests.Load())
	})
}

// All that need a token wait for one call of the source, and all that were refused
// for one more.
func TestTheSourceIsAskedOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, network, _ := guarded(t)
		m := &mint{give: func(_ context.Context, n int) (string, error) {
			time.Sleep(time.Second)
			return []string{"old", "good"}[min(n, 2)-1], nil
		}}
		d := front(t, network, m)
		var all sync.WaitGroup
		for range 10 {
			for _, tr := range streams {
				all.Go(func() {
					s, err := d.Open(t.Context(), tr, nil)
					if assert.NoError(t, err) {
						s.Close()
					}
				})
			}
			all.Go(func() {
				_, err := d.REST().Tips(t.Context(), rest.Fact)
				assert.NoError(t, err)
			})
		}
		all.Wait()
		assert.Equal(t, 2, m.asked)
	})
}

// Without a token nothing is sent, and why is said.
func TestWithoutATokenNothingIsSent(t *testing.T) {
	none := errors.New("vault is sealed")
	tests := map[string]struct {
		give func(context.Context, int) (string, error)
		want string
	}{
		"an error":    {func(context.Context, int) (string, error) { return "", none }, "vault is sealed"},
		"empty":       {func(context.Context, int) (string, error) { return " \n", nil }, "it is empty"},
		"with Bearer": {func(context.Context, int) (string, error) { return "Bearer hush", nil }, "without Bearer"},
		"two lines":   {func(context.Context, int) (string, error) { return "hush\r\nX-Evil: 1", nil }, "a header cannot carry"},
		"a panic":     {func(_ context.Context, n int) (string, error) { return strings.Repeat("hush", -n), nil }, "panicked"},
		"slow":        {func(ctx context.Context, _ int) (string, error) { <-ctx.Done(); return "", ctx.Err() }, "deadline exceeded"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inEveryTransport(t, func(t *testing.T, tr fallback.Transport) {
				_, network, requests := guarded(t)
				begun := time.Now()
				_, err := front(t, network, &mint{give: test.give}).Open(t.Context(), tr, nil)
				var missing *transport.TokenError
				require.ErrorAs(t, err, &missing)
				assert.Contains(t, err.Error(), "no bearer token: ")
				assert.Contains(t, err.Error(), test.want)
				assert.NotContains(t, err.Error(), "hush")
				assert.Equal(t, "token", transport.Reason(err))
				assert.Equal(t, fallback.Failed, transport.Classify(tr, err).Kind)
				assert.False(t, transport.Definite(err))
				assert.Zero(t, requests.Load())
				assert.LessOrEqual(t, time.Since(begun), transport.DefaultDialTimeout/2)
			})
		})
	}
}

// While the source fails, the last token goes on being used.
func TestAFailingSourceLeavesTheLastToken(t *testing.T) {
	inEveryTransport(t, func(t *testing.T, tr fallback.Transport) {
		_, network, _ := guarded(t)
		m := &mint{give: func(ctx context.Context, n int) (string, error) {
			if n == 1 {
				return "good", nil
			}
			<-ctx.Done()
			return "", ctx.Err()
		}}
		d := front(t, network, m)
		open(t, d, tr, nil).Close()
		time.Sleep(time.Hour)
		open(t, d, tr, nil)
		if tr != fallback.Polling {
			assert.Equal(t, 2, m.asked)
		}
	})
}

// The end of one who waits is not the end of the others.
func TestACallThatIsGivenUpIsMadeByTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, network, _ := guarded(t)
		m := &mint{give: func(ctx context.Context, n int) (string, error) {
			if n == 1 {
				<-ctx.Done()
				return "", ctx.Err()
			}
			return "good", nil
		}}
		d := front(t, network, m)
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			_, err := d.Open(ctx, fallback.SSE, nil)
			assert.ErrorIs(t, err, context.Canceled)
			assert.NotErrorAs(t, err, new(*transport.TokenError))
		})
		synctest.Wait()
		all.Go(func() { open(t, d, fallback.WebSocket, nil) })
		synctest.Wait()
		early, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		_, err := d.Open(early, fallback.SSE, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		cancel()
		all.Wait()
		assert.Equal(t, 2, m.asked)
	})
}

// A source that ends its goroutine takes nobody else along.
func TestASourceThatEndsItsGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, network, _ := guarded(t)
		m := &mint{give: func(_ context.Context, n int) (string, error) {
			if n == 1 {
				runtime.Goexit()
			}
			return "good", nil
		}}
		d := front(t, network, m)
		var first sync.WaitGroup
		first.Go(func() { _, _ = d.REST().Tips(t.Context(), rest.Fact) })
		first.Wait()
		open(t, d, fallback.SSE, nil)
	})
}
