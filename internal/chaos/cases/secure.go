package cases

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"time"

	"github.com/adic/adic-go/internal/chaos/tools"
	"github.com/adic/adic-go/internal/chaos/trial"
)

// secure are proxies that speak TLS, most of them wrongly.
func secure() []Case {
	cases := []Case{{Fault: 34, Name: "haproxy with a certificate of an own authority", Programs: []string{haproxy}, Run: trusted}}
	for _, c := range []struct {
		name, host string
		until      time.Duration
		known      bool   // the client trusts the authority
		bind       string // further words on haproxy's bind line; CA stands for the authority
		want       string // what the error has to name
	}{
		{"an expired certificate", local, -time.Hour, true, "", "expired"},
		{"a certificate of another name", "node.example", time.Hour, true, "", local},
		{"a certificate of an unknown authority", local, time.Hour, false, "", "unknown authority"},
		{"a wish for a client's certificate", local, time.Hour, true, "verify required ca-file CA", "certificate required"},
	} {
		cases = append(cases, Case{
			Fault: 34, Name: "haproxy with " + c.name, Programs: []string{haproxy}, Transports: ladder, Dialects: node,
			Run: func(ctx context.Context, t *trial.Trial) error {
				base, tr, err := viaTLS(ctx, t, c.host, time.Now().Add(c.until), c.bind)
				if err != nil {
					return err
				}
				if !c.known {
					tr.TLSClientConfig.RootCAs = nil
				}
				return mistrusted(ctx, t, base, tr, c.want)
			},
		})
	}
	return cases
}

// viaTLS runs haproxy with a certificate before the node of t, and returns its URL and
// a round tripper that trusts its authority.
func viaTLS(ctx context.Context, t *trial.Trial, host string, until time.Time, bind string) (string, *http.Transport, error) {
	dir, err := folder(t)
	if err != nil {
		return "", nil, err
	}
	a, err := tools.NewAuthority(dir)
	if err != nil {
		return "", nil, err
	}
	c, err := a.Issue(host, until)
	if err != nil {
		return "", nil, err
	}
	p, err := tools.NewHAProxy(ctx, t.Addr, "ssl crt "+c.Both+" "+strings.ReplaceAll(bind, "CA", a.File), "", "")
	if err != nil {
		return "", nil, err
	}
	t.Defer(p.Stop)
	return "https://" + p.Addr, &http.Transport{TLSClientConfig: &tls.Config{RootCAs: a.Pool, MinVersion: tls.VersionTLS12}}, nil
}

// trusted expects a certificate that is right to make no difference.
func trusted(ctx context.Context, t *trial.Trial) error {
	base, tr, err := viaTLS(ctx, t, local, time.Now().Add(time.Hour), "")
	if err != nil {
		return err
	}
	o := t.Options()
	o.HTTPClient = t.Web(tr)
	f, err := t.Begin(ctx, base, o)
	if err != nil {
		return err
	}
	t.Pass(ctx, 5*time.Second)
	t.Checkf(f.On(t.Transport)(), "by %v", f.Health().Transport)
	return nil
}

// mistrusted expects an error that names what is wrong, and not one request.
func mistrusted(ctx context.Context, t *trial.Trial, base string, tr *http.Transport, want string) error {
	o := t.Options()
	o.HTTPClient = t.Web(tr)
	f, err := t.Follow(base, o)
	if err != nil {
		return err
	}
	t.Pass(ctx, 10*time.Second)
	t.Checkf(!f.Connected(), "connected")
	t.Checkf(f.Says(want), "no error says %q, but %v", want, f.Health().Err)
	t.Checkf(len(t.Node.Log()) == 0, "the node was asked")
	return nil
}
