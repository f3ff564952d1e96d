package refserver

import (
	"net/http"

	"github.com/adic/adic-go/internal/refserver/ledger"
)

// treasuryThreshold is the number of approvals a proposal needs.
const treasuryThreshold = 2

// supply answers /v1/economics/supply. Amounts are text with nine decimals and
// a unit; keys are in the order of declaration, unlike most.
func (h *restHandler) supply(w http.ResponseWriter, _ *http.Request, _ string) {
	e := h.ledger.Economics()
	reply(w, struct {
		Total       string `json:"total_supply"`
		Circulating string `json:"circulating_supply"`
		Treasury    string `json:"treasury_balance"`
		Liquidity   string `json:"liquidity_balance"`
		Genesis     string `json:"genesis_balance"`
		Burned      string `json:"burned_amount"`
		Emitted     string `json:"emission_issued"`
		Max         string `json:"max_supply"`
		Allocated   string `json:"genesis_supply"`
	}{
		e.Total.Long(), e.Circulating.Long(), e.Treasury.Long(), e.Liquidity.Long(),
		e.Genesis.Long(), e.Burned.Long(), e.Emitted.Long(), e.Max.Long(), e.Allocated.Long(),
	})
}

// treasury answers /v1/economics/treasury: the live balance, which the event
// calls treasury_balance.
func (h *restHandler) treasury(w http.ResponseWriter, _ *http.Request, _ string) {
	e := h.ledger.Economics()
	type proposal struct {
		ID        string `json:"id"`
		Recipient string `json:"recipient"`
		Amount    string `json:"amount"`
		Reason    string `json:"reason"`
		Proposer  string `json:"proposer"`
		Approvals int    `json:"approvals"`
		Threshold int    `json:"threshold_required"`
		Expires   int64  `json:"expires_at"` // Unix seconds
	}
	proposals := []proposal{}
	for _, p := range e.Proposals {
		proposals = append(proposals, proposal{
			p.ID, p.Recipient, p.Amount.Long(), p.Reason, p.Proposer,
			p.Approvals, treasuryThreshold, p.Expires.Unix(),
		})
	}
	reply(w, struct {
		Balance   string     `json:"balance"`
		Proposals []proposal `json:"active_proposals"`
	}{e.Balance.Long(), proposals})
}

// recentDeposits is how many deposits /v1/deposits lists.
const recentDeposits = 20

// deposits answers /v1/deposits: the newest of the node's own messages, newest
// first. Amounts are whole numbers in base units here.
func (h *restHandler) deposits(w http.ResponseWriter, _ *http.Request, _ string) {
	newest, sums := h.ledger.Deposits(recentDeposits)
	type row struct {
		Amount    ledger.Amount `json:"amount"`
		MessageID string        `json:"message_id"`
		Proposer  string        `json:"proposer"`
		Status    string        `json:"status"`
		Timestamp int64         `json:"timestamp"` // Unix seconds
	}
	type summary struct {
		Escrowed       int           `json:"escrowed_count"`
		Refunded       int           `json:"refunded_count"`
		Slashed        int           `json:"slashed_count"`
		EscrowedAmount ledger.Amount `json:"total_escrowed"`
		RefundedAmount ledger.Amount `json:"total_refunded"`
		SlashedAmount  ledger.Amount `json:"total_slashed"`
	}
	rows := make([]row, len(newest))
	for i, d := range newest {
		rows[i] = row{d.Amount, d.MessageID, d.Proposer, depositStatus(d), d.Time.Unix()}
	}
	reply(w, struct {
		Recent  []row   `json:"recent_deposits"`
		Summary summary `json:"summary"`
	}{rows, summary{
		Escrowed: sums.Escrowed, EscrowedAmount: sums.EscrowedAmount,
		Refunded: sums.Refunded, RefundedAmount: sums.RefundedAmount,
	}})
}

// deposit answers /v1/deposits/{id}: 404 for peers' messages too.
func (h *restHandler) deposit(w http.ResponseWriter, _ *http.Request, param string) {
	id, ok := parseID(param)
	if !ok {
		replyEmpty(w, http.StatusBadRequest)
		return
	}
	d, held := h.ledger.Deposit(id)
	if !held {
		replyEmpty(w, http.StatusNotFound)
		return
	}
	reply(w, struct {
		Amount    ledger.Amount `json:"amount"`
		MessageID string        `json:"message_id"`
		Proposer  string        `json:"proposer"`
		Refunded  bool          `json:"refunded"`
		Slashed   bool          `json:"slashed"`
		Status    string        `json:"status"`
		Timestamp int64         `json:"timestamp"`
	}{d.Amount, d.MessageID, d.Proposer, d.Refunded, false, depositStatus(d), d.Time.Unix()})
}

func depositStatus(d ledger.Deposit) string {
	if d.Refunded {
		return "Refunded"
	}
	return "Escrowed"
}
