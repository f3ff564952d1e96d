package cases

import (
	"context"

	"github.com/adic/adic-go/internal/chaos/tools"
	"github.com/adic/adic-go/internal/chaos/trial"
)

// local is this host.
const local = "127.0.0.1"

// viaNginx runs nginx before the node of t, and returns the URL to follow.
func viaNginx(ctx context.Context, t *trial.Trial, location string) (*tools.Process, string, error) {
	p, err := tools.Nginx(ctx, t.Addr, "", location)
	if err != nil {
		return nil, "", err
	}
	t.Defer(p.Stop)
	return p, "http://" + p.Addr, nil
}

// viaHAProxy is viaNginx with haproxy.
func viaHAProxy(ctx context.Context, t *trial.Trial, defaults, frontend string) (*tools.HAProxy, string, error) {
	p, err := tools.NewHAProxy(ctx, t.Addr, "", defaults, frontend)
	if err != nil {
		return nil, "", err
	}
	t.Defer(p.Stop)
	return p, "http://" + p.Addr, nil
}
