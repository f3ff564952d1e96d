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
}

// catalogue has one row per type. The dotted names follow no rule that could
// be computed, and the priorities are the node's: what it keeps apart in three
// buffers is never put back into order by anyone.
var catalogue = [...]row{
	{TypeTipsUpdated, "tips.update", High},
	{TypeMessageFinalized, "finality.update", High},
	{TypeDiversityUpdated, "diversity.update", Medium},
	{TypeEnergyUpdated, "energy.update", Medium},
	{TypeKCoreUpdated, "kcore.update", Medium},
	{TypeAdmissibilityUpdated, "admissibility.update", Low},
	{TypeEconomicsUpdated, "economics.update", Low},
	{TypeMessageAdded, "message.new", High},
	{TypeMessageRejected, "message.rejected", High},
	{TypeDepositEscrowed, "deposit.escrowed", High},
	{TypeDepositSlashed, "deposit.slashed", High},
	{TypeDepositReleased, "deposit.released", Medium},
	{TypeBalanceChanged, "balance.changed", High},
	{TypeTransferRecorded, "transfer.recorded", High},
	{TypePeerConnected, "peer.connected", High},
	{TypePeerDisconnected, "peer.disconnected", High},
	{TypeSyncStarted, "sync.started", Medium},
	{TypeSyncProgress, "sync.progress", Medium},
	{TypeSyncCompleted, "sync.completed", Medium},
	{TypeReputationChanged, "reputation.changed", Medium},
	{TypeNodeStarted, "node.started", Low},
	{TypeNodeStopped, "node.stopped", Low},
	{TypeGenesisLoaded, "genesis.loaded", Low},
	{TypeVRFCommitSubmitted, "vrf.commit", High},
	{TypeVRFRevealOpened, "vrf.reveal", High},
	{TypeVRFRandomnessFinalized, "vrf.finalized", High},
	{TypeQuorumSelected, "quorum.selected", Medium},
	{TypeQuorumVoteCompleted, "quorum.voted", Medium},
	{TypeChallengeWindowOpened, "challenge.opened", High},
	{TypeChallengeSubmitted, "challenge.submitted", High},
	{TypeFraudProofSubmitted, "fraud.submitted", High},
	{TypeFraudProofVerified, "fraud.verified", High},
	{TypeArbitrationStarted, "arbitration.started", High},
	{TypeArbitrationCompleted, "arbitration.completed", High},
	{TypeEscrowLocked, "escrow.locked", Medium},
	{TypeEscrowReleased, "escrow.released", Medium},
	{TypeEscrowSlashed, "escrow.slashed", Medium},
	{TypeEscrowRefunded, "escrow.refunded", Medium},
	{TypeProposalSubmitted, "governance.proposal.submitted", High},
	{TypeVoteCast, "governance.vote.cast", High},
	{TypeGovernanceReceiptEmitted, "governance.receipt.emitted", High},
	{TypeProposalTallied, "governance.proposal.tallied", High},
	{TypeProposalStatusChanged, "governance.proposal.status", High},
	{TypeProposalEnacted, "governance.proposal.enacted", High},
	{TypeParameterChanged, "governance.parameter.changed", High},
	{TypeTreasuryGrantExecuted, "governance.treasury.executed", Medium},
	{TypeTreasuryMilestoneCompleted, "governance.treasury.milestone", High},
	{TypeTreasuryGrantClawedBack, "governance.treasury.clawback", High},
	{TypeCommitteeCertificateGenerated, "committee.certificate.generated", High},
	{TypeAggregatorSelected, "committee.aggregator.selected", Medium},
	{TypeTaskSubmitted, "pouw.task.submitted", High},
	{TypeWorkersSelected, "pouw.workers.selected", Medium},
	{TypeWorkResultSubmitted, "pouw.result.submitted", High},
	{TypeReceiptValidated, "pouw.receipt.validated", High},
}
