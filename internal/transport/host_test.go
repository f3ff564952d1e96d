package transport_test

import (
	"net/http"
	"testing"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/transport"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A Host among the headers names the node behind an address that many share,
// on every transport.
func TestHostHeader(t *testing.T) {
	for _, tr := range []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling} {
		for header, want := range map[string]string{"other.test": "other.test", "": "node"} {
			bubble(t, tr.String()+" "+want, func(t *testing.T) {
				asked := 0
				network := start(t, func(w http.ResponseWriter, r *http.Request) {
					asked++
					assert.Equal(t, want, r.Host)
					http.Error(w, "no", http.StatusForbidden)
				})
				d := dialer(t, network, func(c *transport.Config) {
					if header != "" {
						c.Header = http.Header{"Host": {header}}
					}
				})
				_, err := d.Open(t.Context(), tr, nil)
				require.Error(t, err)
				assert.Equal(t, "status 403", transport.Reason(err))
				assert.Positive(t, asked)
			})
		}
	}
}
