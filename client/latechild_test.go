package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/refserver"
)

// While the application is away a child of an old message arrives late. By the
// frontier it cannot be told from history: it is counted, and delivered where the
// application can say that it has not got it.
func TestTheCursorIsNotTheFrontier(t *testing.T) {
	t.Parallel()
	for _, asks := range []bool{false, true} {
		name := "cursor"
		if asks {
			name = "cursor and Known"
		}
		t.Run(name, func(t *testing.T) {
			inBothDialects(t, refserver.Config{}, func(t *testing.T, r *rig) {
				db := newRowStore()
				m, kill := r.run(db.mux(), client.Options{})
				r.connected(m)
				pass(20 * time.Second)
				old := r.node.AddMessage(refserver.AddOptions{})
				then := time.Now()
				for range 30 {
					pass(10 * time.Second)
					r.node.AddMessage(refserver.AddOptions{})
				}
				pass(2 * time.Minute)
				cursor := m.Cursor()
				_ = kill()
				late := r.node.AddMessage(refserver.AddOptions{
					Parents: []string{old}, At: then.Add(time.Second), Peer: true, Silent: true,
				})
				opts := client.Options{ResumeFrom: cursor}
				if asks {
					opts.Known = db.known
				}
				m, _ = r.run(db.mux(), opts)
				pass(2 * time.Minute)
				require.NoError(t, m.WaitInSync(t.Context()))
				if asks {
					assert.Equal(t, 1, db.messages[late])
					assert.Zero(t, m.Health().Late)
					db.check(t, r, 0, true)
				} else {
					assert.Zero(t, db.messages[late])
					assert.Equal(t, uint64(1), m.Health().Late)
				}
			})
		})
	}
}
