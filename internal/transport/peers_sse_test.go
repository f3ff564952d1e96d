package transport_test

import (
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/internal/wire"
	"github.com/r3labs/sse/v2"
	"github.com/stretchr/testify/assert"
)

// The server of another library: ids, its own line breaks, its own order of
// fields. It takes the name of the stream from the query.
func TestR3labsServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sse.New()
		server.SplitData = true
		server.CreateStream("all")
		network := start(t, func(w http.ResponseWriter, r *http.Request) {
			r.URL.RawQuery = "stream=" + r.URL.Query().Get("events")
			server.ServeHTTP(w, r)
		})
		s := open(t, dialer(t, network, nil), fallback.SSE, nil)
		const count = 100
		for i := range count {
			server.Publish("all", &sse.Event{
				Event: []byte("TipsUpdated"), Retry: []byte("1000"), Comment: []byte("a comment"),
				Data: []byte(`{"tips":[],` + "\n" + `"count":` + strconv.Itoa(i) + `}`),
			})
		}
		for i := range count {
			f := nextEvent(t, s)
			assert.Equal(t, wire.Guide, f.Dialect)
			assert.JSONEq(t, `{"tips":[],"count":`+strconv.Itoa(i)+`}`, string(f.Data))
		}
		s.Close()
		synctest.Wait() // it must not be closed while it takes leave of a client
		server.Close()
	})
}
