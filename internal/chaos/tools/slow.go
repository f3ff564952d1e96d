package tools

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// A Slow is a proxy of bytes that takes its time. The zero one does not.
type Slow struct {
	Latency, Jitter time.Duration // of each piece, and how much that varies either way
	Rate            int           // bytes a second, each way; 0: as fast as it goes
	Slice           int           // bytes that are written in one go; 0: all
	Seed            uint64
}

// Listen passes on what comes to a free address to another one, until stop is called.
func (s Slow) Listen(ctx context.Context, to string) (addr string, stop func(), err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() {
		for n := s.Seed; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { s.serve(ctx, c, to, n) })
		}
	})
	return l.Addr().String(), func() { cancel(); _ = l.Close(); running.Wait() }, nil
}

func (s Slow) serve(ctx context.Context, down net.Conn, to string, seed uint64) {
	defer down.Close() //nolint:errcheck // the other end has seen it
	up, err := new(net.Dialer).DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	defer up.Close() //nolint:errcheck // as above
	end := func() { _, _ = down.Close(), up.Close() }
	defer context.AfterFunc(ctx, end)()
	var both sync.WaitGroup
	both.Go(func() { s.copy(ctx, up, down, rand.New(rand.NewPCG(seed, 0))); end() })
	both.Go(func() { s.copy(ctx, down, up, rand.New(rand.NewPCG(seed, 1))); end() })
	both.Wait()
}

// A piece is what was read, and when it may go on.
type piece struct {
	bytes []byte
	at    time.Time
}

// copy passes bytes on. Reading does not wait for writing: what is late is not slow.
func (s Slow) copy(ctx context.Context, to, from net.Conn, rng *rand.Rand) {
	const under, size = 1 << 10, 4 << 10
	way := make(chan piece, under)
	var writing sync.WaitGroup
	writing.Go(func() {
		for p := range way {
			if s.write(ctx, to, p) != nil {
				_ = from.Close() // ends the reading
			}
		}
	})
	for at := time.Now(); ; {
		b := make([]byte, size)
		n, err := from.Read(b)
		if n > 0 {
			delay := s.Latency
			if s.Jitter > 0 {
				delay += time.Duration(rng.Int64N(int64(2*s.Jitter))) - s.Jitter
			}
			if due := time.Now().Add(delay); due.After(at) {
				at = due // TCP keeps the order
			}
			way <- piece{b[:n], at}
		}
		if err != nil {
			break
		}
	}
	close(way)
	writing.Wait()
}

func (s Slow) write(ctx context.Context, to net.Conn, p piece) error {
	if err := until(ctx, p.at); err != nil {
		return err
	}
	for b := p.bytes; len(b) > 0; {
		n := len(b)
		if s.Slice > 0 {
			n = min(n, s.Slice)
		}
		if _, err := to.Write(b[:n]); err != nil {
			return err
		}
		b = b[n:]
		if s.Rate > 0 {
			if err := until(ctx, time.Now().Add(time.Duration(n)*time.Second/time.Duration(s.Rate))); err != nil {
				return err
			}
		}
	}
	return nil
}

// until waits for a time.
func until(ctx context.Context, at time.Time) error {
	d := time.Until(at)
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return errors.New("it is over")
	}
}
