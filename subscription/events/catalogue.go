package events

// The types of the stream, in the order in which a node declares them. The
// eight of the integration guide are the first eight.
const (
	TypeTipsUpdated                   Type = "TipsUpdated"
	TypeMessageFinalized              Type = "MessageFinalized"
	TypeDiversityUpdated              Type = "DiversityUpdated"
	TypeEnergyUpdated                 Type = "EnergyUpdated"
	TypeKCoreUpdated                  Type = "KCoreUpdated"
	TypeAdmissibilityUpdated          Type = "AdmissibilityUpdated"
	TypeEconomicsUpdated              Type = "EconomicsUpdated"
	TypeMessageAdded                  Type = "MessageAdded"
	TypeMessageRejected               Type = "MessageRejected"
	TypeDepositEscrowed               Type = "DepositEscrowed"
	TypeDepositSlashed                Type = "DepositSlashed"
	TypeDepositReleased               Type = "DepositReleased"
	TypeBalanceChanged                Type = "BalanceChanged"
	TypeTransferRecorded              Type = "TransferRecorded"
	TypePeerConnected                 Type = "PeerConnected"
	TypePeerDisconnected              Type = "PeerDisconnected"
	TypeSyncStarted                   Type = "SyncStarted"
	TypeSyncProgress                  Type = "SyncProgress"
	TypeSyncCompleted                 Type = "SyncCompleted"
	TypeReputationChanged             Type = "ReputationChanged"
	TypeNodeStarted                   Type = "NodeStarted"
	TypeNodeStopped                   Type = "NodeStopped"
	TypeGenesisLoaded                 Type = "GenesisLoaded"
	TypeVRFCommitSubmitted            Type = "VRFCommitSubmitted"
	TypeVRFRevealOpened               Type = "VRFRevealOpened"
	TypeVRFRandomnessFinalized        Type = "VRFRandomnessFinalized"
	TypeQuorumSelected                Type = "QuorumSelected"
	TypeQuorumVoteCompleted           Type = "QuorumVoteCompleted"
	TypeChallengeWindowOpened         Type = "ChallengeWindowOpened"
	TypeChallengeSubmitted            Type = "ChallengeSubmitted"
	TypeFraudProofSubmitted           Type = "FraudProofSubmitted"
	TypeFraudProofVerified            Type = "FraudProofVerified"
	TypeArbitrationStarted            Type = "ArbitrationStarted"
	TypeArbitrationCompleted          Type = "ArbitrationCompleted"
	TypeEscrowLocked                  Type = "EscrowLocked"
	TypeEscrowReleased                Type = "EscrowReleased"
	TypeEscrowSlashed                 Type = "EscrowSlashed"
	TypeEscrowRefunded                Type = "EscrowRefunded"
	TypeProposalSubmitted             Type = "ProposalSubmitted"
	TypeVoteCast                      Type = "VoteCast"
	TypeGovernanceReceiptEmitted      Type = "GovernanceReceiptEmitted"
	TypeProposalTallied               Type = "ProposalTallied"
	TypeProposalStatusChanged         Type = "ProposalStatusChanged"
	TypeProposalEnacted               Type = "ProposalEnacted"
	TypeParameterChanged              Type = "ParameterChanged"
	TypeTreasuryGrantExecuted         Type = "TreasuryGrantExecuted"
	TypeTreasuryMilestoneCompleted    Type = "TreasuryMilestoneCompleted"
	TypeTreasuryGrantClawedBack       Type = "TreasuryGrantClawedBack"
	TypeCommitteeCertificateGenerated Type = "CommitteeCertificateGenerated"
	TypeAggregatorSelected            Type = "AggregatorSelected"
	TypeTaskSubmitted                 Type = "TaskSubmitted"
	TypeWorkersSelected               Type = "WorkersSelected"
	TypeWorkResultSubmitted           Type = "WorkResultSubmitted"
	TypeReceiptValidated              Type = "ReceiptValidated"
)

// A row is all that the SDK knows about a type beside its payload.
type row struct {
	kind     Type
	name     string
	priority Priority
	decode   func(Envelope) (Event, error) // into its struct
}

// catalogue has one row per type. The dotted names follow no rule that could
// be computed, and the priorities are the node's: what it keeps apart in three
// buffers is never put back into order by anyone.
var catalogue = [...]row{
	{TypeTipsUpdated, "tips.update", High, decodeAs[TipsUpdated]},
	{TypeMessageFinalized, "finality.update", High, decodeAs[MessageFinalized]},
	{TypeDiversityUpdated, "diversity.update", Medium, decodeAs[DiversityUpdated]},
	{TypeEnergyUpdated, "energy.update", Medium, decodeAs[EnergyUpdated]},
	{TypeKCoreUpdated, "kcore.update", Medium, decodeAs[KCoreUpdated]},
	{TypeAdmissibilityUpdated, "admissibility.update", Low, decodeAs[AdmissibilityUpdated]},
	{TypeEconomicsUpdated, "economics.update", Low, decodeAs[EconomicsUpdated]},
	{TypeMessageAdded, "message.new", High, decodeAs[MessageAdded]},
	{TypeMessageRejected, "message.rejected", High, decodeAs[MessageRejected]},
	{TypeDepositEscrowed, "deposit.escrowed", High, decodeAs[DepositEscrowed]},
	{TypeDepositSlashed, "deposit.slashed", High, decodeAs[DepositSlashed]},
	{TypeDepositReleased, "deposit.released", Medium, decodeAs[DepositReleased]},
	{TypeBalanceChanged, "balance.changed", High, decodeAs[BalanceChanged]},
	{TypeTransferRecorded, "transfer.recorded", High, decodeAs[TransferRecorded]},
	{TypePeerConnected, "peer.connected", High, decodeAs[PeerConnected]},
	{TypePeerDisconnected, "peer.disconnected", High, decodeAs[PeerDisconnected]},
	{TypeSyncStarted, "sync.started", Medium, decodeAs[SyncStarted]},
	{TypeSyncProgress, "sync.progress", Medium, decodeAs[SyncProgress]},
	{TypeSyncCompleted, "sync.completed", Medium, decodeAs[SyncCompleted]},
	{TypeReputationChanged, "reputation.changed", Medium, decodeAs[ReputationChanged]},
	{TypeNodeStarted, "node.started", Low, decodeAs[NodeStarted]},
	{TypeNodeStopped, "node.stopped", Low, decodeAs[NodeStopped]},
	{TypeGenesisLoaded, "genesis.loaded", Low, decodeAs[GenesisLoaded]},
	{TypeVRFCommitSubmitted, "vrf.commit", High, decodeAs[VRFCommitSubmitted]},
	{TypeVRFRevealOpened, "vrf.reveal", High, decodeAs[VRFRevealOpened]},
	{TypeVRFRandomnessFinalized, "vrf.finalized", High, decodeAs[VRFRandomnessFinalized]},
	{TypeQuorumSelected, "quorum.selected", Medium, decodeAs[QuorumSelected]},
	{TypeQuorumVoteCompleted, "quorum.voted", Medium, decodeAs[QuorumVoteCompleted]},
	{TypeChallengeWindowOpened, "challenge.opened", High, decodeAs[ChallengeWindowOpened]},
	{TypeChallengeSubmitted, "challenge.submitted", High, decodeAs[ChallengeSubmitted]},
	{TypeFraudProofSubmitted, "fraud.submitted", High, decodeAs[FraudProofSubmitted]},
	{TypeFraudProofVerified, "fraud.verified", High, decodeAs[FraudProofVerified]},
	{TypeArbitrationStarted, "arbitration.started", High, decodeAs[ArbitrationStarted]},
	{TypeArbitrationCompleted, "arbitration.completed", High, decodeAs[ArbitrationCompleted]},
	{TypeEscrowLocked, "escrow.locked", Medium, decodeAs[EscrowLocked]},
	{TypeEscrowReleased, "escrow.released", Medium, decodeAs[EscrowReleased]},
	{TypeEscrowSlashed, "escrow.slashed", Medium, decodeAs[EscrowSlashed]},
	{TypeEscrowRefunded, "escrow.refunded", Medium, decodeAs[EscrowRefunded]},
	{TypeProposalSubmitted, "governance.proposal.submitted", High, decodeAs[ProposalSubmitted]},
	{TypeVoteCast, "governance.vote.cast", High, decodeAs[VoteCast]},
	{TypeGovernanceReceiptEmitted, "governance.receipt.emitted", High, decodeAs[GovernanceReceiptEmitted]},
	{TypeProposalTallied, "governance.proposal.tallied", High, decodeAs[ProposalTallied]},
	{TypeProposalStatusChanged, "governance.proposal.status", High, decodeAs[ProposalStatusChanged]},
	{TypeProposalEnacted, "governance.proposal.enacted", High, decodeAs[ProposalEnacted]},
	{TypeParameterChanged, "governance.parameter.changed", High, decodeAs[ParameterChanged]},
	{TypeTreasuryGrantExecuted, "governance.treasury.executed", Medium, decodeAs[TreasuryGrantExecuted]},
	{TypeTreasuryMilestoneCompleted, "governance.treasury.milestone", High, decodeAs[TreasuryMilestoneCompleted]},
	{TypeTreasuryGrantClawedBack, "governance.treasury.clawback", High, decodeAs[TreasuryGrantClawedBack]},
	{TypeCommitteeCertificateGenerated, "committee.certificate.generated", High, decodeAs[CommitteeCertificateGenerated]},
	{TypeAggregatorSelected, "committee.aggregator.selected", Medium, decodeAs[AggregatorSelected]},
	{TypeTaskSubmitted, "pouw.task.submitted", High, decodeAs[TaskSubmitted]},
	{TypeWorkersSelected, "pouw.workers.selected", Medium, decodeAs[WorkersSelected]},
	{TypeWorkResultSubmitted, "pouw.result.submitted", High, decodeAs[WorkResultSubmitted]},
	{TypeReceiptValidated, "pouw.receipt.validated", High, decodeAs[ReceiptValidated]},
}
