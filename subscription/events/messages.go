package events

// MessageAdded tells that a message is in the DAG. A node 0.3.0 sends it for
// messages that were submitted to it, some of them twice, and never for those
// of its peers: take it for a hint.
type MessageAdded struct {
	MessageID string    `json:"message_id"` // a node's ids are 64 hex digits
	Depth     uint64    `json:"depth"`      // 0 on a node that was given the parents explicitly
	Timestamp Timestamp `json:"timestamp"`
}

// MessageFinalized tells that a message is final. Nodes were seen to leave out 5
// to 9 of 100, busy ones more than idle ones: take it for a hint. KCoreUpdated
// has the true count.
type MessageFinalized struct {
	MessageID    string       `json:"message_id"`
	FinalityType FinalityType `json:"finality_type"`
	Timestamp    Timestamp    `json:"timestamp"`
}

// MessageRejected tells that a message failed a check. A node 0.3.0 sends it
// for messages that were submitted to it.
type MessageRejected struct {
	MessageID     string        `json:"message_id"`
	Reason        string        `json:"reason"` // free text
	RejectionType RejectionType `json:"rejection_type"`
	Timestamp     Timestamp     `json:"timestamp"`
}

// Type returns TypeMessageAdded.
func (MessageAdded) Type() Type { return TypeMessageAdded }

// Type returns TypeMessageFinalized.
func (MessageFinalized) Type() Type { return TypeMessageFinalized }

// Type returns TypeMessageRejected.
func (MessageRejected) Type() Type { return TypeMessageRejected }
