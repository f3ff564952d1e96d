package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answer is the status of a server's answer to a REST request.
func answer(s *refserver.Server) int {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/tips", nil))
	return w.Code
}

func TestFaultsHappenInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s script
		for _, spec := range []string{"20s:heal:rest", "refuse:all:503", "30s:refuse:rest:418", "1m+:heal:rest", "70s:refuse:rest:418", "130s:refuse:rest:418"} {
			require.NoError(t, s.Set(spec))
		}
		server := refserver.New(refserver.Config{})
		defer server.Close()
		ctx, stop := context.WithCancel(context.Background())
		var running sync.WaitGroup
		defer running.Wait()
		defer stop()
		running.Go(func() { s.run(ctx, server) })
		begun := time.Now()
		for _, row := range []struct {
			second int
			want   int
		}{{1, 503}, {19, 503}, {21, 200}, {31, 418}, {61, 200}, {71, 418}, {121, 200}, {131, 418}} {
			time.Sleep(time.Duration(row.second)*time.Second - time.Since(begun))
			synctest.Wait()
			assert.Equal(t, row.want, answer(server), "after %d s", row.second)
		}
	})
}

// A script that is over does not wait for the end of the server.
func TestScriptEnds(t *testing.T) {
	synctest.Test(t, func(_ *testing.T) {
		var s script
		_ = s.Set("1h:dead")
		server := refserver.New(refserver.Config{})
		defer server.Close()
		s.run(context.Background(), server)
	})
}

// Each action can be named and does not break a server that has nobody to serve.
func TestEveryFault(t *testing.T) {
	for name, a := range actions {
		spec := name
		if a.part {
			spec += ":websocket"
		}
		if a.number {
			spec += ":200"
		}
		f, err := parseFault(spec)
		require.NoError(t, err, spec)
		assert.Contains(t, faultUsage, name)
		server := refserver.New(refserver.Config{})
		f.do(server)
		assert.Equal(t, 200, answer(server), spec)
		server.Close()
	}
}

func TestBadFaults(t *testing.T) {
	for spec, want := range map[string]string{
		"":                     `"": want one of alive,`,
		"30s":                  `"": want one of alive,`,
		"-1s:dead":             `"-1s": want a time`,
		"0s+:dead":             `"0s+": want a time`,
		"30m:drop":             "drop:: want one of all, rest, sse, streams, websocket",
		"drop:everything":      "drop:everything: want one of all,",
		"die:sse":              `die: "": want a number`,
		"die:sse:many":         `die: "many": want a number`,
		"die:sse:-1":           `die: "-1": want a number`,
		"refuse:all:99":        `refuse: "99": want an HTTP status from 200 to 599`,
		"dead:all":             `dead: "all" is too much`,
		"refuse:all:503:again": `refuse: "again" is too much`,
	} {
		_, err := parseFault(spec)
		require.Error(t, err, spec)
		assert.True(t, strings.HasPrefix(err.Error(), want), "%s: %v", spec, err)
	}
}
