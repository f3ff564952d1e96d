package refserver

import (
	"net/http"

	"github.com/adic/adic-go/internal/refserver/ledger"
)

type depositStatsJSON struct {
	Escrowed       int           `json:"escrowed_count"`
	Refunded       int           `json:"refunded_count"`
	Slashed        int           `json:"slashed_count"`
	EscrowedAmount ledger.Amount `json:"total_escrowed_amount"`
	RefundedAmount ledger.Amount `json:"total_refunded_amount"`
	SlashedAmount  ledger.Amount `json:"total_slashed_amount"`
}

type reputationStatsJSON struct {
	Average float `json:"average_reputation"`
	Max     float `json:"max_reputation"`
	Min     float `json:"min_reputation"`
	Tracked int   `json:"tracked_nodes"`
}

// statistics answers /v1/statistics.
func (h *restHandler) statistics(w http.ResponseWriter, _ *http.Request, _ string) {
	c, e := h.ledger.Counts(), h.ledger.Energy()
	_, sums := h.ledger.Deposits(0)
	type conflicts struct {
		Pending  int `json:"pending"`
		Resolved int `json:"resolved"`
		Total    int `json:"total"`
	}
	type finality struct {
		Final   int `json:"finalized_count"`
		Pending int `json:"pending_count"`
		Total   int `json:"total_messages"`
	}
	type node struct {
		Final    int `json:"finalized_count"`
		Messages int `json:"message_count"`
		Pending  int `json:"pending_finality"`
		Tips     int `json:"tip_count"`
	}
	type storage struct {
		Conflicts   int  `json:"conflict_sets"`
		Final       int  `json:"finalized_count"`
		Messages    int  `json:"message_count"`
		Reputations int  `json:"reputation_entries"`
		Tips        int  `json:"tip_count"`
		Size        *int `json:"total_size_bytes"`
	}
	reply(w, struct {
		Conflicts  conflicts           `json:"conflicts"`
		Deposits   depositStatsJSON    `json:"deposits"`
		Finality   finality            `json:"finality"`
		Node       node                `json:"node"`
		Reputation reputationStatsJSON `json:"reputation"`
		Storage    storage             `json:"storage"`
		Timestamp  string              `json:"timestamp"`
	}{
		conflicts{e.Active, e.Resolved, e.Total},
		depositStatsJSON{
			Escrowed: sums.Escrowed, EscrowedAmount: sums.EscrowedAmount,
			Refunded: sums.Refunded, RefundedAmount: sums.RefundedAmount,
		},
		finality{c.Final, c.Pending, c.Final + c.Pending},
		node{c.Final, c.Messages, c.Pending, c.Tips},
		reputation(sums),
		storage{Final: h.storedFinals(c), Messages: c.Messages, Tips: c.Tips},
		h.timestamp(),
	})
}

// reputation is that of the one proposer of own messages, which grows with each
// refund; a node that tracks nobody says 0, 0 and 10.
func reputation(sums ledger.DepositSums) reputationStatsJSON {
	const none, perRefund = 10, 0.02
	if sums.Escrowed+sums.Refunded == 0 {
		return reputationStatsJSON{Min: none}
	}
	r := float(1 + perRefund*float64(sums.Refunded))
	return reputationStatsJSON{r, r, r, 1}
}
