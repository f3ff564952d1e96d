package events

// The governance events. A node 0.3.0 sends ProposalSubmitted, VoteCast and
// GovernanceReceiptEmitted where governance is enabled, which it is not by
// default, and ParameterChanged; the others it declares and never sends.

// ProposalSubmitted tells that something is to be voted on.
type ProposalSubmitted struct {
	ProposalID         string    `json:"proposal_id"` // 16 hex digits
	Proposer           string    `json:"proposer"`
	ProposalClass      string    `json:"proposal_class"`
	ParamKeys          []string  `json:"param_keys"`
	EnactEpoch         uint64    `json:"enact_epoch"`
	ProposerReputation float64   `json:"proposer_reputation"`
	Timestamp          Timestamp `json:"timestamp"`
}

// VoteCast tells one vote.
type VoteCast struct {
	ProposalID      string    `json:"proposal_id"`
	Voter           string    `json:"voter"`
	VoteCredits     float64   `json:"vote_credits"`
	Ballot          string    `json:"ballot"`
	VoterReputation float64   `json:"voter_reputation"`
	Timestamp       Timestamp `json:"timestamp"`
}

// GovernanceReceiptEmitted tells the result of a vote and who backs it.
type GovernanceReceiptEmitted struct {
	ProposalID      string    `json:"proposal_id"`
	Result          string    `json:"result"`
	QuorumYes       float64   `json:"quorum_yes"`
	QuorumNo        float64   `json:"quorum_no"`
	QuorumAbstain   float64   `json:"quorum_abstain"`
	HasBLSSignature bool      `json:"has_bls_signature"`
	CommitteeSize   uint64    `json:"committee_size"`
	Timestamp       Timestamp `json:"timestamp"`
}

// ProposalTallied tells how the votes were counted.
type ProposalTallied struct {
	ProposalID           string    `json:"proposal_id"`
	TallyYes             float64   `json:"tally_yes"`
	TallyNo              float64   `json:"tally_no"`
	TallyAbstain         float64   `json:"tally_abstain"`
	TotalEligibleCredits float64   `json:"total_eligible_credits"`
	ParticipationRate    float64   `json:"participation_rate"`
	QuorumMet            bool      `json:"quorum_met"`
	ThresholdMet         bool      `json:"threshold_met"`
	Timestamp            Timestamp `json:"timestamp"`
}

// ProposalStatusChanged tells where a proposal stands.
type ProposalStatusChanged struct {
	ProposalID string    `json:"proposal_id"`
	OldStatus  string    `json:"old_status"`
	NewStatus  string    `json:"new_status"`
	Timestamp  Timestamp `json:"timestamp"`
}

// ProposalEnacted tells that a proposal is in force.
type ProposalEnacted struct {
	ProposalID   string    `json:"proposal_id"`
	EnactEpoch   uint64    `json:"enact_epoch"`
	ParamChanges []string  `json:"param_changes"`
	Timestamp    Timestamp `json:"timestamp"`
}

// ParameterChanged tells the new value of a parameter of the node.
type ParameterChanged struct {
	ProposalID   string    `json:"proposal_id"`
	ParameterKey string    `json:"parameter_key"`
	OldValue     string    `json:"old_value"`
	NewValue     string    `json:"new_value"`
	Timestamp    Timestamp `json:"timestamp"`
}

// Type returns TypeProposalSubmitted.
func (ProposalSubmitted) Type() Type { return TypeProposalSubmitted }

// Type returns TypeVoteCast.
func (VoteCast) Type() Type { return TypeVoteCast }

// Type returns TypeGovernanceReceiptEmitted.
func (GovernanceReceiptEmitted) Type() Type { return TypeGovernanceReceiptEmitted }

// Type returns TypeProposalTallied.
func (ProposalTallied) Type() Type { return TypeProposalTallied }

// Type returns TypeProposalStatusChanged.
func (ProposalStatusChanged) Type() Type { return TypeProposalStatusChanged }

// Type returns TypeProposalEnacted.
func (ProposalEnacted) Type() Type { return TypeProposalEnacted }

// Type returns TypeParameterChanged.
func (ParameterChanged) Type() Type { return TypeParameterChanged }
