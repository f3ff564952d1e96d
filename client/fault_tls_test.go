package client_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
)

// A flaw is what is wrong between the two sides of TLS: how the server is, and what
// names it.
type flaw struct {
	name   string
	server func(v *vault) *tls.Config // nil: no TLS
	typed  func(error) bool           // nil: an alert has no type of its own
	text   string
}

func isA[E error](err error) bool { return errors.As(err, new(E)) }

func flaws() []flaw {
	with := func(change func(v *vault, c *tls.Config)) func(v *vault) *tls.Config {
		return func(v *vault) *tls.Config {
			c := v.good()
			change(v, c)
			return c
		}
	}
	return []flaw{
		{"expired", with(func(v *vault, c *tls.Config) {
			c.Certificates[0] = v.issue("node", func(x *x509.Certificate) { x.NotAfter = x.NotBefore.Add(time.Minute) })
		}), isA[x509.CertificateInvalidError], "expired"},
		{"not valid yet", with(func(v *vault, c *tls.Config) {
			c.Certificates[0] = v.issue("node", func(x *x509.Certificate) { x.NotBefore = x.NotAfter.Add(-time.Minute) })
		}), isA[x509.CertificateInvalidError], "not yet valid"},
		{"wrong name", with(func(v *vault, c *tls.Config) {
			c.Certificates[0] = v.issue("elsewhere", nil)
		}), isA[x509.HostnameError], "valid for elsewhere, not node"},
		{"unknown authority", with(func(v *vault, c *tls.Config) {
			*c = *newVault(v.t, nil, nil).good()
		}), isA[x509.UnknownAuthorityError], "unknown authority"},
		{"HTTP/2 only", with(func(_ *vault, c *tls.Config) {
			// Package tls makes an exception for "h2"; net/http offers nothing for a WebSocket.
			c.NextProtos = []string{"h2 only"}
			c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
				if len(hello.SupportedProtos) == 0 {
					return nil, errTest
				}
				return nil, nil //nolint:nilnil // as it is documented
			}
		}), nil, "no application protocol"},
		{"old TLS only", with(func(_ *vault, c *tls.Config) {
			c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		}), nil, "protocol version not supported"},
		{"certificate wanted", with(func(v *vault, c *tls.Config) {
			c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, v.ca.Pool()
		}), nil, "certificate required"},
		{"no TLS", nil, func(err error) bool { return errors.Is(err, http.ErrSchemeMismatch) }, "server gave HTTP response to HTTPS client"},
	}
}

// Whatever is wrong with TLS is named, and retried with growing waits: it may be mended
// any time. Nothing is ever sent in plain text, and no other port is tried.
func TestFault34TLSIsNotAgreedOn(t *testing.T) {
	s := sheet{number: 34, name: "TLS: expired, wrong name, unknown CA, h2-only ALPN, mTLS wanted", bare: true, note: "each named; never plain text"}
	s.play(t, func(c *course) {
		for _, f := range flaws() {
			c.flawed(f)
		}
	})
}

func (c *course) flawed(f flaw) {
	v := newVault(c.t, c.net, c.node)
	var cfg *tls.Config
	if f.server != nil {
		cfg = f.server(v)
	}
	shut := v.serve(cfg)
	dials, plain := c.net.Dials(secureAddress), c.net.Dials(address)
	opts := c.opts
	opts.Token = "secret"
	m, stop := v.follow(&tls.Config{RootCAs: v.ca.Pool(), MinVersion: tls.VersionTLS12}, http1(), opts)
	pass(10 * time.Minute)

	err := m.Health().Err
	require.Error(c.t, err, "%s: %v", f.name, m.Health().State)
	assert.ErrorContains(c.t, err, f.text, f.name)
	assert.NotContains(c.t, err.Error(), "secret")
	if f.typed != nil {
		assert.True(c.t, f.typed(err), "%s: %v", f.name, err)
	}
	assert.NotEqual(c.t, client.Connected, m.Health().State)
	for by, link := range m.Metrics().Snapshot().Transports {
		for reason := range link.FailedBy {
			assert.Equal(c.t, "tls", reason, "%s, %v", f.name, by)
		}
	}
	assert.Less(c.t, c.net.Dials(secureAddress)-dials, 100, "%s: hammered", f.name)
	assert.Equal(c.t, plain, c.net.Dials(address), "plain text")

	shut()
	shut = v.serve(v.good())
	began := time.Now()
	ctx, cancel := contextWithCause(c.t, time.Hour)
	require.NoError(c.t, m.WaitConnected(ctx), f.name)
	cancel()
	assert.LessOrEqual(c.t, time.Since(began), 61*time.Second, f.name)
	requireCanceled(c.t, stop())
	shut()
	synctest.Wait()
}
