package subscription_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

const gossip = events.Type("Gossip") // which the SDK does not know

// of narrows a subscription to priorities.
func of(s subscription.Subscription, ps ...events.Priority) subscription.Subscription {
	s.Priorities = ps
	return s
}

func TestMatch(t *testing.T) {
	everything := append(events.Types(), gossip)
	for name, c := range map[string]struct {
		sub  subscription.Subscription
		want []events.Type // besides the gap
	}{
		"zero":            {subscription.Subscription{}, everything},
		"all":             {subscription.All(), everything},
		"to nil":          {subscription.To([]events.Type(nil)...), everything},
		"to nothing":      {subscription.To([]events.Type{}...), nil},
		"to some":         {subscription.To(events.TypeTipsUpdated, gossip), []events.Type{events.TypeTipsUpdated, gossip}},
		"to dotted":       {subscription.To("tips.update", "governance.vote.cast"), []events.Type{events.TypeTipsUpdated, events.TypeVoteCast}},
		"wrong case":      {subscription.To("tipsupdated", "Tips.Update"), nil},
		"any priority":    {of(subscription.All(), events.AnyPriority), everything},
		"no priority":     {subscription.Subscription{Priorities: []events.Priority{}}, everything},
		"any among them":  {of(subscription.To(events.TypeEconomicsUpdated), events.High, events.AnyPriority), []events.Type{events.TypeEconomicsUpdated}},
		"high":            {of(subscription.All(), events.High), withLane(events.High)},
		"medium":          {of(subscription.All(), events.Medium), append(withLane(events.Medium), gossip)},
		"low":             {of(subscription.All(), events.Low), withLane(events.Low)},
		"low and high":    {of(subscription.All(), events.Low, events.High), append(withLane(events.High), withLane(events.Low)...)},
		"types, narrowed": {of(subscription.To(events.TypeTipsUpdated, events.TypeKCoreUpdated, gossip), events.High), []events.Type{events.TypeTipsUpdated}},
		"contradiction":   {of(subscription.To(events.TypeTipsUpdated), events.Low), nil},
		"wrong priority":  {of(subscription.All(), 9), nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, kind := range everything {
				assert.Equal(t, slices.Contains(c.want, kind), c.sub.Match(kind), "%s", kind)
			}
			assert.True(t, c.sub.Match(events.TypeGap), "a gap passes every filter")
		})
	}
}

// withLane returns the known types of a priority.
func withLane(p events.Priority) []events.Type {
	return slices.DeleteFunc(events.Types(), func(t events.Type) bool { return t.Priority() != p })
}

func TestToKeepsNothingOfItsArguments(t *testing.T) {
	mine := []events.Type{events.TypeTipsUpdated}
	sub := subscription.To(mine...)
	mine[0] = events.TypeMessageAdded
	assert.True(t, sub.Match(events.TypeTipsUpdated))
}

func TestUnion(t *testing.T) {
	type subs = []subscription.Subscription
	tips, kcore := subscription.To(events.TypeTipsUpdated), subscription.To(events.TypeKCoreUpdated)
	for name, c := range map[string]struct {
		subs subs
		want []events.Type
	}{
		"none":                    {nil, []events.Type{}},
		"one":                     {subs{tips}, []events.Type{events.TypeTipsUpdated}},
		"two, in catalogue order": {subs{kcore, tips}, []events.Type{events.TypeTipsUpdated, events.TypeKCoreUpdated}},
		"doubles":                 {subs{tips, kcore, tips}, []events.Type{events.TypeTipsUpdated, events.TypeKCoreUpdated}},
		"either spelling":         {subs{tips, subscription.To("tips.update")}, []events.Type{events.TypeTipsUpdated}},
		"unknown ones last, as named": {
			subs{subscription.To("Rumour", gossip), tips, subscription.To(gossip)},
			[]events.Type{events.TypeTipsUpdated, "Rumour", gossip},
		},
		"all":                  {subs{tips, subscription.All()}, nil},
		"nothing":              {subs{subscription.To([]events.Type{}...)}, []events.Type{}},
		"a gap is never asked": {subs{subscription.To(events.TypeGap), tips}, []events.Type{events.TypeTipsUpdated}},
		"all of priority high": {subs{of(subscription.All(), events.High)}, withLane(events.High)},
		"all of priority low, and tips": {
			subs{of(subscription.All(), events.Low), tips}, append([]events.Type{events.TypeTipsUpdated}, withLane(events.Low)...),
		},
		"all of priority medium: unknown types cannot be named": {subs{of(subscription.All(), events.Medium)}, nil},
		"all of any priority":                     {subs{of(subscription.All(), events.AnyPriority)}, nil},
		"types, narrowed":                         {subs{of(subscription.To(events.TypeTipsUpdated, events.TypeKCoreUpdated, gossip), events.High)}, []events.Type{events.TypeTipsUpdated}},
		"narrowed in one, wanted in the other":    {subs{of(tips, events.Low), tips}, []events.Type{events.TypeTipsUpdated}},
		"unknown, narrowed, wanted in the other":  {subs{of(subscription.To(gossip), events.Low), subscription.To(gossip)}, []events.Type{gossip}},
		"unknown types count as medium":           {subs{of(subscription.To(gossip), events.Medium)}, []events.Type{gossip}},
		"all of high and low, that is not of any": {subs{of(subscription.All(), events.Low, events.High)}, sorted(append(withLane(events.High), withLane(events.Low)...))},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, subscription.Union(c.subs...)) })
	}
}

// sorted puts known types into the order of the catalogue.
func sorted(types []events.Type) []events.Type {
	return slices.DeleteFunc(events.Types(), func(t events.Type) bool { return !slices.Contains(types, t) })
}

// What somebody wants is asked for, and what nobody wants is not.
func FuzzUnionCoversWhatMatches(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0})
	f.Add([]byte{3, 1, 2, 200, 1, 1})
	f.Add([]byte{1, 255, 0, 2, 2, 3, 1, 54, 1, 2})
	names := append(events.Types(), gossip, "Rumour", "tips.update", "kcore.update", events.TypeGap)
	f.Fuzz(func(t *testing.T, data []byte) {
		subs := parse(data, names)
		union := subscription.Union(subs...)
		for _, kind := range append(events.Types(), gossip, "Rumour") {
			wanted := slices.ContainsFunc(subs, func(s subscription.Subscription) bool { return s.Match(kind) })
			if wanted {
				require.True(t, union == nil || slices.Contains(union, kind), "%s is wanted by %v", kind, subs)
			} else {
				require.NotContains(t, union, kind)
			}
		}
		require.NotContains(t, union, events.TypeGap)
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(union))), len(union), "without doubles")
	})
}

// parse reads subscriptions off fuzz data.
func parse(data []byte, names []events.Type) []subscription.Subscription {
	next := func(n int) int {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return int(b) % n
	}
	var subs []subscription.Subscription
	for len(data) > 0 {
		var s subscription.Subscription
		if next(3) > 0 {
			s.Types = []events.Type{}
			for range next(4) {
				s.Types = append(s.Types, names[next(len(names))])
			}
		}
		for range next(3) {
			s.Priorities = append(s.Priorities, events.Priority(next(4)))
		}
		subs = append(subs, s)
	}
	return subs
}

func TestStringIsOneLineForLogs(t *testing.T) {
	tips := subscription.To(events.TypeTipsUpdated, "message.new")
	for _, c := range []struct {
		sub  subscription.Subscription
		want string
	}{
		{subscription.All(), "all"},
		{subscription.To([]events.Type{}...), "nothing"},
		{tips, "TipsUpdated, message.new"},
		{of(subscription.All(), events.High, events.Low), "all of priority high, low"},
		{of(tips, events.High), "TipsUpdated, message.new of priority high"},
		{of(tips, events.High, events.AnyPriority), "TipsUpdated, message.new"},
		{subscription.To("two\nlines"), `"two\nlines"`},
	} {
		assert.Equal(t, c.want, c.sub.String())
		assert.Equal(t, c.want, fmt.Sprint(c.sub))
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	sub := of(subscription.To(events.TypeTipsUpdated, "kcore.update", gossip), events.High, events.Medium)
	for _, kind := range []events.Type{events.TypeTipsUpdated, events.TypeKCoreUpdated, events.TypeMessageAdded, gossip} {
		assert.Zero(t, testing.AllocsPerRun(100, func() { sub.Match(kind) }))
	}
}

func BenchmarkMatch(b *testing.B) {
	for _, c := range []struct {
		name string
		sub  subscription.Subscription
	}{
		{"all", subscription.All()},
		{"eight-types", subscription.To(events.Types()[:8]...)},
		{"dotted", subscription.To("tips.update", "kcore.update")},
		{"priority", of(subscription.All(), events.High)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.sub.Match(events.TypeMessageAdded)
			}
		})
	}
}
