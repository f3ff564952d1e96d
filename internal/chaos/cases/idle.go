package cases

import (
	"context"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/chaos/tools"
	"github.com/adic/adic-go/internal/chaos/trial"
)

const (
	nginxIdle   = tools.NginxUpgrades + "proxy_read_timeout 5s;\nproxy_send_timeout 5s;\n"
	haproxyIdle = "  timeout client 5s\n  timeout server 5s\n  timeout tunnel 5s"
)

// idle are proxies that end what is quiet for 5 s.
func idle() []Case {
	const rare = 15 * time.Second
	return []Case{
		{Fault: 19, Name: "nginx ends what is idle for 5 s, heartbeats each 2 s", Programs: []string{nginx}, Run: nginxWith(nginxIdle, undisturbed)},
		{Fault: 19, Name: "haproxy ends what is idle for 5 s, heartbeats each 2 s", Programs: []string{haproxy}, Run: haproxyWith(haproxyIdle, "", undisturbed)},
		{
			Fault: 19, Name: "nginx ends what is idle for 5 s, heartbeats each 15 s", Programs: []string{nginx}, Dialects: guide, Transports: ladder,
			Heartbeat: rare, Run: nginxWith(nginxIdle, shortLives),
		},
		{
			Fault: 19, Name: "haproxy ends what is idle for 5 s, heartbeats each 15 s", Programs: []string{haproxy}, Dialects: guide, Transports: ladder,
			Heartbeat: rare, Run: haproxyWith(haproxyIdle, "", shortLives),
		},
	}
}

// undisturbed expects a quiet minute without a reconnect.
func undisturbed(ctx context.Context, t *trial.Trial, base string) error {
	f, err := t.Follow(base, nil)
	if err != nil {
		return err
	}
	t.Pass(ctx, time.Minute)
	t.Checkf(f.On(t.Transport)(), "by %v", f.Health().Transport)
	t.Checkf(f.Tries(t.Transport) == 1, "%d tries in a minute", f.Tries(t.Transport))
	t.Talk()
	t.Pass(ctx, 2*time.Second)
	return nil
}

// shortLives expects streams that are cut each time to be left for polling.
func shortLives(ctx context.Context, t *trial.Trial, base string) error {
	fault := t.Fault()
	f, err := t.Follow(base, nil)
	if err != nil {
		return err
	}
	took := t.Await(ctx, "polling", 75*time.Second, f.On(fallback.Polling))
	t.Notef("polling after %.0f s", took.Seconds())
	t.Checkf(f.Told(), "no state says why")
	t.Talk()
	fault.Next(ctx, time.Now(), 3*time.Second)
	t.Pass(ctx, 5*time.Second)
	return nil
}
