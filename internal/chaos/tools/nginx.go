package tools

import (
	"context"
	"fmt"
	"syscall"
)

// NginxUpgrades are the lines that let WebSockets through, which nginx does not do
// by itself.
const NginxUpgrades = `proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;
proxy_buffering off;
`

// Nginx runs nginx before a node. lines go into its server block, location into the
// block that passes requests on.
func Nginx(ctx context.Context, node, lines, location string) (*Process, error) {
	return start(ctx, recipe{name: "nginx", args: []string{"-g", "daemon off;", "-c"}, config: func(dir, addr string) string {
		return fmt.Sprintf(`user root;
worker_processes 1;
worker_shutdown_timeout 1s;
pid %[1]s/pid;
error_log %[1]s/error.log;
events { worker_connections 2048; }
http {
access_log off;
client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
server {
listen %[2]s;
proxy_read_timeout 1h;
%[4]s
location / {
proxy_pass http://%[3]s;
%[5]s
}
}
}
`, dir, addr, node, lines, location)
	}})
}

// NginxTLS are lines of a server block that let it speak TLS at another address.
func NginxTLS(addr string, c Certificate) string {
	return fmt.Sprintf("listen %s ssl;\nssl_certificate %s;\nssl_certificate_key %s;\n", addr, c.Chain, c.Key)
}

// Reload has nginx read its configuration again: new workers take new connections,
// and the old ones end theirs after a second.
func (p *Process) Reload() error { return p.cmd.Process.Signal(syscall.SIGHUP) }
