package events

// The account events say where ADIC and reputation went. Amounts are decimal
// strings, as exact as the server wrote them. Two events that are equal in
// every field are two facts: a node has no ids for them.

// DepositEscrowed tells that the deposit of a message is locked. A node 0.3.0
// sends it for each message that is submitted to it, before any check.
type DepositEscrowed struct {
	MessageID        string    `json:"message_id"`
	ValidatorAddress string    `json:"validator_address"`
	Amount           string    `json:"amount"` // ADIC
	Timestamp        Timestamp `json:"timestamp"`
}

// DepositSlashed tells that the deposit of a rejected message is lost. A node
// 0.3.0 sends it before the MessageRejected.
type DepositSlashed struct {
	MessageID        string    `json:"message_id"`
	ValidatorAddress string    `json:"validator_address"`
	Amount           string    `json:"amount"` // ADIC
	Reason           string    `json:"reason"` // free text
	Timestamp        Timestamp `json:"timestamp"`
}

// DepositReleased tells that a deposit was given back. A node 0.3.0 declares it
// and never sends it.
type DepositReleased struct {
	MessageID        string    `json:"message_id"`
	ValidatorAddress string    `json:"validator_address"`
	Amount           string    `json:"amount"` // ADIC
	Timestamp        Timestamp `json:"timestamp"`
}

// BalanceChanged tells one side of a movement of ADIC. A node 0.3.0 sends one
// for each side, in no certain order.
type BalanceChanged struct {
	Address       string     `json:"address"`        // hex
	BalanceBefore string     `json:"balance_before"` // ADIC
	BalanceAfter  string     `json:"balance_after"`  // ADIC
	ChangeAmount  string     `json:"change_amount"`  // ADIC
	ChangeType    ChangeType `json:"change_type"`
	Timestamp     Timestamp  `json:"timestamp"`
}

// TransferRecorded tells of a transfer. A node 0.3.0 sends it.
type TransferRecorded struct {
	FromAddress string    `json:"from_address"`     // hex
	ToAddress   string    `json:"to_address"`       // hex
	Amount      string    `json:"amount"`           // ADIC
	Reason      string    `json:"reason"`           // "Standard", "Faucet", "Genesis", …
	TxHash      string    `json:"tx_hash,omitzero"` // "" if the node sent null, as 0.3.0 always does
	Timestamp   Timestamp `json:"timestamp"`
}

// ReputationChanged tells that a validator was rewarded or punished. A node
// 0.3.0 sends it, but not for the hourly decay.
type ReputationChanged struct {
	ValidatorAddress string    `json:"validator_address"`
	OldReputation    float64   `json:"old_reputation"`
	NewReputation    float64   `json:"new_reputation"`
	Reason           string    `json:"reason"` // free text
	Timestamp        Timestamp `json:"timestamp"`
}

// Type returns TypeDepositEscrowed.
func (DepositEscrowed) Type() Type { return TypeDepositEscrowed }

// Type returns TypeDepositSlashed.
func (DepositSlashed) Type() Type { return TypeDepositSlashed }

// Type returns TypeDepositReleased.
func (DepositReleased) Type() Type { return TypeDepositReleased }

// Type returns TypeBalanceChanged.
func (BalanceChanged) Type() Type { return TypeBalanceChanged }

// Type returns TypeTransferRecorded.
func (TransferRecorded) Type() Type { return TypeTransferRecorded }

// Type returns TypeReputationChanged.
func (ReputationChanged) Type() Type { return TypeReputationChanged }
