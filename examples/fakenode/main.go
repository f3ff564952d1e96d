// Fakenode serves the ADIC event stream from a small made-up ledger, in either
// dialect, so that any client can be pointed at it:
//
//	go run ./examples/fakenode
//	go run ./examples/fakenode -dialect node -rate 20
//	go run ./examples/fakenode -fault 30s:away:websocket -fault 90s:heal:all
//
// It runs until it is interrupted. The flags are listed by -h.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/adic/adic-go/internal/refserver"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "fakenode:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, out, complaints io.Writer) error {
	opts, err := parse(args, complaints)
	if err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", opts.addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w: another server has that port; choose one with -addr", err)
	case err != nil:
		return err
	}
	server := refserver.New(opts.config)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	defer all.Wait()
	defer server.Close()
	all.Go(func() { server.Run(ctx) })
	all.Go(func() { opts.faults.run(ctx, server) })
	all.Go(func() {
		<-ctx.Done()
		server.Close()
	})
	greet(out, l.Addr(), opts)
	err = server.Serve(l)
	stop()
	return err
}

// greet says where the server is and how to use it, in one line.
func greet(out io.Writer, addr net.Addr, opts options) {
	auth := ""
	if opts.config.Token != "" {
		auth = fmt.Sprintf(" -H 'Authorization: Bearer %s'", opts.config.Token)
	}
	_, _ = fmt.Fprintf(out, "fakenode: %s dialect at http://%s, WebSocket ws://%s%s; try: curl -N%s http://%s%s\n",
		opts.config.Dialect, addr, addr, refserver.SocketPath, auth, addr, refserver.SSEPath)
}
