package peers

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/adic/adic-go/internal/refserver"
)

// A target is what a peer reads.
type target struct {
	base  string // URL of the server
	names string // of events on SSE, comma-separated
	way   refserver.Part
	dir   string // for its files
}

func (t target) String() string {
	if t.way == refserver.WebSocket {
		return "websocket"
	}
	return "sse"
}

// A peer is a client that is not ours.
type peer struct {
	name  string
	ways  []refserver.Part
	ready func(ctx context.Context, dir string) error // brings what it needs, or says what is not here
	read  func(ctx context.Context, t target, lines io.Writer) error
}

func all() []peer {
	both := []refserver.Part{refserver.WebSocket, refserver.SSE}
	return []peer{
		{"npm ws", both[:1], npm("ws"), func(ctx context.Context, t target, lines io.Writer) error {
			return script(ctx, t, lines, "node", "ws.mjs", t.base)
		}},
		{"npm eventsource", both[1:], npm("eventsource"), func(ctx context.Context, t target, lines io.Writer) error {
			return script(ctx, t, lines, "node", "eventsource.mjs", t.base, t.names)
		}},
		{"aiohttp", both, aiohttp, func(ctx context.Context, t target, lines io.Writer) error {
			return script(ctx, t, lines, python, "read.py", t.base, t.String())
		}},
		{"curl -N", both[1:], program("curl"), func(ctx context.Context, t target, lines io.Writer) error {
			return run(ctx, t.dir, lines, "curl", "-sN", t.base+refserver.SSEPath+"?events=all")
		}},
		{"chromium", both, program("chromium"), chromium},
	}
}

// python is the system's, which has the packages of the system.
const python = "/usr/bin/python3"

// program is ready if it can be found.
func program(name string) func(context.Context, string) error {
	return func(context.Context, string) error {
		_, err := exec.LookPath(name)
		return err
	}
}

// npm installs a package into the folder.
func npm(name string) func(context.Context, string) error {
	return func(ctx context.Context, dir string) error {
		const patience = time.Minute
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		var said strings.Builder
		if err := run(ctx, dir, &said, "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", dir, name); err != nil {
			return fmt.Errorf("npm install %s: %w", name, err)
		}
		return nil
	}
}

func aiohttp(ctx context.Context, dir string) error {
	return run(ctx, dir, io.Discard, python, "-c", "import aiohttp")
}

// script runs one of the programs.
func script(ctx context.Context, t target, lines io.Writer, interpreter, name string, args ...string) error {
	text, err := programs.ReadFile("programs/" + name)
	if err != nil {
		return err
	}
	file := filepath.Join(t.dir, name)
	const private = 0o600
	if err := os.WriteFile(file, text, private); err != nil {
		return err
	}
	return run(ctx, t.dir, lines, interpreter, append([]string{file}, args...)...)
}

// run runs a program until it or ctx ends.
func run(ctx context.Context, dir string, lines io.Writer, name string, args ...string) error {
	var complaints strings.Builder
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // the programs stand above
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, lines, &complaints
	const grace = 2 * time.Second
	cmd.WaitDelay = grace
	if err := cmd.Run(); err != nil {
		const longest = 300
		return fmt.Errorf("%s: %w %.*s", name, err, longest, strings.TrimSpace(complaints.String()))
	}
	return nil
}
