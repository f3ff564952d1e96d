package cases

import (
	"context"
	"syscall"
	"time"

	"github.com/adic/adic-go/internal/chaos/tools"
	"github.com/adic/adic-go/internal/chaos/trial"
)

const (
	nginx   = "nginx"
	haproxy = "haproxy"
)

// broken are proxies that stop in the middle.
func broken() []Case {
	return []Case{
		{Fault: 6, Name: "nginx stopped for 8 s, its connections open", Programs: []string{nginx}, Run: func(ctx context.Context, t *trial.Trial) error {
			p, base, err := viaNginx(ctx, t, tools.NginxUpgrades)
			if err != nil {
				return err
			}
			return halfOpen(ctx, t, p, base)
		}},
		{Fault: 6, Name: "haproxy stopped for 8 s, its connections open", Programs: []string{haproxy}, Run: func(ctx context.Context, t *trial.Trial) error {
			p, base, err := viaHAProxy(ctx, t, "", "")
			if err != nil {
				return err
			}
			return halfOpen(ctx, t, p.Process, base)
		}},
	}
}

// halfOpen stops a proxy: its host answers everything that TCP asks, and no byte comes.
func halfOpen(ctx context.Context, t *trial.Trial, p *tools.Process, base string) error {
	f, err := t.Begin(ctx, base, nil)
	if err != nil {
		return err
	}
	t.Pass(ctx, 3*time.Second)
	fault := t.Fault()
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	took := t.Await(ctx, "noticed", 2*t.Heartbeat+time.Second, func() bool { return !f.Connected() })
	t.Notef("noticed after %.1f s", took.Seconds())
	t.Pass(ctx, 8*time.Second-time.Since(fault.Began))
	if err := p.Signal(syscall.SIGCONT); err != nil {
		return err
	}
	fault.Heal()
	fault.Next(ctx, fault.Ended, 10*time.Second)
	return nil
}
