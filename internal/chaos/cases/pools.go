package cases

import (
	"context"
	"time"

	"github.com/adic/adic-go/internal/chaos/tools"
	"github.com/adic/adic-go/internal/chaos/trial"
)

// streams is how many clients a reload has to carry over.
const streams = 100

// pools are proxies that are reloaded under load.
func pools() []Case {
	return []Case{
		{Fault: 29, Name: "nginx reloads under 100 streams", Heavy: true, Programs: []string{nginx}, Run: func(ctx context.Context, t *trial.Trial) error {
			p, base, err := viaNginx(ctx, t, tools.NginxUpgrades)
			if err != nil {
				return err
			}
			return reload(ctx, t, base, func(context.Context) error { return p.Reload() })
		}},
		{Fault: 29, Name: "haproxy drains under 100 streams", Heavy: true, Programs: []string{haproxy}, Run: func(ctx context.Context, t *trial.Trial) error {
			p, base, err := viaHAProxy(ctx, t, "", "")
			if err != nil {
				return err
			}
			return reload(ctx, t, base, p.Reload)
		}},
	}
}

// reload has many clients carried over from one generation of a proxy to the next.
func reload(ctx context.Context, t *trial.Trial, base string, do func(context.Context) error) error {
	for range streams {
		if _, err := t.Follow(base, nil); err != nil {
			return err
		}
	}
	t.Await(ctx, "all connected", 30*time.Second, t.AllConnected)
	t.Beats(ctx)
	t.Talk()
	t.Pass(ctx, 3*time.Second)
	fault := t.Fault()
	if err := do(ctx); err != nil {
		return err
	}
	t.Pass(ctx, 8*time.Second)
	fault.Pauses(2 * time.Second)
	fault.Heal()
	t.Await(ctx, "all connected again", time.Second, t.AllConnected)
	return nil
}
