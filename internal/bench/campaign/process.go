package campaign

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Where processes run.
const (
	serverCPU = 0
	clientCPU = 1
	anyCPU    = -1
)

// command prepares this program in another role.
func command(ctx context.Context, procs int, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, args...) //nolint:gosec // itself
	cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(procs))
	cmd.Stderr = os.Stderr
	return cmd, nil
}

// startOn starts a process that runs on one CPU only: a child inherits the
// affinity of the thread that starts it.
func startOn(cpu int, cmd *exec.Cmd) error {
	if cpu == anyCPU || runtime.NumCPU() <= cpu {
		return cmd.Start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, only unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return err
	}
	only.Set(cpu)
	if err := unix.SchedSetaffinity(0, &only); err != nil {
		return err
	}
	defer func() { _ = unix.SchedSetaffinity(0, &before) }()
	return cmd.Start()
}

// A Server is the process that sends.
type Server struct {
	Orders string // where it takes them
	cmd    *exec.Cmd
	in     io.Closer
}

// StartServer starts the server on its CPU, or on any.
func StartServer(ctx context.Context, pinned bool) (*Server, error) {
	cpu, procs := serverCPU, 1
	if !pinned {
		cpu, procs = anyCPU, runtime.NumCPU()
	}
	cmd, err := command(ctx, procs, "-role", "server")
	if err != nil {
		return nil, err
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := startOn(cpu, cmd); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the server says nothing: %w", err)
	}
	return &Server{strings.TrimSpace(line), cmd, in}, nil
}

// Stop ends the server.
func (s *Server) Stop() {
	_ = s.in.Close()
	_ = s.cmd.Wait()
}

// Measure runs a client process to its end and reads its result into v. It returns
// how many CPUs processes other than it and the server used meanwhile.
func (s *Server) Measure(ctx context.Context, pinned bool, v any, args ...string) (foreign float64, err error) {
	const longest = 4 * time.Minute // a client that hangs is not waited for
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	cpu, procs := clientCPU, 1
	if !pinned {
		cpu, procs = anyCPU, runtime.NumCPU()
	}
	cmd, err := command(ctx, procs, append(args, "-role", "client", "-orders", s.Orders)...)
	if err != nil {
		return 0, err
	}
	var out bytes.Buffer
	cmd.Stdout = &out
	before := look(s.cmd.Process.Pid)
	if err := startOn(cpu, cmd); err != nil {
		return 0, err
	}
	if err := cmd.Wait(); err != nil {
		return 0, fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}
	own := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return look(s.cmd.Process.Pid).foreign(before, own), json.Unmarshal(out.Bytes(), v)
}
