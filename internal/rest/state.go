package rest

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// The state answers become the payloads that the stream would have sent. Their
// Timestamp is the server's time.

// read asks for a small answer of shape W, and makes an E of it.
func read[W, E any](ctx context.Context, c *Client, class Class, path string, convert func(W) (E, error)) (E, error) {
	var out, zero E
	err := c.do(ctx, call{class: class, family: other, path: path, decode: func(d *json.Decoder) error {
		var answer W
		if err := d.Decode(&answer); err != nil {
			return err
		}
		var err error
		out, err = convert(answer)
		return err
	}})
	if err != nil {
		return zero, err
	}
	return out, nil
}

// stamp returns the time that an answer carries, or else the server's present.
func (c *Client) stamp(t events.Timestamp) events.Timestamp {
	if t.IsZero() {
		t.Time = c.Now().UTC().Truncate(time.Second)
	}
	return t
}

// A KCore is the answer of the method of that name.
type KCore struct {
	events.KCoreUpdated

	Recent []string // some ids that are final, in any order; a node that stores on disk lists none
}

type kcoreJSON struct {
	Stats *struct {
		Finalized uint64 `json:"finalized_count"`
		Pending   uint64 `json:"pending_count"`
	} `json:"current_stats"`
	Parameters struct {
		K uint64 `json:"required_k"`
	} `json:"parameters"`
	Recent []struct {
		ID    string `json:"message_id"`
		Final bool   `json:"is_final"`
	} `json:"recent_finalizations"`
	Timestamp events.Timestamp `json:"timestamp"`
}

// KCore asks for the number of final messages. On a node both counts begin at 0
// when it starts, and count messages that it does not have.
func (c *Client) KCore(ctx context.Context, class Class) (KCore, error) {
	return read(ctx, c, class, "/finality/kcore/metrics", func(a kcoreJSON) (KCore, error) {
		if a.Stats == nil {
			return KCore{}, errors.New(`no "current_stats"`)
		}
		k := KCore{KCoreUpdated: events.KCoreUpdated{
			FinalizedCount: a.Stats.Finalized,
			PendingCount:   a.Stats.Pending,
			CurrentKValue:  a.Parameters.K,
			Timestamp:      c.stamp(a.Timestamp),
		}}
		for _, r := range a.Recent {
			if r.Final && usable(r.ID) {
				k.Recent = append(k.Recent, r.ID)
			}
		}
		return k, nil
	})
}

// Diversity asks how different the tips are.
func (c *Client) Diversity(ctx context.Context, class Class) (events.DiversityUpdated, error) {
	type answer struct {
		Score     *float64               `json:"diversity_score"`
		Axes      []events.DiversityAxis `json:"axes"`
		Tips      uint64                 `json:"total_tips"`
		Timestamp events.Timestamp       `json:"timestamp"`
	}
	return read(ctx, c, class, "/diversity", func(a answer) (events.DiversityUpdated, error) {
		if a.Score == nil {
			return events.DiversityUpdated{}, errors.New(`no "diversity_score"`)
		}
		return events.DiversityUpdated{
			DiversityScore: *a.Score, Axes: a.Axes, TotalTips: a.Tips, Timestamp: c.stamp(a.Timestamp),
		}, nil
	})
}

// Energy asks for the conflicts. The list of active ones that REST has becomes
// the number that the stream has: all but the resolved.
func (c *Client) Energy(ctx context.Context, class Class) (events.EnergyUpdated, error) {
	type answer struct {
		Total     *uint64          `json:"total_conflicts"`
		Resolved  uint64           `json:"resolved_conflicts"`
		Energy    float64          `json:"total_energy"`
		Timestamp events.Timestamp `json:"timestamp"`
	}
	return read(ctx, c, class, "/energy", func(a answer) (events.EnergyUpdated, error) {
		if a.Total == nil {
			return events.EnergyUpdated{}, errors.New(`no "total_conflicts"`)
		}
		return events.EnergyUpdated{
			TotalConflicts:    *a.Total,
			ResolvedConflicts: a.Resolved,
			ActiveConflicts:   *a.Total - min(*a.Total, a.Resolved),
			TotalEnergy:       a.Energy,
			Timestamp:         c.stamp(a.Timestamp),
		}, nil
	})
}

// Admissibility asks which part of the tips passes the constraints. sampled is
// false if no tip could be judged; the stream says nothing then. A node samples
// 100 tips here and 50 on the stream.
func (c *Client) Admissibility(ctx context.Context, class Class) (e events.AdmissibilityUpdated, sampled bool, err error) {
	type answer struct {
		Rates *struct {
			C1      float64 `json:"c1_proximity"`
			C2      float64 `json:"c2_diversity"`
			C3      float64 `json:"c3_reputation"`
			Overall float64 `json:"overall"`
		} `json:"constraint_rates"`
		Sample    uint64           `json:"sample_size"`
		Timestamp events.Timestamp `json:"timestamp"`
	}
	e, err = read(ctx, c, class, "/admissibility", func(a answer) (events.AdmissibilityUpdated, error) {
		if a.Rates == nil {
			return events.AdmissibilityUpdated{}, errors.New(`no "constraint_rates"`)
		}
		return events.AdmissibilityUpdated{
			C1Rate: a.Rates.C1, C2Rate: a.Rates.C2, C3Rate: a.Rates.C3, OverallRate: a.Rates.Overall,
			SampleSize: a.Sample, Timestamp: c.stamp(a.Timestamp),
		}, nil
	})
	return e, err == nil && e.SampleSize > 0, err
}

// Economics asks for the supply and then for the treasury, whose live balance is
// the one that the stream means; where there is no such answer, for the balance
// that the supply tells. It takes two requests.
func (c *Client) Economics(ctx context.Context, class Class) (events.EconomicsUpdated, error) {
	type supply struct {
		Total       amount `json:"total_supply"`
		Circulating amount `json:"circulating_supply"`
		Treasury    amount `json:"treasury_balance"`
	}
	type treasury struct {
		Balance amount `json:"balance"`
	}
	e, err := read(ctx, c, class, "/economics/supply", func(a supply) (events.EconomicsUpdated, error) {
		if a.Total == "" || a.Circulating == "" {
			return events.EconomicsUpdated{}, errors.New("no supply")
		}
		return events.EconomicsUpdated{
			TotalSupply:       string(a.Total),
			CirculatingSupply: string(a.Circulating),
			TreasuryBalance:   string(a.Treasury),
			Timestamp:         c.stamp(events.Timestamp{}),
		}, nil
	})
	if err != nil {
		return e, err
	}
	balance, err := read(ctx, c, class, "/economics/treasury", func(a treasury) (amount, error) {
		if a.Balance == "" {
			return "", errors.New(`no "balance"`)
		}
		return a.Balance, nil
	})
	switch {
	case err == nil:
		e.TreasuryBalance = string(balance)
	case !Missing(err) || e.TreasuryBalance == "":
		return events.EconomicsUpdated{}, err
	}
	return e, nil
}
