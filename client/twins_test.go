package client_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/subscription/events"
)

// A node 0.3.0 sent three equal transfers in one second, and they were three: each
// comes, with all that the node said besides.
func TestDedupeIsNotByContent(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../internal/overlap/testdata/node-0.3.0-twins.jsonl")
	require.NoError(t, err)
	onEachStream(t, node, func(t *testing.T, r *rig, by fallback.Transport) {
		m, _ := r.follow(client.Options{Fallback: only(by)})
		r.connected(m)
		pass(10 * time.Second)
		sent, equal := map[events.Type]int{}, map[string]int{}
		for line := range strings.Lines(string(text)) {
			var row struct {
				On   string
				Type events.Type
				Data json.RawMessage
			}
			require.NoError(t, json.Unmarshal([]byte(line), &row))
			if row.On == "ws" && row.Type.Family() == events.Notice {
				require.NoError(t, r.node.Emit(row.Type, row.Data))
				sent[row.Type]++
				equal[string(row.Data)]++
			}
		}
		pass(time.Second)
		twins := 0
		for _, n := range equal {
			twins = max(twins, n)
		}
		require.Equal(t, 3, twins, "so the recording has it")
		for typ, n := range sent {
			assert.Len(t, r.seen(typ), n, typ)
		}
	})
}
