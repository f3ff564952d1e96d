package events

// PeerConnected tells that a peer of the node came. A node 0.3.0 sends it.
type PeerConnected struct {
	PeerID    string    `json:"peer_id"`
	Address   string    `json:"address"` // "10.0.0.7:9000"
	Timestamp Timestamp `json:"timestamp"`
}

// PeerDisconnected tells that a peer of the node went. A node 0.3.0 sends it.
type PeerDisconnected struct {
	PeerID    string    `json:"peer_id"`
	Reason    string    `json:"reason,omitzero"` // "" if the node sent null, as 0.3.0 always does
	Timestamp Timestamp `json:"timestamp"`
}

// SyncStarted tells that the node began to catch up with a peer. A node 0.3.0
// has the code and nothing that starts it: it is not seen.
type SyncStarted struct {
	PeerID       string    `json:"peer_id"`
	TargetHeight uint64    `json:"target_height"`
	Timestamp    Timestamp `json:"timestamp"`
}

// SyncProgress tells how far the node has caught up. It is not seen, as
// SyncStarted.
type SyncProgress struct {
	PeerID          string    `json:"peer_id"`
	SyncedMessages  uint64    `json:"synced_messages"`
	ProgressPercent float64   `json:"progress_percent"` // 0 to 100
	Timestamp       Timestamp `json:"timestamp"`
}

// SyncCompleted tells that the node has caught up with a peer. It is not seen,
// as SyncStarted.
type SyncCompleted struct {
	PeerID         string    `json:"peer_id"`
	SyncedMessages uint64    `json:"synced_messages"`
	DurationMS     uint64    `json:"duration_ms"` // milliseconds
	Timestamp      Timestamp `json:"timestamp"`
}

// NodeStarted tells that the node is there. A node 0.3.0 sends it before a
// client can be connected: it is not seen.
type NodeStarted struct {
	NodeID    string    `json:"node_id"`
	Version   string    `json:"version"` // "0.3.0"
	Timestamp Timestamp `json:"timestamp"`
}

// NodeStopped tells that the node is about to go. A node 0.3.0 declares it and
// never sends it: its connections just end.
type NodeStopped struct {
	NodeID    string    `json:"node_id"`
	Reason    string    `json:"reason"` // free text
	Timestamp Timestamp `json:"timestamp"`
}

// GenesisLoaded tells which chain the node is on. A node 0.3.0 sends it before
// a client can be connected: it is not seen.
type GenesisLoaded struct {
	ChainID     string    `json:"chain_id"`
	GenesisHash string    `json:"genesis_hash"`
	TotalSupply string    `json:"total_supply"` // ADIC, decimal
	Timestamp   Timestamp `json:"timestamp"`
}

// Type returns TypePeerConnected.
func (PeerConnected) Type() Type { return TypePeerConnected }

// Type returns TypePeerDisconnected.
func (PeerDisconnected) Type() Type { return TypePeerDisconnected }

// Type returns TypeSyncStarted.
func (SyncStarted) Type() Type { return TypeSyncStarted }

// Type returns TypeSyncProgress.
func (SyncProgress) Type() Type { return TypeSyncProgress }

// Type returns TypeSyncCompleted.
func (SyncCompleted) Type() Type { return TypeSyncCompleted }

// Type returns TypeNodeStarted.
func (NodeStarted) Type() Type { return TypeNodeStarted }

// Type returns TypeNodeStopped.
func (NodeStopped) Type() Type { return TypeNodeStopped }

// Type returns TypeGenesisLoaded.
func (GenesisLoaded) Type() Type { return TypeGenesisLoaded }
