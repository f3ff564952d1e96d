package events

// The treasury events. A node 0.3.0 declares them and never sends them.

// TreasuryGrantExecuted tells that a grant was paid.
type TreasuryGrantExecuted struct {
	ProposalID string    `json:"proposal_id"`
	Recipient  string    `json:"recipient"`
	AmountADIC float64   `json:"amount_adic"`
	Milestone  string    `json:"milestone,omitzero"` // "" if the node sent null: the whole grant
	Timestamp  Timestamp `json:"timestamp"`
}

// TreasuryMilestoneCompleted tells that a milestone of a grant was delivered.
type TreasuryMilestoneCompleted struct {
	GrantID            string    `json:"grant_id"`
	MilestoneID        uint32    `json:"milestone_id"`
	AmountADIC         float64   `json:"amount_adic"`
	VerificationScheme string    `json:"verification_scheme"`
	DeliverableCID     string    `json:"deliverable_cid"`
	IsVerified         bool      `json:"is_verified"`
	Timestamp          Timestamp `json:"timestamp"`
}

// TreasuryGrantClawedBack tells that a grant was taken back.
type TreasuryGrantClawedBack struct {
	GrantID              string    `json:"grant_id"`
	ClawedBackAmountADIC float64   `json:"clawed_back_amount_adic"`
	Reason               string    `json:"reason"` // free text
	Timestamp            Timestamp `json:"timestamp"`
}

// Type returns TypeTreasuryGrantExecuted.
func (TreasuryGrantExecuted) Type() Type { return TypeTreasuryGrantExecuted }

// Type returns TypeTreasuryMilestoneCompleted.
func (TreasuryMilestoneCompleted) Type() Type { return TypeTreasuryMilestoneCompleted }

// Type returns TypeTreasuryGrantClawedBack.
func (TreasuryGrantClawedBack) Type() Type { return TypeTreasuryGrantClawedBack }
