package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"io"
	"net/http"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// started is a fakenode that runs, over true TCP.
type started struct {
	line string // what it printed
	url  string
	stop func() error
}

func start(t *testing.T, args ...string) started {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	var running sync.WaitGroup
	var failed error
	running.Go(func() {
		failed = run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), w, w)
		w.Close()
	})
	s := started{stop: func() error {
		cancel()
		running.Wait()
		return failed
	}}
	t.Cleanup(func() { s.stop() })
	var err error
	s.line, err = bufio.NewReader(r).ReadString('\n')
	require.NoError(t, err)
	s.url = regexp.MustCompile(`http://[0-9.]+:\d+`).FindString(s.line)
	require.NotEmpty(t, s.url, s.line)
	return s
}

func status(t *testing.T, url string) int {
	t.Helper()
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := c.Get(url)
	require.NoError(t, err)
	resp.Body.Close()
	return resp.StatusCode
}

func TestRun(t *testing.T) {
	s := start(t, "-dialect", "node")
	assert.Equal(t, "fakenode: node dialect at "+s.url+", WebSocket ws"+s.url[len("http"):]+
		"/v1/ws/events; try: curl -N "+s.url+"/v1/sse/events\n", s.line)
	assert.Equal(t, 200, status(t, s.url+"/v1/health"))
	assert.NoError(t, s.stop())
}

func TestToken(t *testing.T) {
	s := start(t, "-token", "secret")
	assert.Contains(t, s.line, "curl -N -H 'Authorization: Bearer secret' ")
	assert.Equal(t, 401, status(t, s.url+"/v1/health"))
}

func TestPortTaken(t *testing.T) {
	s := start(t)
	addr := s.url[len("http://"):]
	err := run(context.Background(), []string{"-addr", addr}, io.Discard, io.Discard)
	require.Error(t, err)
	assert.Contains(t, err.Error(), addr)
	assert.Contains(t, err.Error(), "choose one with -addr")
}

func TestBadAddress(t *testing.T) {
	err := run(context.Background(), []string{"-addr", "9121"}, io.Discard, io.Discard)
	assert.ErrorContains(t, err, "missing port")
}

func TestBadFlags(t *testing.T) {
	rows := []struct {
		args []string
		want []string // parts of the complaint
	}{
		{[]string{"-dialect", "german", "-untruths", "all", "-rate", "-1", "-high_priority_buffer", "0", "word"}, []string{
			`-dialect "german": want guide or node`, `-untruths "all": want none, measured`, `"word"`, "-rate", "buffers",
		}},
		{[]string{"-nix"}, []string{"-nix", "-enable_websocket"}},
		{[]string{"-fault", "explode"}, []string{`"explode": want one of alive, away, dead`}},
	}
	for _, row := range rows {
		var complaints bytes.Buffer
		require.ErrorIs(t, run(context.Background(), row.args, io.Discard, &complaints), errUsage)
		for _, part := range row.want {
			assert.Contains(t, complaints.String(), part)
		}
	}
	assert.ErrorIs(t, run(context.Background(), []string{"-h"}, io.Discard, io.Discard), flag.ErrHelp)
}
