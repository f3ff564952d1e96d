package rest

import (
	"context"
	"fmt"
	"slices"

	"github.com/adic/adic-go/subscription/events"
)

// State asks for what the stream would say of a family of states now. The tips
// are sorted, for a node's order may change from answer to answer. ok is false if
// the stream would say nothing. There are six such families; of another one it is
// an error.
func (c *Client) State(ctx context.Context, class Class, family events.Type) (e events.Event, ok bool, err error) {
	switch family {
	case events.TypeTipsUpdated:
		return whole(c.tipsUpdated(ctx, class))
	case events.TypeKCoreUpdated:
		k, err := c.KCore(ctx, class)
		return whole(k.KCoreUpdated, err)
	case events.TypeDiversityUpdated:
		return whole(c.Diversity(ctx, class))
	case events.TypeEnergyUpdated:
		return whole(c.Energy(ctx, class))
	case events.TypeAdmissibilityUpdated:
		return c.Admissibility(ctx, class)
	case events.TypeEconomicsUpdated:
		return whole(c.Economics(ctx, class))
	default:
		return nil, false, fmt.Errorf("rest: %s is no family of states", family)
	}
}

func whole[E events.Event](e E, err error) (events.Event, bool, error) { return e, err == nil, err }

func (c *Client) tipsUpdated(ctx context.Context, class Class) (events.TipsUpdated, error) {
	ids, err := c.Tips(ctx, class)
	return TipsUpdated(ids, c.stamp(events.Timestamp{})), err
}

// TipsUpdated makes of the tips what the stream would say.
func TipsUpdated(ids []string, at events.Timestamp) events.TipsUpdated {
	tips := append([]string{}, ids...)
	slices.Sort(tips)
	return events.TipsUpdated{Tips: tips, Count: uint64(len(tips)), Timestamp: at}
}

// Stamped returns a state with another timestamp; anything else as it is.
func Stamped(e events.Event, at events.Timestamp) events.Event {
	switch e := e.(type) {
	case events.TipsUpdated:
		e.Timestamp = at
		return e
	case events.KCoreUpdated:
		e.Timestamp = at
		return e
	case events.DiversityUpdated:
		e.Timestamp = at
		return e
	case events.EnergyUpdated:
		e.Timestamp = at
		return e
	case events.AdmissibilityUpdated:
		e.Timestamp = at
		return e
	case events.EconomicsUpdated:
		e.Timestamp = at
		return e
	default:
		return e
	}
}
