package cases

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/chaos/tools"
	"github.com/adic/adic-go/internal/chaos/trial"
)

// proxy starts a forward proxy with further lines of configuration.
type proxy func(ctx context.Context, lines string) (*tools.Process, error)

// forward are proxies that the client is told to use.
func forward() []Case {
	var cases []Case
	for _, p := range []struct {
		name   string
		start  proxy
		locked func(dir string) (string, error) // lines that ask for user and password
		idle   string                           // lines that end what is idle for 5 s
	}{
		{"tinyproxy", tools.Tinyproxy, func(string) (string, error) { return "BasicAuth user secret", nil }, "Timeout 5"},
		{"squid", tools.Squid, squidPassword, "read_timeout 5 seconds"},
	} {
		programs := []string{p.name}
		cases = append(cases,
			Case{Fault: 33, Name: "wss through " + p.name, Programs: programs, Run: func(ctx context.Context, t *trial.Trial) error {
				return tunnel(ctx, t, p.start, "")
			}},
			Case{Fault: 33, Name: "wss through " + p.name + ", which ends what is idle for 5 s", Programs: programs, Run: func(ctx context.Context, t *trial.Trial) error {
				return tunnel(ctx, t, p.start, p.idle)
			}},
			Case{Fault: 33, Name: "ws through " + p.name, Programs: programs, Transports: ladder, Run: func(ctx context.Context, t *trial.Trial) error {
				return stripped(ctx, t, p.start)
			}},
			Case{Fault: 33, Name: p.name + " wants a password", Programs: programs, Transports: ladder, Run: func(ctx context.Context, t *trial.Trial) error {
				return locked(ctx, t, p.start, p.locked)
			}},
		)
	}
	return cases
}

// through returns the round tripper of a client that uses a proxy.
func through(p *tools.Process, user *url.Userinfo) *http.Transport {
	return &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: p.Addr, User: user})}
}

// encrypted has the node speak TLS too, and has tr trust it. It returns its URL.
func encrypted(ctx context.Context, t *trial.Trial, tr *http.Transport) (string, error) {
	dir, err := folder(t)
	if err != nil {
		return "", err
	}
	a, err := tools.NewAuthority(dir)
	if err != nil {
		return "", err
	}
	c, err := a.Issue(local, time.Now().Add(time.Hour))
	if err != nil {
		return "", err
	}
	l, err := tls.Listen("tcp", local+":0", &tls.Config{Certificates: []tls.Certificate{c.Certificate}, MinVersion: tls.VersionTLS12})
	if err != nil {
		return "", err
	}
	t.Serve(l)
	tr.TLSClientConfig = &tls.Config{RootCAs: a.Pool, MinVersion: tls.VersionTLS12}
	return "https://" + l.Addr().String(), ctx.Err()
}

// folder makes a folder that goes with the trial. Other users may read in it.
func folder(t *trial.Trial) (string, error) {
	dir, err := os.MkdirTemp("", "chaos")
	if err != nil {
		return "", err
	}
	t.Defer(func() { _ = os.RemoveAll(dir) })
	const readable = 0o755
	return dir, os.Chmod(dir, readable)
}

// tunnel expects what CONNECT carries to be as good as no proxy.
func tunnel(ctx context.Context, t *trial.Trial, start proxy, lines string) error {
	p, err := start(ctx, lines)
	if err != nil {
		return err
	}
	t.Defer(p.Stop)
	tr := through(p, nil)
	base, err := encrypted(ctx, t, tr)
	if err != nil {
		return err
	}
	o := t.Options()
	o.HTTPClient = t.Web(tr)
	f, err := t.Begin(ctx, base, o)
	if err != nil {
		return err
	}
	fault := t.Fault()
	const watched = 15 * time.Second
	t.Pass(ctx, watched)
	fault.Pauses(time.Second)
	t.Checkf(f.On(t.Transport)(), "by %v", f.Health().Transport)
	t.Checkf(f.Tries(t.Transport) == 1, "%d tries in %v", f.Tries(t.Transport), watched)
	return nil
}

// stripped expects SSE in time where the proxy does not know what an upgrade is.
func stripped(ctx context.Context, t *trial.Trial, start proxy) error {
	p, err := start(ctx, "")
	if err != nil {
		return err
	}
	t.Defer(p.Stop)
	o := t.Options()
	o.HTTPClient = t.Web(through(p, nil))
	fault := t.Fault()
	f, err := t.Follow("http://"+t.Addr, o)
	if err != nil {
		return err
	}
	t.Await(ctx, "a connection", 3*time.Second, f.Connected)
	t.Talk()
	fault.Next(ctx, fault.Began, 3*time.Second)
	t.Checkf(f.On(fallback.SSE)(), "by %v", f.Health().Transport)
	t.Pass(ctx, 5*time.Second)
	return nil
}

// locked expects the proxy's refusal to be told and not to be asked for again and
// again, and the right password to open it.
func locked(ctx context.Context, t *trial.Trial, start proxy, lock func(dir string) (string, error)) error {
	dir, err := folder(t)
	if err != nil {
		return err
	}
	lines, err := lock(dir)
	if err != nil {
		return err
	}
	p, err := start(ctx, lines)
	if err != nil {
		return err
	}
	t.Defer(p.Stop)
	tr := through(p, nil)
	base, err := encrypted(ctx, t, tr)
	if err != nil {
		return err
	}
	o := t.Options()
	o.HTTPClient = t.Web(tr)
	out, err := t.Follow(base, o)
	if err != nil {
		return err
	}
	const watched, most = 20 * time.Second, 18 // three transports, each after waits that grow
	t.Pass(ctx, watched)
	t.Checkf(out.Refused(http.StatusProxyAuthRequired), "no typed refusal by the proxy, but %v", out.Health().Err)
	tries := out.Tries(fallback.WebSocket) + out.Tries(fallback.SSE) + out.Tries(fallback.Polling)
	t.Checkf(tries <= most, "%d tries in %v", tries, watched)
	t.Checkf(len(t.Node.Log()) == 0, "the node was asked")
	t.Notef("%d tries in %v", tries, watched)
	t.Leave(out)
	o = t.Options()
	tr = through(p, url.UserPassword("user", "secret"))
	if base, err = encrypted(ctx, t, tr); err != nil {
		return err
	}
	o.HTTPClient = t.Web(tr)
	if _, err := t.Begin(ctx, base, o); err != nil {
		return err
	}
	t.Pass(ctx, 3*time.Second)
	return nil
}

// squidPassword writes a file of passwords and returns the lines that ask for one.
func squidPassword(dir string) (string, error) {
	file := filepath.Join(dir, "passwords")
	const readable = 0o644
	const users = "user:$apr1$P3bSc3wk$pml1tMDiy8N9KPHEiB0Fn." // whose password is "secret", as htpasswd writes it
	if err := os.WriteFile(file, []byte(users+"\n"), readable); err != nil {
		return "", err
	}
	return "auth_param basic program /usr/lib/squid/basic_ncsa_auth " + file + "\nacl known proxy_auth REQUIRED\nhttp_access deny !known", nil
}
