package refserver

import (
	"context"
	"fmt"
	"net"
	"sync"
)

// Start listens on addr, "host:port", where port 0 means a free one, and does all
// that Serve and Run do until stop is called, which waits for it. The end of ctx
// ends nothing but the listening.
func (s *Server) Start(ctx context.Context, addr string) (address string, stop func(), err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("refserver: %w", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	running.Go(func() { _ = s.Serve(l) }) // ends with Close
	return l.Addr().String(), func() {
		cancel()
		s.Close()
		running.Wait()
	}, nil
}
