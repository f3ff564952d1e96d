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

// guideTypes is the number of types that the integration guide has: they come
// first in the catalogue.
const guideTypes = 8

// A row is all that the SDK knows about a type beside its payload.
type row struct {
	kind     Type
	name     string
	priority Priority
	family   Family
	decode   func(Envelope) (Event, error) // into its struct
}

// catalogue has one row per type. The dotted names follow no rule that could
// be computed, and the priorities are the node's: what it keeps apart in three
// buffers is never put back into order by anyone.
var catalogue = [...]row{
	{TypeTipsUpdated, "tips.update", High, State, decodeAs[TipsUpdated]},
	{TypeMessageFinalized, "finality.update", High, Fact, decodeAs[MessageFinalized]},
	{TypeDiversityUpdated, "diversity.update", Medium, State, decodeAs[DiversityUpdated]},
	{TypeEnergyUpdated, "energy.update", Medium, State, decodeAs[EnergyUpdated]},
	{TypeKCoreUpdated, "kcore.update", Medium, State, decodeAs[KCoreUpdated]},
	{TypeAdmissibilityUpdated, "admissibility.update", Low, State, decodeAs[AdmissibilityUpdated]},
	{TypeEconomicsUpdated, "economics.update", Low, State, decodeAs[EconomicsUpdated]},
	{TypeMessageAdded, "message.new", High, Fact, decodeAs[MessageAdded]},
	{TypeMessageRejected, "message.rejected", High, Notice, decodeAs[MessageRejected]},
	{TypeDepositEscrowed, "deposit.escrowed", High, Notice, decodeAs[DepositEscrowed]},
	{TypeDepositSlashed, "deposit.slashed", High, Notice, decodeAs[DepositSlashed]},
	{TypeDepositReleased, "deposit.released", Medium, Notice, decodeAs[DepositReleased]},
	{TypeBalanceChanged, "balance.changed", High, Notice, decodeAs[BalanceChanged]},
	{TypeTransferRecorded, "transfer.recorded", High, Notice, decodeAs[TransferRecorded]},
	{TypePeerConnected, "peer.connected", High, Notice, decodeAs[PeerConnected]},
	{TypePeerDisconnected, "peer.disconnected", High, Notice, decodeAs[PeerDisconnected]},
	{TypeSyncStarted, "sync.started", Medium, Notice, decodeAs[SyncStarted]},
	{TypeSyncProgress, "sync.progress", Medium, Notice, decodeAs[SyncProgress]},
	{TypeSyncCompleted, "sync.completed", Medium, Notice, decodeAs[SyncCompleted]},
	{TypeReputationChanged, "reputation.changed", Medium, Notice, decodeAs[ReputationChanged]},
	{TypeNodeStarted, "node.started", Low, Notice, decodeAs[NodeStarted]},
	{TypeNodeStopped, "node.stopped", Low, Notice, decodeAs[NodeStopped]},
	{TypeGenesisLoaded, "genesis.loaded", Low, Notice, decodeAs[GenesisLoaded]},
	{TypeVRFCommitSubmitted, "vrf.commit", High, Notice, decodeAs[VRFCommitSubmitted]},
	{TypeVRFRevealOpened, "vrf.reveal", High, Notice, decodeAs[VRFRevealOpened]},
	{TypeVRFRandomnessFinalized, "vrf.finalized", High, Notice, decodeAs[VRFRandomnessFinalized]},
	{TypeQuorumSelected, "quorum.selected", Medium, Notice, decodeAs[QuorumSelected]},
	{TypeQuorumVoteCompleted, "quorum.voted", Medium, Notice, decodeAs[QuorumVoteCompleted]},
	{TypeChallengeWindowOpened, "challenge.opened", High, Notice, decodeAs[ChallengeWindowOpened]},
	{TypeChallengeSubmitted, "challenge.submitted", High, Notice, decodeAs[ChallengeSubmitted]},
	{TypeFraudProofSubmitted, "fraud.submitted", High, Notice, decodeAs[FraudProofSubmitted]},
	{TypeFraudProofVerified, "fraud.verified", High, Notice, decodeAs[FraudProofVerified]},
	{TypeArbitrationStarted, "arbitration.started", High, Notice, decodeAs[ArbitrationStarted]},
	{TypeArbitrationCompleted, "arbitration.completed", High, Notice, decodeAs[ArbitrationCompleted]},
	{TypeEscrowLocked, "escrow.locked", Medium, Notice, decodeAs[EscrowLocked]},
	{TypeEscrowReleased, "escrow.released", Medium, Notice, decodeAs[EscrowReleased]},
	{TypeEscrowSlashed, "escrow.slashed", Medium, Notice, decodeAs[EscrowSlashed]},
	{TypeEscrowRefunded, "escrow.refunded", Medium, Notice, decodeAs[EscrowRefunded]},
	{TypeProposalSubmitted, "governance.proposal.submitted", High, Notice, decodeAs[ProposalSubmitted]},
	{TypeVoteCast, "governance.vote.cast", High, Notice, decodeAs[VoteCast]},
	{TypeGovernanceReceiptEmitted, "governance.receipt.emitted", High, Notice, decodeAs[GovernanceReceiptEmitted]},
	{TypeProposalTallied, "governance.proposal.tallied", High, Notice, decodeAs[ProposalTallied]},
	{TypeProposalStatusChanged, "governance.proposal.status", High, Notice, decodeAs[ProposalStatusChanged]},
	{TypeProposalEnacted, "governance.proposal.enacted", High, Notice, decodeAs[ProposalEnacted]},
	{TypeParameterChanged, "governance.parameter.changed", High, Notice, decodeAs[ParameterChanged]},
	{TypeTreasuryGrantExecuted, "governance.treasury.executed", Medium, Notice, decodeAs[TreasuryGrantExecuted]},
	{TypeTreasuryMilestoneCompleted, "governance.treasury.milestone", High, Notice, decodeAs[TreasuryMilestoneCompleted]},
	{TypeTreasuryGrantClawedBack, "governance.treasury.clawback", High, Notice, decodeAs[TreasuryGrantClawedBack]},
	{TypeCommitteeCertificateGenerated, "committee.certificate.generated", High, Notice, decodeAs[CommitteeCertificateGenerated]},
	{TypeAggregatorSelected, "committee.aggregator.selected", Medium, Notice, decodeAs[AggregatorSelected]},
	{TypeTaskSubmitted, "pouw.task.submitted", High, Notice, decodeAs[TaskSubmitted]},
	{TypeWorkersSelected, "pouw.workers.selected", Medium, Notice, decodeAs[WorkersSelected]},
	{TypeWorkResultSubmitted, "pouw.result.submitted", High, Notice, decodeAs[WorkResultSubmitted]},
	{TypeReceiptValidated, "pouw.receipt.validated", High, Notice, decodeAs[ReceiptValidated]},
}
