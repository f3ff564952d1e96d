package tools

import (
	"context"
	"fmt"
)

// Squid runs a forward proxy. lines are further lines of its configuration, before
// access is allowed to all.
func Squid(ctx context.Context, lines string) (*Process, error) {
	return start(ctx, recipe{name: "squid", args: []string{"-N", "-f"}, config: func(_, addr string) string {
		return fmt.Sprintf(`http_port %s
visible_hostname chaos
pid_filename none
access_log none
cache_log /dev/null
cache_store_log none
cache_mem 0
cache deny all
coredump_dir /tmp
pinger_enable off
shutdown_lifetime 0 seconds
%s
http_access allow all
`, addr, lines)
	}})
}
