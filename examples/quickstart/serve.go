package main

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/adic/adic-go/internal/refserver"
)

// serve starts a reference server with a small living DAG on a free port of
// this machine.
func serve(ctx context.Context) (addr string, stop func(), err error) {
	node := refserver.New(refserver.Config{Rate: 2, Seed: uint64(time.Now().UnixNano())})
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("reference server: %w", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { node.Run(ctx) })
	running.Go(func() { _ = node.Serve(l) }) // ends with Close
	return l.Addr().String(), func() {
		cancel()
		node.Close()
		running.Wait()
	}, nil
}
