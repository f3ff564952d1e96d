package main

import "slices"

// The packages with the tests that notice.
const (
	inClient   = "./client"
	inRepair   = "./internal/repair"
	inBackfill = "./internal/backfill"
	inPulse    = "./internal/pulse"
	inOverlap  = "./internal/overlap"

	anyScript = "TestRandomScripts" // of 20 seeds for each dialect
)

// Files that are mistaken often.
const (
	watchFile    = "client/watch.go"
	loopFile     = "client/loop.go"
	climbFile    = "client/climb.go"
	anchorFile   = "internal/repair/anchor.go"
	messagesFile = "internal/repair/messages.go"
	overflowFile = "client/overflow.go"
	dispatchFile = "client/dispatch.go"
	crewFile     = "client/crew.go"
	intakeFile   = "client/intake.go"
	handFile     = "client/hand.go"
	queueFile    = "client/queue.go"
	agingFile    = "client/aging.go"
	finalityFile = "internal/repair/finality.go"
)

// mutants are the mistakes: rules that look right, each with a test of the sequence
// that breaks it, and parts of the machinery that are switched off.
func mutants() []mutant {
	return slices.Concat(facts(), horizons(), finality(), cursors(), silence(), lives(), overlaps(), gaps(), policies(), fairness(), crews(), handovers(), trust(), nodes())
}

// facts are mistakes about what comes once, and about what comes at all.
func facts() []mutant {
	return []mutant{{
		"dedupe by content", "client/receive.go",
		"func (m *ConnectionManager) event(f *transport.Frame, k *kind) {\n",
		"var contents = map[string]bool{}\n\nfunc (m *ConnectionManager) event(f *transport.Frame, k *kind) {\n" +
			"if k.family == events.Notice {\nif contents[string(f.Data)] {\nm.intake.tally.Duplicate()\nreturn\n}\ncontents[string(f.Data)] = true\n}\n",
		"TestDedupeIsNotByContent", inClient,
	}, {
		"dedupe before the lane: what had to leave it is known, and so passed over", overflowFile,
		"q.back.push(lost)", "q.gone(lost.epoch, 1)",
		"TestDedupeIsNotBeforeTheLane", inClient,
	}, {
		"nothing is owed: a full lane drops facts", overflowFile,
		"if f.owed = q.back.fits(&lost); f.owed {", "if f.owed = false; f.owed {",
		anyScript, inClient,
	}, {
		"repair is off", "client/manager.go",
		"m.loop.Start(run)", "_ = run",
		anyScript, inClient,
	}, {
		"what the start read saw is history", "internal/repair/live.go",
		"if e.has(handed) {", "if e.has(handed | known) {",
		"TestWhatTheStartReadSawIsNotHistory", inClient,
	}, {
		"a failover is a start", "internal/repair/books.go",
		"if b.begin != 0 {\n", "if b.begin != 0 && b.progress.begun == b.progress.disturbed {\n",
		"TestAFailoverIsNoStart", inClient,
	}, {
		"another endpoint is a start", anchorFile,
		"b.moved = true\n", "b.moved, b.begin, b.started = true, 0, false\n",
		"TestMovingToAnotherEndpointIsNoStart", inRepair,
	}, {
		"backfill goes through the lanes", "client/backlog.go",
		"\t\t\t\tq.seq++\n\t\t\t\te.seq, e.epoch = q.seq, q.joins()\n\t\t\t\tq.back.push(e)\n",
		"\t\t\t\tq.admit(&e, nil)\n",
		"TestBackfillIsNotThroughTheLanes", inClient,
	}, {
		"not_found means asked too early", "internal/repair/books.go",
		"= 5                // how often", "= 1 << 30 // how often",
		"TestPrunedParentDoesNotKeepOutOfSync", inRepair,
	}, {
		"no MessageAdded for a minute: the filter is wrong", "client/repair.go",
		`m.say.once("", slog.LevelInfo, "this node does not announce`, `m.say.once("", slog.LevelWarn, "this node does not announce`,
		"TestNoMessageAddedForAMinuteIsNoWrongFilter", inClient,
	}, {
		"states are not read again", "internal/backfill/state.go",
		"_ = t.cfg.Fill(t.life, env)", "_ = env",
		"TestStatesAreReadAgain", inClient,
	}, {
		"a state that left its lane is not read again", "client/receive.go",
		"\t\tm.loop.Due(t)\n", "",
		"TestAStateThatLeftItsLaneIsReadAgain", inClient,
	}}
}

// horizons are mistakes about what is new, and about where reading begins.
func horizons() []mutant {
	return []mutant{{
		"what is known is bounded, and there is no horizon", "internal/repair/forget.go",
		"b.horizon = max(b.horizon, min(newest, b.now))", "",
		"TestForget$|TestEvictedTipIsNotDeliveredAgain", inRepair,
	}, {
		"the horizon is at the oldest that stays", messagesFile,
		"case at > horizon:\n", "case at >= horizon:\n",
		"TestEqualTimestampsAcrossTheHorizon", inRepair,
	}, {
		"an evicted parent is looked for", messagesFile,
		"if at <= reach {", "if at <= reach-(1<<62) {",
		"TestEvictedTipIsNotDeliveredAgain", inRepair,
	}, {
		"the horizon is by the host's clock", "client/connection.go",
		"at := t.stream.ServerTime(); !at.IsZero()", "at := t.stream.ServerTime(); at.Year() == 1",
		"TestTheHorizonIsNotByTheHostsClock", inClient,
	}, {
		"the newest timestamp is the anchor", anchorFile,
		"return at <= now-int64(settled) && (", "return now != 0 && (",
		"TestTheNewestTimestampIsNotTheAnchor", inClient,
	}, {
		"the newest live event is the anchor", "internal/repair/live.go",
		"\tif fact != nil { // Options.Known", "\tb.anchor = anchor{id, b.now}\n\tif fact != nil { // Options.Known",
		"TestTheNewestLiveEventIsNotTheAnchor", inClient,
	}, {
		"who does not know the anchor was restarted", "internal/backfill/proof.go",
		"if t.history {\n\t\tt.history = false\n", "if true {\n",
		"TestAnchorPruned", inBackfill,
	}, {
		"what came since the connect shows the history before it", "internal/backfill/proof.go",
		"slices.ContainsFunc(t.now.before,", "slices.ContainsFunc(proof,",
		"TestWhatCameSinceTheConnectIsNoProof", inClient,
	}, {
		"pings are spread by waiting longer", "internal/transport/ping.go",
		"s.pings - phase(", "s.pings + phase(",
		"TestPingsAreSpread", inTransport,
	}, {
		"a falling count means a restart", finalityFile,
		"f.hunt.rises = append(f.hunt.rises, rise{first: true, at: b.now})",
		"if count < last {\nb.entries, f.open, f.hints = newTable[entry](b.entries.seed), nil, 0\nb.earliest, b.undated, b.recent, b.anchor = nil, chain{}, chain{}, anchor{}\n}",
		"TestTwoNodesBehindOneAddressAreNoRestart", inClient,
	}}
}
