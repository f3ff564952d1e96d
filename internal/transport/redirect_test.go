package transport_test

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/transport"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answerStream serves what the request asks for: a WebSocket or an SSE stream.
func answerStream(t *testing.T, w http.ResponseWriter, r *http.Request) {
	t.Helper()
	if r.Header.Get("Upgrade") == "" {
		openStream(w).say(sseTips(1))
		<-r.Context().Done()
		return
	}
	sockets(t, func(p *peer) { p.answer(nil) })(w, r)
}

// A redirect is followed to the same host, with all headers, by every status
// that there is for it.
func TestRedirectIsFollowed(t *testing.T) {
	statuses := []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect}
	for _, tr := range streams {
		for _, status := range statuses {
			bubble(t, tr.String()+" "+http.StatusText(status), func(t *testing.T) {
				network := start(t, func(w http.ResponseWriter, r *http.Request) {
					assert.Equal(t, "secret", r.Header.Get("X-Api-Key"))
					assert.Equal(t, "Bearer hush", r.Header.Get("Authorization"))
					if strings.HasPrefix(r.URL.Path, "/v1/") {
						http.Redirect(w, r, "/elsewhere"+r.URL.Path+"?"+r.URL.RawQuery, status)
						return
					}
					answerStream(t, w, r)
				})
				d := dialer(t, network, func(c *transport.Config) { c.Header, c.Token = http.Header{"X-Api-Key": {"secret"}}, "hush" })
				next(t, open(t, d, tr, nil))
			})
		}
	}
}

// One origin may be spelled in more than one way.
func TestRedirectToTheSameOrigin(t *testing.T) {
	for _, to := range []string{"http://node:80/x", "http://NODE/x", "//node/x", "x"} {
		bubble(t, to, func(t *testing.T) {
			network := start(t, func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/x") {
					answerStream(t, w, r)
					return
				}
				w.Header().Set("Location", to)
				w.WriteHeader(http.StatusFound)
			})
			serve(t, network, "NODE", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answerStream(t, w, r) }))
			next(t, open(t, dialer(t, network, nil), fallback.SSE, nil))
		})
	}
}

func TestRedirectIsRefused(t *testing.T) {
	tests := map[string]struct {
		to     string
		reason transport.RedirectReason
		text   string
	}{
		"another host":   {"http://elsewhere/x?token=secret", transport.OtherHost, "http://elsewhere/x?token=xxxxx not followed: another host"},
		"another port":   {"http://node:8080/", transport.OtherHost, "http://node:8080/ not followed: another host"},
		"another scheme": {"ftp://node/", transport.Downgrade, "ftp://node/ not followed: another scheme"},
		"a loop":         {"/again", transport.TooMany, "http://node/again not followed: more than 10 in a row"},
		"no URL":         {"http://[", transport.BadLocation, "nothing not followed: not a URL"},
	}
	for _, tr := range streams {
		for name, test := range tests {
			bubble(t, tr.String()+" "+name, func(t *testing.T) {
				requests := 0
				network := start(t, func(w http.ResponseWriter, _ *http.Request) {
					requests++
					w.Header().Set("Location", test.to)
					w.WriteHeader(http.StatusFound)
				})
				for _, foreign := range []string{"elsewhere", "node:8080"} {
					serve(t, network, foreign, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
						t.Error("a request has reached another host")
					}))
				}
				d := dialer(t, network, func(c *transport.Config) { c.Header = http.Header{"X-Api-Key": {"secret"}} })
				_, err := d.Open(t.Context(), tr, nil)
				var redirect *transport.RedirectError
				require.ErrorAs(t, err, &redirect)
				assert.Equal(t, test.reason, redirect.Reason)
				assert.True(t, strings.HasSuffix(err.Error(), " to "+test.text), err.Error())
				assert.Equal(t, fallback.Refused, transport.Classify(tr, err).Kind)
				assert.Equal(t, "redirect", transport.Reason(err))
				want := 1
				if test.reason == transport.TooMany {
					want = 11
				}
				assert.Equal(t, want, requests, "no request after the refusal, and ten redirects are followed")
				assert.Zero(t, network.Dials("elsewhere"))
			})
		}
	}
}

// Between http and https of one host there is one way only.
func TestRedirectToTLS(t *testing.T) {
	for _, tr := range streams {
		bubble(t, tr.String(), func(t *testing.T) {
			plain := func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://node"+r.URL.RequestURI(), http.StatusMovedPermanently)
			}
			network := start(t, plain)
			back := false
			serveTLS(t, network, "node:443", func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "Basic dXNlcjpwYXNz", r.Header.Get("Authorization"))
				if !strings.HasPrefix(r.URL.Path, "/again") {
					http.Redirect(w, r, "https://node:443/again"+r.URL.RequestURI(), http.StatusFound)
					return
				}
				if back {
					http.Redirect(w, r, "http://node"+r.URL.RequestURI(), http.StatusFound)
					return
				}
				answerStream(t, w, r)
			})
			d := dialer(t, network, func(c *transport.Config) {
				c.Base.User = url.UserPassword("user", "pass")
				tr, ok := c.Client.Transport.(*http.Transport)
				require.True(t, ok)
				tr.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
			})
			next(t, open(t, d, tr, nil))

			back = true
			_, err := d.Open(t.Context(), tr, nil)
			var redirect *transport.RedirectError
			require.ErrorAs(t, err, &redirect)
			assert.Equal(t, transport.Downgrade, redirect.Reason)
		})
	}
}

func TestRedirectReasonString(t *testing.T) {
	assert.Equal(t, "invalid", transport.RedirectReason(0).String())
}

// serveTLS is serve behind TLS.
func serveTLS(t *testing.T, network *memnet.Network, addr string, handler http.HandlerFunc) {
	t.Helper()
	inner, err := network.Listen(addr)
	require.NoError(t, err)
	serveOn(t, tls.NewListener(inner, &tls.Config{Certificates: []tls.Certificate{certificate(t)}}), handler, func() { network.Reset(addr) })
}
