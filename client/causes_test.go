package client_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/refserver"
)

// What refused a client can be asked for by type, from outside of this module too.
func TestCausesHaveTypes(t *testing.T) {
	t.Parallel()
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		r.node.Refuse(refserver.All, refserver.Answer{Status: http.StatusForbidden, Body: "go away"})
		_, stop := r.follow(client.Options{})
		pass(time.Second)
		err := stop()
		var status *client.StatusError
		require.ErrorAs(t, err, &status)
		assert.Equal(t, http.StatusForbidden, status.Status)
		assert.Equal(t, "go away", string(status.Body))
		var polled *client.RESTError
		require.ErrorAs(t, err, &polled)
		assert.Equal(t, http.StatusForbidden, polled.Status)
	})
	inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
		m, _ := r.follow(client.Options{MaxFrame: 64 << 10})
		r.connected(m)
		r.node.Oversize(100 << 10)
		pass(time.Second)
		var causes []error
		for _, change := range r.changeList() {
			causes = append(causes, change.Err)
		}
		var large *client.FrameTooBigError
		require.ErrorAs(t, errors.Join(causes...), &large)
		assert.Equal(t, "MaxFrame", large.Option)
	})
}
