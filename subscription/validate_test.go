package subscription_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

func TestValidateAcceptsWhatCanBeSelected(t *testing.T) {
	for name, sub := range map[string]subscription.Subscription{
		"all":                 subscription.All(),
		"nothing":             subscription.To([]events.Type{}...),
		"every known type":    subscription.To(events.Types()...),
		"dotted":              subscription.To("tips.update", "governance.vote.cast"),
		"twice":               subscription.To(events.TypeTipsUpdated, "tips.update"),
		"gap":                 subscription.To(events.TypeGap),
		"every priority":      of(subscription.All(), events.AnyPriority, events.High, events.Medium, events.Low),
		"some left":           of(subscription.To(events.TypeTipsUpdated, events.TypeEconomicsUpdated), events.High),
		"dotted, narrowed":    of(subscription.To("economics.update"), events.Low),
		"gap, narrowed":       of(subscription.To(events.TypeGap), events.Low),
		"nothing, narrowed":   of(subscription.To([]events.Type{}...), events.Low),
		"narrowed to nothing": of(subscription.To(events.TypeEconomicsUpdated), []events.Priority{}...),
	} {
		assert.Empty(t, sub.Validate(false), name)
		assert.Empty(t, sub.Validate(true), name)
	}
}

func TestValidateNamesEachMistake(t *testing.T) {
	for name, c := range map[string]struct {
		sub     subscription.Subscription
		want    []string
		allowed bool // with unknown types allowed, there is no mistake
	}{
		"near miss": {subscription.To("TipUpdated"), []string{
			"subscription: Types[0]: events: unknown type `TipUpdated`: did you mean `TipsUpdated`?",
		}, true},
		"wrong case": {subscription.To("tips.Update"), []string{
			"subscription: Types[0]: events: unknown type `tips.Update`: did you mean `tips.update`?",
		}, true},
		"no near miss": {subscription.To("Zebra"), []string{
			"subscription: Types[0]: events: unknown type `Zebra`: want one of the 54 of events.Types, such as `TipsUpdated` or `tips.update`",
		}, true},
		"each of several": {
			subscription.Subscription{
				Types:      []events.Type{events.TypeTipsUpdated, "MesageAdded", "kcore.updates"},
				Priorities: []events.Priority{events.High, 7},
			},
			[]string{
				"subscription: Types[1]: events: unknown type `MesageAdded`: did you mean `MessageAdded`?",
				"subscription: Types[2]: events: unknown type `kcore.updates`: did you mean `kcore.update`?",
				"subscription: Priorities[1]: unknown priority 7: want 0 (all), 1 (high), 2 (medium) or 3 (low)",
			}, false,
		},
		"contradiction": {of(subscription.To(events.TypeTipsUpdated, events.TypeMessageAdded), events.Low), []string{
			"subscription: TipsUpdated, MessageAdded of priority low: selects nothing: the priority of each type is another",
		}, false},
		"dotted contradiction": {of(subscription.To("tips.update"), events.Medium, events.Low), []string{
			"subscription: tips.update of priority medium, low: selects nothing: the priority of each type is another",
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			errs := c.sub.Validate(false)
			require.Len(t, errs, len(c.want), "%v", errors.Join(errs...))
			for i, err := range errs {
				assert.EqualError(t, err, c.want[i])
			}
			assert.Equal(t, c.allowed, len(c.sub.Validate(true)) == 0)
		})
	}
}

func TestTheErrorOfAnUnknownTypeAnswersQuestions(t *testing.T) {
	errs := subscription.To("TipUpdated").Validate(false)
	require.Len(t, errs, 1)
	var unknown *events.UnknownTypeError
	require.ErrorAs(t, errs[0], &unknown)
	assert.Equal(t, "TipsUpdated", unknown.Suggestion)
}

// An unknown type that is allowed must still be one that can be asked for.
func TestUnknownTypesMustBeNames(t *testing.T) {
	for _, name := range []events.Type{
		"", ",", "A,B", "two words", "tab\t", "line\n", "null\x00", "\u00a0", "a\xff", events.Type(strings.Repeat("x ", 1000)),
	} {
		errs := subscription.To(name).Validate(true)
		require.Len(t, errs, 1, "%q", name)
		require.ErrorContains(t, errs[0], "is no name: want one in UTF-8 without spaces, commas and control characters")
		assert.Less(t, len(errs[0].Error()), 300)
		assert.Len(t, subscription.To(name).Validate(false), 1, "%q", name)
	}
	for _, name := range []events.Type{"Gossip", "rumour.spread", "Größe", "a/b", "&=?"} {
		assert.Empty(t, subscription.To(name).Validate(true), "%q", name)
	}
}

// A server takes it for every type, or, in a command, for none.
func TestAllIsNoName(t *testing.T) {
	for _, unknown := range []bool{false, true} {
		errs := subscription.To("all").Validate(unknown)
		require.Len(t, errs, 1)
		assert.ErrorContains(t, errs[0], `subscription: Types[0]: `)
	}
	assert.ErrorContains(t, subscription.To("all").Validate(true)[0], "want All, or the zero Subscription")
}

func TestUnknownTypesCountAsMedium(t *testing.T) {
	assert.Empty(t, of(subscription.To(gossip), events.Medium).Validate(true))
	errs := of(subscription.To(gossip), events.High).Validate(true)
	require.Len(t, errs, 1)
	assert.ErrorContains(t, errs[0], "Gossip of priority high: selects nothing")
}
