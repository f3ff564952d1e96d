package repair_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Of more than can be asked for at once, those come first that the newest messages
// refer to; of those that are equal, each comes once.
func TestTheNewestAreAskedForFirst(t *testing.T) {
	for _, n := range []int{0, 1, 3, 10, 25, 40, 100} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			b := begun(0)
			for i := range 40 {
				child := fact(fmt.Sprint("child", i), time.Duration(10+i/4)*time.Second)
				child.Parents = []string{fmt.Sprintf("parent %02d", i)}
				found(b, child, at(time.Minute))
			}
			b.PassBegan(at(time.Minute))
			var got []string
			for range 100 {
				ids := b.Ask(at(time.Minute), n)
				got = append(got, ids...)
				if len(ids) == 0 {
					break
				}
				b.Missing(at(time.Minute), ids)
			}
			if n == 0 {
				assert.Empty(t, got)
				return
			}
			assert.Len(t, got, 40)
			age := func(id string) int { var i int; _, _ = fmt.Sscanf(id, "parent %d", &i); return i / 4 }
			for i := 1; i < len(got); i++ {
				assert.GreaterOrEqual(t, age(got[i-1]), age(got[i]), got)
			}
			assert.ElementsMatch(t, got[:4], []string{"parent 36", "parent 37", "parent 38", "parent 39"})
		})
	}
}
