package tools

import (
	"context"
	"fmt"
	"strconv"
)

// A HAProxy is haproxy before a node.
type HAProxy struct {
	*Process

	recipe recipe
}

// NewHAProxy runs haproxy before a node. frontend and defaults are further lines of these
// sections; bind follows the address.
func NewHAProxy(ctx context.Context, node, bind, defaults, frontend string) (*HAProxy, error) {
	r := recipe{name: "haproxy", args: []string{"-db", "-f"}, config: func(_, addr string) string {
		return fmt.Sprintf(`global
  maxconn 4096
  hard-stop-after 1s
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
%s
frontend f
  bind %s %s
%s
  default_backend b
backend b
  server s %s
`, defaults, addr, bind, frontend, node)
	}}
	p, err := start(ctx, r)
	return &HAProxy{p, r}, err
}

// Reload starts another haproxy at the same address, which has the old one drained
// when it is ready: that takes no connections any more, and ends those it has after a
// second.
func (h *HAProxy) Reload(ctx context.Context) error {
	old := h.done
	r := h.recipe
	r.args = []string{"-db", "-sf", strconv.Itoa(h.cmd.Process.Pid), "-f"}
	if err := h.launch(ctx, r); err != nil {
		return err
	}
	select {
	case <-old:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
