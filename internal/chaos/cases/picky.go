package cases

import (
	"context"
	"net/http"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/chaos/tools"
	"github.com/adic/adic-go/internal/chaos/trial"
	"github.com/adic/adic-go/internal/refserver"
)

// refuseUpgrades is a firewall in nginx.
const refuseUpgrades = `if ($http_upgrade) { return 403; }
proxy_http_version 1.1;
proxy_set_header Connection "";
proxy_buffering off;
`

// picky are proxies that pass on a part, or pass it on in another form.
func picky() []Case {
	return []Case{
		{Fault: 15, Name: "nginx strips Upgrade", Programs: []string{nginx}, Transports: ladder, Run: nginxWith("proxy_buffering off;\nproxy_http_version 1.1;\n", onlySSE)},
		{Fault: 15, Name: "haproxy strips Upgrade", Programs: []string{haproxy}, Transports: ladder, Run: haproxyWith("", "http-request del-header Upgrade", onlySSE)},
		{Fault: 16, Name: "nginx answers 403 to upgrades", Programs: []string{nginx}, Transports: ladder, Run: nginxWith(refuseUpgrades, onlySSE)},
		{Fault: 16, Name: "haproxy answers 403 to upgrades", Programs: []string{haproxy}, Transports: ladder, Run: haproxyWith("", "http-request deny deny_status 403 if { req.hdr(Upgrade) -m found }", onlySSE)},
		{
			Fault: 17, Name: "nginx buffers SSE of an HTTP/1.0 upstream and refuses upgrades", Programs: []string{nginx}, Transports: ladder,
			Dialects: node, Heartbeat: 15 * time.Second,
			Run: nginxWith("if ($http_upgrade) { return 403; }\nproxy_http_version 1.0;\nproxy_buffering on;\n", onlyPolling),
		},
		{Fault: 18, Name: "nginx compresses SSE", Programs: []string{nginx}, Transports: sse, Run: nginxWith(tools.NginxUpgrades+"gzip on;\ngzip_proxied any;\ngzip_types text/event-stream;\ngzip_min_length 1;\n", prompt)},
		{Fault: 18, Name: "haproxy compresses SSE", Programs: []string{haproxy}, Transports: sse, Run: haproxyWith("  compression algo gzip\n  compression type text/event-stream", "", prompt)},
	}
}

// A check is what is done to a client of base.
type check func(ctx context.Context, t *trial.Trial, base string) error

func nginxWith(location string, then check) func(context.Context, *trial.Trial) error {
	return func(ctx context.Context, t *trial.Trial) error {
		_, base, err := viaNginx(ctx, t, location)
		if err != nil {
			return err
		}
		return then(ctx, t, base)
	}
}

func haproxyWith(defaults, frontend string, then check) func(context.Context, *trial.Trial) error {
	return func(ctx context.Context, t *trial.Trial) error {
		_, base, err := viaHAProxy(ctx, t, defaults, frontend)
		if err != nil {
			return err
		}
		return then(ctx, t, base)
	}
}

// onlySSE expects SSE at once, and few questions whether WebSockets work by now.
func onlySSE(ctx context.Context, t *trial.Trial, base string) error {
	o := t.Options()
	web, tries := t.Counting(&http.Transport{}, refserver.SocketPath)
	o.HTTPClient = web
	fault := t.Fault()
	f, err := t.Follow(base, o)
	if err != nil {
		return err
	}
	t.Await(ctx, "a connection", 3*time.Second, f.Connected)
	t.Talk()
	fault.Next(ctx, fault.Began, 3*time.Second)
	t.Checkf(f.On(fallback.SSE)(), "by %v", f.Health().Transport)
	const watched = 62 * time.Second
	t.Pass(ctx, watched-time.Since(fault.Began))
	const most = 2 // the first, and one a minute
	t.Checkf(tries.Load() <= most, "too many")
	t.Notef("%d tries of WebSocket in %v", tries.Load(), watched)
	return nil
}

// onlyPolling expects polling when a stream that is open has not brought a byte for
// two heartbeats.
func onlyPolling(ctx context.Context, t *trial.Trial, base string) error {
	fault := t.Fault()
	f, err := t.Follow(base, nil)
	if err != nil {
		return err
	}
	took := t.Await(ctx, "polling", 2*t.Heartbeat+3*time.Second, f.On(fallback.Polling))
	t.Notef("polling after %.1f s", took.Seconds())
	t.Talk()
	fault.Next(ctx, time.Now(), 3*time.Second)
	t.Pass(ctx, 5*time.Second)
	return nil
}

// prompt expects nothing to be late.
func prompt(ctx context.Context, t *trial.Trial, base string) error {
	fault := t.Fault()
	f, err := t.Begin(ctx, base, nil)
	if err != nil {
		return err
	}
	fault.Next(ctx, time.Now(), time.Second)
	t.Pass(ctx, 10*time.Second)
	t.Checkf(f.On(t.Transport)(), "by %v", f.Health().Transport)
	t.Checkf(f.Tries(t.Transport) == 1, "%d tries", f.Tries(t.Transport))
	return nil
}
