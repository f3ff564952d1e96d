package rivals

import (
	"encoding/json"
	"fmt"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// An inner is an event as it is on SSE, and within the wrapper on a WebSocket.
type inner struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// The payloads, as somebody writes them down who reads the guide.
type (
	messageAdded struct {
		MessageID string `json:"message_id"`
		Depth     uint64 `json:"depth"`
		Timestamp int64  `json:"timestamp"`
	}
	messageFinalized struct {
		MessageID    string `json:"message_id"`
		FinalityType string `json:"finality_type"`
		Timestamp    int64  `json:"timestamp"`
	}
	energyUpdated struct {
		TotalConflicts    uint64  `json:"total_conflicts"`
		ResolvedConflicts uint64  `json:"resolved_conflicts"`
		ActiveConflicts   uint64  `json:"active_conflicts"`
		TotalEnergy       float64 `json:"total_energy"`
		Timestamp         int64   `json:"timestamp"`
	}
	balanceChanged struct {
		Address       string `json:"address"`
		BalanceBefore string `json:"balance_before"`
		BalanceAfter  string `json:"balance_after"`
		ChangeAmount  string `json:"change_amount"`
		ChangeType    string `json:"change_type"`
		Timestamp     int64  `json:"timestamp"`
	}
	kcoreUpdated struct {
		FinalizedCount uint64 `json:"finalized_count"`
		PendingCount   uint64 `json:"pending_count"`
		CurrentKValue  uint64 `json:"current_k_value"`
		Timestamp      int64  `json:"timestamp"`
	}
	tipsUpdated struct {
		Tips      []string `json:"tips"`
		Count     uint64   `json:"count"`
		Timestamp int64    `json:"timestamp"`
	}
)

// standard is what people write: encoding/json for the envelope, and again for the
// payload, into plain structs.
func standard(form traffic.Form) decode {
	if form == traffic.SSE {
		return func(text []byte, t *traffic.Tally) error {
			var e inner
			if err := json.Unmarshal(text, &e); err != nil {
				return err
			}
			return e.count(t)
		}
	}
	return func(text []byte, t *traffic.Tally) error {
		var outer struct {
			Type  string `json:"type"`
			Event inner  `json:"event"`
		}
		if err := json.Unmarshal(text, &outer); err != nil {
			return err
		}
		return outer.Event.count(t)
	}
}

// count is the second pass.
func (e *inner) count(t *traffic.Tally) error {
	switch e.Type {
	case "MessageAdded":
		var v messageAdded
		err := json.Unmarshal(e.Data, &v)
		if err == nil {
			t.Message(v.MessageID, v.Depth)
		}
		return err
	case "MessageFinalized":
		return into(e.Data, t, func(v *messageFinalized) (traffic.Kind, string) { return traffic.Finalized, v.MessageID })
	case "EnergyUpdated":
		return into(e.Data, t, func(*energyUpdated) (traffic.Kind, string) { return traffic.Energy, "" })
	case "BalanceChanged":
		return into(e.Data, t, func(*balanceChanged) (traffic.Kind, string) { return traffic.Balance, "" })
	case "TipsUpdated":
		return into(e.Data, t, func(v *tipsUpdated) (traffic.Kind, string) { return traffic.Tips, v.Tips[len(v.Tips)-1] })
	case "KCoreUpdated":
		return into(e.Data, t, func(*kcoreUpdated) (traffic.Kind, string) { return traffic.Count, "" })
	default:
		return fmt.Errorf("type %q", e.Type)
	}
}

func into[E any](data []byte, t *traffic.Tally, count func(*E) (traffic.Kind, string)) error {
	var v E
	err := json.Unmarshal(data, &v)
	if err == nil {
		t.Add(count(&v))
	}
	return err
}
