package tools

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// A Process is a program that runs until Stop, in a process group of its own.
type Process struct {
	Addr string // where it listens: host and port
	dir  string // of its files, removed by Stop
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	stop func()
}

// Have returns which of the programs are not here.
func Have(programs ...string) (absent []string) {
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			absent = append(absent, p)
		}
	}
	return absent
}

// A recipe is how a program is run: its configuration goes into a file, whose name
// follows args.
type recipe struct {
	name   string
	args   []string
	config func(dir, addr string) string
}

// start writes the configuration and runs the program until it listens.
func start(ctx context.Context, r recipe) (*Process, error) {
	dir, err := os.MkdirTemp("", "chaos-"+r.name)
	if err != nil {
		return nil, err
	}
	const open = 0o755 // the program may change its user
	if err := os.Chmod(dir, open); err != nil {
		return nil, err
	}
	addr, err := free(ctx)
	if err != nil {
		return nil, err
	}
	p := &Process{Addr: addr, dir: dir}
	p.stop = sync.OnceFunc(p.end)
	return p, p.launch(ctx, r)
}

// launch runs the program, once more if it is running.
func (p *Process) launch(ctx context.Context, r recipe) error {
	file := filepath.Join(p.dir, r.name+".conf")
	const readable = 0o644
	if err := os.WriteFile(file, []byte(r.config(p.dir, p.Addr)), readable); err != nil {
		return err
	}
	cmd := exec.Command(r.name, append(r.args, file)...) //nolint:gosec,noctx // it ends by Stop
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	p.cmd, p.done = cmd, done
	go func() { _ = cmd.Wait(); close(done) }()
	if err := p.listens(ctx); err != nil {
		p.Stop()
		return fmt.Errorf("%s: %w: %s", r.name, err, said.String())
	}
	return nil
}

// listens waits until somebody answers at Addr.
func (p *Process) listens(ctx context.Context) error {
	const patience, often = 10 * time.Second, 20 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(often)
	defer tick.Stop()
	for {
		if c, err := new(net.Dialer).DialContext(ctx, "tcp", p.Addr); err == nil {
			return c.Close()
		}
		select {
		case <-tick.C:
		case <-p.done:
			return errors.New("ended at once")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Signal sends a signal to the whole process group.
func (p *Process) Signal(s syscall.Signal) error { return syscall.Kill(-p.cmd.Process.Pid, s) }

// Stop ends the program and removes its files.
func (p *Process) Stop() { p.stop() }

func (p *Process) end() {
	_ = p.Signal(syscall.SIGCONT) // one that is stopped would not hear
	_ = p.Signal(syscall.SIGTERM)
	const patience = 3 * time.Second
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-p.done:
	case <-t.C:
	}
	_ = p.Signal(syscall.SIGKILL) // workers that outlive their master
	<-p.done
	_ = os.RemoveAll(p.dir)
}

// free returns an address of this host that nobody listens at.
func free(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// port is that of an address.
func port(addr string) string {
	_, p, _ := net.SplitHostPort(addr)
	return p
}
