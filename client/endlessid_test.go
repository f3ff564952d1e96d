package client

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What has no id that can be remembered has none when it comes late, either.
func TestAFactWithAnEndlessIdComesLate(t *testing.T) {
	t.Parallel()
	q := newBounded(1, 1, 1)
	endless := added(0)
	endless.Data = fmt.Appendf(nil, `{"message_id":"%0*d"}`, longestID+1, 7)
	require.Empty(t, q.push(endless))
	fates := q.push(added(1))
	require.Len(t, fates, 1)
	require.True(t, fates[0].owed)
	assert.Empty(t, q.back.list.last().id)
	assert.Equal(t, endless.Data, q.back.list.last().env.Data)
}
