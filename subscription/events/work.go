package events

// The events of useful work (PoUW), from the task to the receipt. A node 0.3.0
// declares them and never sends them.

// TaskSubmitted tells that a sponsor offers a task.
type TaskSubmitted struct {
	TaskID        string    `json:"task_id"`
	Sponsor       string    `json:"sponsor"`
	TaskType      string    `json:"task_type"`
	RewardADIC    float64   `json:"reward_adic"`
	WorkerCount   uint64    `json:"worker_count"`
	DeadlineEpoch uint64    `json:"deadline_epoch"`
	Timestamp     Timestamp `json:"timestamp"`
}

// WorkersSelected tells how the workers of a task were chosen.
type WorkersSelected struct {
	TaskID          string    `json:"task_id"`
	WorkerCount     uint64    `json:"worker_count"`
	TotalEligible   uint64    `json:"total_eligible"`
	SelectionMethod string    `json:"selection_method"`
	Timestamp       Timestamp `json:"timestamp"`
}

// WorkResultSubmitted tells that a worker has a result.
type WorkResultSubmitted struct {
	TaskID     string    `json:"task_id"`
	Worker     string    `json:"worker"`
	ResultHash string    `json:"result_hash"`
	Timestamp  Timestamp `json:"timestamp"`
}

// ReceiptValidated tells how the results of an epoch were judged.
type ReceiptValidated struct {
	ReceiptID        string    `json:"receipt_id"`
	EpochID          uint64    `json:"epoch_id"`
	AcceptedCount    uint64    `json:"accepted_count"`
	RejectedCount    uint64    `json:"rejected_count"`
	IsValid          bool      `json:"is_valid"`
	FraudProofsCount uint64    `json:"fraud_proofs_count"`
	Timestamp        Timestamp `json:"timestamp"`
}

// Type returns TypeTaskSubmitted.
func (TaskSubmitted) Type() Type { return TypeTaskSubmitted }

// Type returns TypeWorkersSelected.
func (WorkersSelected) Type() Type { return TypeWorkersSelected }

// Type returns TypeWorkResultSubmitted.
func (WorkResultSubmitted) Type() Type { return TypeWorkResultSubmitted }

// Type returns TypeReceiptValidated.
func (ReceiptValidated) Type() Type { return TypeReceiptValidated }
