package main

// nodes are mistakes about several endpoints.
func nodes() []mutant {
	return []mutant{{
		"a failover is no move: the other node's answers and counts are taken for this one's", "client/failover.go",
		"m.loop.Move(c.node.dialer.REST()) // from now on no answer of the other one counts", "_ = i",
		"TestFailoverAndReturn|TestCountsAndHistory", inClient,
	}, {
		"counts of two nodes are compared", "internal/repair/anchor.go",
		"\tb.final.move()\n", "",
		"TestMovingToAnotherEndpointIsNoStart", inRepair,
	}, {
		"what one node does not know proves another history of the next", "internal/backfill/inbox.go",
		"return !in.moved && (", "return (",
		"TestAnotherEndpointIsNoOtherHistory", inBackfill,
	}, {
		"a refusal is a failover", "fallback/pool.go",
		"if last.Kind == Refused && step.Wait == 0 || len", "if last.Kind == Refused {\nlast.Kind = Failed\n}\nif len",
		"TestADefiniteAnswerIsNoFailover", inClient,
	}, {
		"all return at the same moment", "fallback/pool.go",
		"between(longest/4, longest, p.rand)", "longest / 4",
		"TestAPoolOfClientsDoesNotStampede", "./fallback",
	}, {
		"a dead node that sends heartbeats is returned to", "client/climb.go",
		" && !m.isUnproved(t, below, &frame)", "",
		"TestADeadNodeIsLeftForAnotherOne", inClient,
	}, {
		"a dead node is not left", "internal/lifecycle/silence.go",
		"t.choose().Suspect(t.now.moment(), t.Link.Endpoint)", "_ = t.choose()",
		"TestADeadNodeIsLeft$", "./internal/lifecycle",
	}, {
		"headers of the first node are sent to all", "client/endpoint.go",
		"own := identity{header: e.Header, token", "own := identity{header: o.Header, token",
		"TestWhatIsSentToANodeIsItsOwn", inClient,
	}, {
		"a poll of a node that is tried counts in the books", "client/endpoint.go",
		"return m.here.Load() == index", "return index >= 0",
		"TestAPollOfAnotherNodeDoesNotCount", inClient,
	}, {
		"the first count looks for what is known then", finalityFile,
		"case left, last.first && !b.progress.whole:", "case left:",
		"TestTheFirstCountLooksForWhatThePassBrings", inRepair,
	}}
}
