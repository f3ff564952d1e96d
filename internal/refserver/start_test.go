package refserver_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/refserver"
)

func TestStartServesAndStopWaits(t *testing.T) {
	s := refserver.New(refserver.Config{})
	addr, stop, err := s.Start(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	resp, err := http.Get("http://" + addr + "/health")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, http.StatusOK, resp.StatusCode)

	_, _, err = refserver.New(refserver.Config{}).Start(t.Context(), addr)
	require.ErrorContains(t, err, "refserver: listen tcp "+addr)

	http.DefaultClient.CloseIdleConnections()
	stop()
	_, err = http.Get("http://" + addr + "/health")
	require.Error(t, err)
}
