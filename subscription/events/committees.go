package events

// The committee events: how a committee is drawn by verifiable randomness, and
// what it says. Nodes send them since 0.3.0.

// VRFCommitSubmitted tells that someone committed to a random contribution. A
// node 0.3.0 sends it for such messages of its peers.
type VRFCommitSubmitted struct {
	CommitID            string    `json:"commit_id"`
	Committer           string    `json:"committer"`
	TargetEpoch         uint64    `json:"target_epoch"`
	CommitmentHash      string    `json:"commitment_hash"`
	CommitterReputation float64   `json:"committer_reputation"`
	Timestamp           Timestamp `json:"timestamp"`
}

// VRFRevealOpened tells that a contribution was revealed. A node 0.3.0 sends it
// for such messages of its peers.
type VRFRevealOpened struct {
	RevealID     string    `json:"reveal_id"`
	CommitID     string    `json:"commit_id"`
	Revealer     string    `json:"revealer"`
	TargetEpoch  uint64    `json:"target_epoch"`
	VRFProofHash string    `json:"vrf_proof_hash"`
	Timestamp    Timestamp `json:"timestamp"`
}

// VRFRandomnessFinalized tells the randomness of an epoch. A node 0.3.0 has the
// code and nothing that reaches it: it is not seen.
type VRFRandomnessFinalized struct {
	Epoch            uint64    `json:"epoch"`
	RandomnessHash   string    `json:"randomness_hash"`
	ContributorCount uint64    `json:"contributor_count"`
	Timestamp        Timestamp `json:"timestamp"`
}

// QuorumSelected tells who decides in an epoch. A node 0.3.0 declares it and
// never sends it.
type QuorumSelected struct {
	Epoch         uint64    `json:"epoch"`
	CommitteeSize uint64    `json:"committee_size"`
	Domain        string    `json:"domain"`
	AxesCovered   uint64    `json:"axes_covered"`
	Timestamp     Timestamp `json:"timestamp"`
}

// QuorumVoteCompleted tells what a quorum decided. A node 0.3.0 declares it and
// never sends it.
type QuorumVoteCompleted struct {
	VoteID       string    `json:"vote_id"`
	VotesFor     uint64    `json:"votes_for"`
	VotesAgainst uint64    `json:"votes_against"`
	ThresholdMet bool      `json:"threshold_met"`
	Result       string    `json:"result"`
	Timestamp    Timestamp `json:"timestamp"`
}

// CommitteeCertificateGenerated tells that a committee is certified. A node
// 0.3.0 declares it and never sends it.
type CommitteeCertificateGenerated struct {
	EpochID               uint64    `json:"epoch_id"`
	MemberCount           uint64    `json:"member_count"`
	DiversityScore        float64   `json:"diversity_score"`
	AxesCovered           uint64    `json:"axes_covered"`
	HasThresholdSignature bool      `json:"has_threshold_signature"`
	Timestamp             Timestamp `json:"timestamp"`
}

// AggregatorSelected tells who collects the signatures of a committee. A node
// 0.3.0 declares it and never sends it.
type AggregatorSelected struct {
	EpochID           uint64    `json:"epoch_id"`
	PrimaryAggregator string    `json:"primary_aggregator"`
	CommitteeSize     uint64    `json:"committee_size"`
	SelectionMethod   string    `json:"selection_method"`
	Timestamp         Timestamp `json:"timestamp"`
}

// Type returns TypeVRFCommitSubmitted.
func (VRFCommitSubmitted) Type() Type { return TypeVRFCommitSubmitted }

// Type returns TypeVRFRevealOpened.
func (VRFRevealOpened) Type() Type { return TypeVRFRevealOpened }

// Type returns TypeVRFRandomnessFinalized.
func (VRFRandomnessFinalized) Type() Type { return TypeVRFRandomnessFinalized }

// Type returns TypeQuorumSelected.
func (QuorumSelected) Type() Type { return TypeQuorumSelected }

// Type returns TypeQuorumVoteCompleted.
func (QuorumVoteCompleted) Type() Type { return TypeQuorumVoteCompleted }

// Type returns TypeCommitteeCertificateGenerated.
func (CommitteeCertificateGenerated) Type() Type { return TypeCommitteeCertificateGenerated }

// Type returns TypeAggregatorSelected.
func (AggregatorSelected) Type() Type { return TypeAggregatorSelected }
