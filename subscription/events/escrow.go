package events

// The escrow events. A node 0.3.0 declares them and never sends them. Amounts
// are numbers on the wire, so they are float64 here.

// EscrowLocked tells that an owner's ADIC are locked.
type EscrowLocked struct {
	LockID            string    `json:"lock_id"`
	Owner             string    `json:"owner"`
	AmountADIC        float64   `json:"amount_adic"`
	EscrowType        string    `json:"escrow_type"`
	BalanceBeforeADIC float64   `json:"balance_before_adic"`
	BalanceAfterADIC  float64   `json:"balance_after_adic"`
	Timestamp         Timestamp `json:"timestamp"`
}

// EscrowReleased tells that locked ADIC went to someone else.
type EscrowReleased struct {
	LockID     string    `json:"lock_id"`
	From       string    `json:"from"`
	To         string    `json:"to"`
	AmountADIC float64   `json:"amount_adic"`
	Timestamp  Timestamp `json:"timestamp"`
}

// EscrowSlashed tells that locked ADIC are lost.
type EscrowSlashed struct {
	LockID     string    `json:"lock_id"`
	Owner      string    `json:"owner"`
	AmountADIC float64   `json:"amount_adic"`
	Reason     string    `json:"reason"` // free text
	Timestamp  Timestamp `json:"timestamp"`
}

// EscrowRefunded tells that locked ADIC went back to their owner.
type EscrowRefunded struct {
	LockID     string    `json:"lock_id"`
	Owner      string    `json:"owner"`
	AmountADIC float64   `json:"amount_adic"`
	Timestamp  Timestamp `json:"timestamp"`
}

// Type returns TypeEscrowLocked.
func (EscrowLocked) Type() Type { return TypeEscrowLocked }

// Type returns TypeEscrowReleased.
func (EscrowReleased) Type() Type { return TypeEscrowReleased }

// Type returns TypeEscrowSlashed.
func (EscrowSlashed) Type() Type { return TypeEscrowSlashed }

// Type returns TypeEscrowRefunded.
func (EscrowRefunded) Type() Type { return TypeEscrowRefunded }
