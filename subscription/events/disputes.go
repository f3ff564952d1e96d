package events

// The dispute events, from the window for a challenge to the ruling. A node
// 0.3.0 declares them and never sends them.

// ChallengeWindowOpened tells until when a subject may be challenged.
type ChallengeWindowOpened struct {
	SubjectID         string    `json:"subject_id"`
	WindowExpiryEpoch uint64    `json:"window_expiry_epoch"`
	WindowDepth       uint64    `json:"window_depth"`
	Timestamp         Timestamp `json:"timestamp"`
}

// ChallengeSubmitted tells that a subject was challenged.
type ChallengeSubmitted struct {
	ChallengeID string    `json:"challenge_id"`
	SubjectID   string    `json:"subject_id"`
	Challenger  string    `json:"challenger"`
	Timestamp   Timestamp `json:"timestamp"`
}

// FraudProofSubmitted tells that someone claims to prove a fraud.
type FraudProofSubmitted struct {
	ProofID     string    `json:"proof_id"`
	SubjectID   string    `json:"subject_id"`
	Challenger  string    `json:"challenger"`
	FraudType   string    `json:"fraud_type"`
	EvidenceCID string    `json:"evidence_cid"`
	Timestamp   Timestamp `json:"timestamp"`
}

// FraudProofVerified tells whether a proof holds.
type FraudProofVerified struct {
	ProofID   string    `json:"proof_id"`
	SubjectID string    `json:"subject_id"`
	IsValid   bool      `json:"is_valid"`
	Timestamp Timestamp `json:"timestamp"`
}

// ArbitrationStarted tells that arbitrators judge a proof.
type ArbitrationStarted struct {
	ArbitrationID   string    `json:"arbitration_id"`
	ProofID         string    `json:"proof_id"`
	ArbitratorCount uint64    `json:"arbitrator_count"`
	Timestamp       Timestamp `json:"timestamp"`
}

// ArbitrationCompleted tells the ruling of the arbitrators.
type ArbitrationCompleted struct {
	ArbitrationID string    `json:"arbitration_id"`
	ProofID       string    `json:"proof_id"`
	Ruling        string    `json:"ruling"`
	VotesFor      uint64    `json:"votes_for"`
	VotesAgainst  uint64    `json:"votes_against"`
	Timestamp     Timestamp `json:"timestamp"`
}

// Type returns TypeChallengeWindowOpened.
func (ChallengeWindowOpened) Type() Type { return TypeChallengeWindowOpened }

// Type returns TypeChallengeSubmitted.
func (ChallengeSubmitted) Type() Type { return TypeChallengeSubmitted }

// Type returns TypeFraudProofSubmitted.
func (FraudProofSubmitted) Type() Type { return TypeFraudProofSubmitted }

// Type returns TypeFraudProofVerified.
func (FraudProofVerified) Type() Type { return TypeFraudProofVerified }

// Type returns TypeArbitrationStarted.
func (ArbitrationStarted) Type() Type { return TypeArbitrationStarted }

// Type returns TypeArbitrationCompleted.
func (ArbitrationCompleted) Type() Type { return TypeArbitrationCompleted }
