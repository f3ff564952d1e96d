package tools

import (
	"context"
	"fmt"
)

// Tinyproxy runs a forward proxy. lines are further lines of its configuration.
func Tinyproxy(ctx context.Context, lines string) (*Process, error) {
	return start(ctx, recipe{name: "tinyproxy", args: []string{"-d", "-c"}, config: func(dir, addr string) string {
		return fmt.Sprintf("Port %s\nListen 127.0.0.1\nTimeout 600\nMaxClients 200\nLogLevel Error\nPidFile %q\n%s\n", port(addr), dir+"/pid", lines)
	}})
}
