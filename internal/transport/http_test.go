package transport_test

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/transport"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The address may have a path, and a user, who is never shown.
func TestBase(t *testing.T) {
	for _, tr := range streams {
		bubble(t, tr.String(), func(t *testing.T) {
			network := start(t, func(w http.ResponseWriter, r *http.Request) {
				assert.Contains(t, []string{"/a%2Fb/v1/ws/events", "/a%2Fb/v1/sse/events"}, r.URL.EscapedPath())
				assert.Equal(t, "events=all", r.URL.RawQuery)
				user, password, ok := r.BasicAuth()
				assert.True(t, ok)
				assert.Equal(t, "me:secret", user+":"+password)
				assert.Equal(t, []string{"1", "2"}, r.Header["X-Two"])
				assert.Equal(t, "mine", r.Header.Get("User-Agent"))
				http.Error(w, "no", http.StatusForbidden)
			})
			header := http.Header{"X-Two": {"1", "2"}, "User-Agent": {"mine"}}
			d := dialer(t, network, func(c *transport.Config) {
				var err error
				c.Base, err = url.Parse("http://me:secret@node/a%2Fb/?token=secret#secret")
				require.NoError(t, err)
				c.Header = header
			})
			_, err := d.Open(t.Context(), tr, nil)
			require.ErrorAs(t, err, new(*transport.StatusError))
			assert.NotContains(t, err.Error(), "secret")
			assert.Contains(t, err.Error(), "http://node/a%2Fb/v1/")
			assert.Len(t, header, 2, "the user's headers are his")
		})
	}
}

// Credentials in the headers go before those in the address.
func TestAuthorizationHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := start(t, func(w http.ResponseWriter, r *http.Request) {
			assert.Equal(t, "Bearer token", r.Header.Get("Authorization"))
			http.Error(w, "no", http.StatusForbidden)
		})
		d := dialer(t, network, func(c *transport.Config) {
			c.Base.User = url.User("me")
			c.Header = http.Header{"Authorization": {"Bearer token"}}
		})
		_, err := d.Open(t.Context(), fallback.SSE, nil)
		require.Error(t, err)
	})
}

// A list of all types makes a long URL; errors show its beginning.
func TestLongURLsAreCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := dialer(t, memnet.New(0), nil)
		_, err := d.Open(t.Context(), fallback.SSE, append(someTypes, askedFor...))
		require.EqualError(t, err, "transport: sse: http://node/v1/sse/events?events=TipsUpdated,tips.update,KCoreUpdated,kcore.update,NodeStarte…: "+
			"dial mem node:80: connect: connection refused")
	})
}

// The user's client is not changed, and its Timeout, which covers bodies, does
// not end a stream.
func TestUsersClient(t *testing.T) {
	for _, tr := range streams {
		bubble(t, tr.String(), func(t *testing.T) {
			network := start(t, func(w http.ResponseWriter, r *http.Request) {
				cookie, err := r.Cookie("session")
				if assert.NoError(t, err) {
					assert.Equal(t, "1", cookie.Value)
				}
				answerStream(t, w, r)
			})
			client := network.Client()
			defer client.CloseIdleConnections()
			jar, err := cookiejar.New(nil)
			require.NoError(t, err)
			jar.SetCookies(&url.URL{Scheme: "http", Host: "node"}, []*http.Cookie{{Name: "session", Value: "1"}})
			client.Jar = jar
			client.Timeout = time.Second
			client.CheckRedirect = func(*http.Request, []*http.Request) error { t.Error("not asked"); return nil }
			was := *client
			d := dialer(t, network, func(c *transport.Config) { c.Client = client })
			s := open(t, d, tr, nil)
			assert.Equal(t, was.Timeout, client.Timeout)
			assert.Equal(t, was.Transport, client.Transport)
			next(t, s)
			time.AfterFunc(10*time.Second, s.Close)
			_, err = s.Next()
			require.ErrorIs(t, err, transport.ErrClosed)
			d.Close() // does nothing to it
		})
	}
}

// loopback serves handler over real TCP.
func loopback(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(server.Close)
	return server
}

// ownDialer returns a Dialer with its own client.
func ownDialer(t *testing.T, base string, change func(*transport.Config)) *transport.Dialer {
	t.Helper()
	u, err := url.Parse(base)
	require.NoError(t, err)
	cfg := transport.Config{Base: u}
	if change != nil {
		change(&cfg)
	}
	d := transport.NewDialer(cfg)
	t.Cleanup(d.Close)
	return d
}

// The one test over real TCP: the Dialer's own client.
func TestOwnClient(t *testing.T) {
	for _, tr := range streams {
		t.Run(tr.String(), func(t *testing.T) {
			server := loopback(t, func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, 1, r.ProtoMajor)
				if r.Header.Get("Upgrade") == "" {
					openStream(w).say(sseTips(1))
					return
				}
				p := upgrade(t, w, r)
				defer p.conn.Close()
				p.answerOne()
				p.text(tips(1))
				for f, ok := p.next(); ok; f, ok = p.next() {
					p.send(f.op, f.payload)
				}
			})
			server.Start()
			s := open(t, ownDialer(t, server.URL, nil), tr, nil)
			nextEvent(t, s)
			s.Close()
		})
	}
}

// The default transport of the program may be anything.
func TestOwnClientWithAForeignDefault(t *testing.T) {
	was := http.DefaultTransport
	http.DefaultTransport = roundTripper(func(*http.Request) (*http.Response, error) {
		t.Error("not ours")
		return nil, io.EOF
	})
	defer func() { http.DefaultTransport = was }()
	server := loopback(t, refuse(http.StatusForbidden, nil, ""))
	server.Start()
	_, err := ownDialer(t, server.URL, nil).Open(t.Context(), fallback.SSE, nil)
	require.ErrorAs(t, err, new(*transport.StatusError))
}

// A client without a Transport has the program's default one.
func TestClientWithoutTransport(t *testing.T) {
	was := http.DefaultTransport
	defer func() { http.DefaultTransport = was }()
	http.DefaultTransport = roundTripper(func(*http.Request) (*http.Response, error) { return nil, io.ErrNoProgress })
	d := ownDialer(t, "http://node", func(c *transport.Config) { c.Client = &http.Client{} })
	_, err := d.Open(t.Context(), fallback.SSE, nil)
	require.ErrorIs(t, err, io.ErrNoProgress)
}

// TLS errors keep their type, and nothing is ever sent in the clear instead.
func TestTLS(t *testing.T) {
	for _, tr := range streams {
		t.Run(tr.String()+" unknown authority", func(t *testing.T) {
			server := loopback(t, func(http.ResponseWriter, *http.Request) { t.Error("a request came through") })
			server.StartTLS()
			_, err := ownDialer(t, server.URL, nil).Open(t.Context(), tr, nil)
			require.ErrorAs(t, err, new(*tls.CertificateVerificationError))
			assert.Equal(t, "tls", transport.Reason(err))
			assert.Equal(t, fallback.Failed, transport.Classify(tr, err).Kind)
		})
		t.Run(tr.String()+" plain text", func(t *testing.T) {
			server := loopback(t, refuse(http.StatusOK, nil, ""))
			server.Start()
			_, err := ownDialer(t, "https://"+server.Listener.Addr().String(), nil).Open(t.Context(), tr, nil)
			require.Error(t, err)
			assert.Equal(t, fallback.Failed, transport.Classify(tr, err).Kind)
		})
	}
}

// An alert of the server is told as such. A WebSocket's handshake does not ask
// for a protocol.
func TestTLSAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New(0)
		inner, err := network.Listen("node:443")
		require.NoError(t, err)
		config := &tls.Config{Certificates: []tls.Certificate{certificate(t)}, NextProtos: []string{"other"}}
		serveOn(t, tls.NewListener(inner, config), refuse(http.StatusOK, nil, ""), func() { network.Reset("node:443") })
		d := dialer(t, network, func(c *transport.Config) {
			c.Base.Scheme = "https"
			own, ok := c.Client.Transport.(*http.Transport)
			require.True(t, ok)
			own.TLSClientConfig = &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}}
		})
		_, err = d.Open(t.Context(), fallback.SSE, nil)
		require.Error(t, err)
		assert.Equal(t, "tls", transport.Reason(err))
	})
}

// A proxy that wants a login is told from a node that does.
func TestProxy(t *testing.T) {
	proxy := loopback(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, http.MethodConnect, r.Method)
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusProxyAuthRequired)
	})
	proxy.Start()
	through := proxy.Listener.Addr().String()
	for _, tr := range streams {
		_, err := proxied(t, "http://user:secret@"+through).Open(t.Context(), tr, nil)
		var status *transport.StatusError
		require.ErrorAs(t, err, &status)
		assert.True(t, status.Proxy)
		assert.Equal(t, "transport: proxy: http://"+through+": unexpected status 407 Proxy Authentication Required, retry after 7s", err.Error())
		assert.Equal(t, fallback.Refused, transport.Classify(tr, err).Kind)
	}
}

// So is one that a client was handed in with.
func TestProxyOfAnotherClient(t *testing.T) {
	for _, tr := range []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling} {
		bubble(t, tr.String(), func(t *testing.T) {
			network := memnet.New(0)
			serve(t, network, "proxy:3128", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, http.MethodConnect, r.Method)
				w.WriteHeader(http.StatusProxyAuthRequired)
			}))
			d := dialer(t, network, func(c *transport.Config) {
				c.Base.Scheme = "https"
				way, ok := c.Client.Transport.(*http.Transport)
				require.True(t, ok)
				way.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy:3128", User: url.UserPassword("user", "secret")})
			})
			_, err := d.Open(t.Context(), tr, nil)
			var status *transport.StatusError
			require.ErrorAs(t, err, &status)
			assert.True(t, status.Proxy)
			assert.Equal(t, http.StatusProxyAuthRequired, status.Status)
			assert.NotContains(t, err.Error(), "secret")
			assert.Equal(t, fallback.Refused, transport.Classify(tr, err).Kind)
		})
	}
}

// A proxy that connects carries both streams.
func TestProxyConnects(t *testing.T) {
	network := memnet.New(0)
	serveTLS(t, network, "node:443", func(w http.ResponseWriter, r *http.Request) { answerStream(t, w, r) })
	proxy := loopback(t, func(w http.ResponseWriter, r *http.Request) {
		inner, err := network.DialContext(r.Context(), "tcp", r.Host)
		assert.NoError(t, err)
		outer, _, err := http.NewResponseController(w).Hijack()
		assert.NoError(t, err)
		_, _ = io.WriteString(outer, "HTTP/1.1 200 OK\r\n\r\n")
		go func() {
			_, _ = io.Copy(inner, outer)
			_ = inner.Close()
		}()
		_, _ = io.Copy(outer, inner)
		_ = outer.Close()
	})
	proxy.Start()
	for _, tr := range streams {
		_, err := proxied(t, proxy.URL).Open(t.Context(), tr, nil)
		require.ErrorAs(t, err, new(*tls.CertificateVerificationError), "the certificate is the node's, which nobody trusts")
	}
}

// proxied returns a Dialer with its own client behind a proxy. The environment
// is read once in a program's life, so the test goes by the default transport.
func proxied(t *testing.T, proxy string) *transport.Dialer {
	t.Helper()
	u, err := url.Parse(proxy)
	require.NoError(t, err)
	was := http.DefaultTransport
	http.DefaultTransport = &http.Transport{Proxy: http.ProxyURL(u)}
	defer func() { http.DefaultTransport = was }()
	return ownDialer(t, "https://node", nil)
}

// A name that cannot be resolved is told as such.
func TestDNS(t *testing.T) {
	client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "node", IsNotFound: true}}
	}}}
	d := ownDialer(t, "http://node", func(c *transport.Config) { c.Client = client })
	for _, tr := range streams {
		_, err := d.Open(t.Context(), tr, nil)
		assert.Equal(t, "dns", transport.Reason(err))
		assert.Equal(t, fallback.Failed, transport.Classify(tr, err).Kind)
	}
}

// A host name that no URL may have.
func TestBadBase(t *testing.T) {
	d := dialer(t, memnet.New(0), func(c *transport.Config) { c.Base.Host = "no\x7fde" })
	for _, tr := range streams {
		_, err := d.Open(t.Context(), tr, nil)
		require.ErrorAs(t, err, new(*transport.DialError))
	}
}
