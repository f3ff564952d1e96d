package client

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/transport"
	"github.com/adic/adic-go/internal/wire"
	"github.com/adic/adic-go/subscription/events"
)

// What the old connection has delivered, and the new one has yet to bring, is not
// skipped by its number: that which differs is handed on, and told.
func TestWhatIsSkippedIsConfirmed(t *testing.T) {
	t.Parallel()
	frame := func(typ events.Type, second int64, data string) *transport.Frame {
		return &transport.Frame{Message: wire.Message{Kind: wire.Event, Type: typ, Time: time.Unix(second, 0), Data: []byte(data)}}
	}
	const tips, notice = events.TypeTipsUpdated, events.TypeTransferRecorded
	begun := func() skips {
		o := &overlapping{}
		for _, f := range []*transport.Frame{
			frame(tips, 97, "a"), frame(notice, 98, "0"), frame(tips, 100, "a"),
			frame(notice, 101, "1"), frame(notice, 101, "2"), frame(notice, 101, "2"),
		} {
			o.old(f)
		}
		o.new(frame(notice, 98, "0"))
		o.new(frame(tips, 100, "a"))
		n, ok := o.skip(0)
		require.True(t, ok)
		require.Equal(t, 5, n)
		return skips{both: o, left: [3]int{n - 2}}
	}
	takes := func(s *skips, data string) [2]bool {
		one, differs := s.take(frame(notice, 101, data))
		return [2]bool{one, differs}
	}
	skip, deliver, differs := [2]bool{true, false}, [2]bool{}, [2]bool{false, true}

	s := begun()
	for _, data := range []string{"1", "2", "2"} {
		assert.Equal(t, skip, takes(&s, data))
	}
	assert.Equal(t, deliver, takes(&s, "2"), "a third twin")

	s = begun()
	assert.Equal(t, skip, takes(&s, "1"))
	assert.Equal(t, differs, takes(&s, "3"), "the new one has lost what comes between")
	assert.Equal(t, deliver, takes(&s, "2"))
}
