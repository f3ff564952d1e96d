package events

// The state events tell the server's view of now. A node 0.3.0 repeats all but
// the last, changed or not, so a lost one is made good by the next.

// TipsUpdated lists the messages that nobody refers to yet: all of them, in no
// order. A node 0.3.0 sends it every 3 s, changed or not, and after a message
// was submitted to it.
type TipsUpdated struct {
	Tips      []string  `json:"tips"`  // message ids
	Count     uint64    `json:"count"` // of Tips
	Timestamp Timestamp `json:"timestamp"`
}

// DiversityUpdated tells how different the tips are from each other. A node
// 0.3.0 sends it every 6 s.
type DiversityUpdated struct {
	DiversityScore float64         `json:"diversity_score"` // 0 to 1
	Axes           []DiversityAxis `json:"axes"`
	TotalTips      uint64          `json:"total_tips"`
	Timestamp      Timestamp       `json:"timestamp"`
}

// A DiversityAxis is one axis of DiversityUpdated. A server fills one of two
// groups of fields and leaves the other zero: RequiredDiversity is at least 1
// if the node's group is filled. In JSON, zero fields of both groups are left out.
type DiversityAxis struct {
	Axis uint64 `json:"axis"`

	// What a node 0.3.0 sends.

	Radius            uint64 `json:"radius,omitzero"`
	DistinctBalls     uint64 `json:"distinct_balls,omitzero"`
	RequiredDiversity uint64 `json:"required_diversity,omitzero"`
	MeetsRequirement  bool   `json:"meets_requirement,omitzero"`

	// What the guide describes.

	Entropy      float64 `json:"entropy,omitzero"`
	UniqueValues uint64  `json:"unique_values,omitzero"`
}

// EnergyUpdated counts the conflicts and their energy. A node 0.3.0 sends it
// every 6 s, and was seen to send nothing but zeros, the energy as -0.0.
type EnergyUpdated struct {
	TotalConflicts    uint64    `json:"total_conflicts"`
	ResolvedConflicts uint64    `json:"resolved_conflicts"`
	ActiveConflicts   uint64    `json:"active_conflicts"`
	TotalEnergy       float64   `json:"total_energy"`
	Timestamp         Timestamp `json:"timestamp"`
}

// KCoreUpdated counts the final messages. A node 0.3.0 sends it every 6 s and
// at once after a finalization. Its counts include messages that no
// MessageFinalized announced; both begin at 0 when the node starts.
type KCoreUpdated struct {
	FinalizedCount uint64    `json:"finalized_count"`
	PendingCount   uint64    `json:"pending_count"`
	CurrentKValue  uint64    `json:"current_k_value,omitzero"` // the k in force, at least 1; 0 if the node sent null
	Timestamp      Timestamp `json:"timestamp"`
}

// AdmissibilityUpdated tells which part of a sample of tips passes the
// admissibility constraints. A node 0.3.0 sends it every 31 s, unless no tip
// could be judged.
type AdmissibilityUpdated struct {
	C1Rate      float64   `json:"c1_rate"`      // proximity, 0 to 1
	C2Rate      float64   `json:"c2_rate"`      // diversity, 0 to 1
	C3Rate      float64   `json:"c3_rate"`      // reputation, 0 to 1
	OverallRate float64   `json:"overall_rate"` // all three, 0 to 1
	SampleSize  uint64    `json:"sample_size"`  // tips that were judged
	Timestamp   Timestamp `json:"timestamp"`
}

// EconomicsUpdated tells the supply, in ADIC. A node 0.3.0 sends it while it is
// constructed, before a client can be connected, and never again.
type EconomicsUpdated struct {
	TotalSupply       string    `json:"total_supply"`       // decimal
	CirculatingSupply string    `json:"circulating_supply"` // decimal
	TreasuryBalance   string    `json:"treasury_balance"`   // decimal
	Timestamp         Timestamp `json:"timestamp"`
}

// Type returns TypeTipsUpdated.
func (TipsUpdated) Type() Type { return TypeTipsUpdated }

// Type returns TypeDiversityUpdated.
func (DiversityUpdated) Type() Type { return TypeDiversityUpdated }

// Type returns TypeEnergyUpdated.
func (EnergyUpdated) Type() Type { return TypeEnergyUpdated }

// Type returns TypeKCoreUpdated.
func (KCoreUpdated) Type() Type { return TypeKCoreUpdated }

// Type returns TypeAdmissibilityUpdated.
func (AdmissibilityUpdated) Type() Type { return TypeAdmissibilityUpdated }

// Type returns TypeEconomicsUpdated.
func (EconomicsUpdated) Type() Type { return TypeEconomicsUpdated }
