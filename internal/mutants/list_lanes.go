package main

// policies are mistakes about what becomes of an event whose lane is full.
func policies() []mutant {
	return []mutant{{
		"the policy is ignored: the oldest goes", overflowFile,
		"switch r.lane.Overflow {\n\tcase Block:", "switch Overflow(0) {\n\tcase Block:",
		"TestWhatArrivesByEachPolicy", inClient,
	}, {
		"what coalesces does so only when its lane is full", overflowFile,
		"if r.lane.Overflow == CoalesceLatest {", "if r.lane.Overflow == CoalesceLatest && q.full(i, e) {",
		"TestCoalescing$", inClient,
	}, {
		"a fact is replaced by the next", overflowFile,
		"if e.of.family == events.Fact {\n\t\treturn nil", "if e.of.family == events.Fact && e.of == nil {\n\t\treturn nil",
		"TestFactsComeLateByEachPolicy", inClient,
	}, {
		"what is replaced moves ahead of a gap", overflowFile,
		"g.seq > old.seq && (", "g.seq < old.seq && (",
		"TestCoalescing$", inClient,
	}, {
		"what is replaced is a loss", overflowFile,
		"fates = append(fates, fate{entry: *old, coalesced: true})", "fates = append(fates, q.lose(i, *old))",
		"TestWhatArrivesByEachPolicy", inClient,
	}, {
		"of the newest that go, the gap is told first", overflowFile,
		"r.n > 0 && r.lane.Overflow != DropNewest", "r.n > 0",
		"TestDropNewestClosesItsGapBehindTheBeginning", inClient,
	}, {
		"a lane is bounded in events alone", overflowFile,
		" || r.n > 0 && bytes > r.lane.Bytes", "",
		"TestALaneIsBoundedInBytes", inClient,
	}, {
		"an event that is larger than its lane has no place", overflowFile,
		"r.n > 0 && bytes > r.lane.Bytes", "bytes > r.lane.Bytes",
		"TestAnEmptyLaneTakesAnyEvent", inClient,
	}, {
		"nobody reads, so beats are missing", intakeFile,
		"\t\tp.Held(time.Now())\n", "",
		"TestABlockedReaderIsNoFault", inClient,
	}, {
		"what is blocked has not been received", queueFile,
		"\t\t\t\tq.enter(&blocked[n])\n", "\t\t\t\t_ = n\n",
		"TestAWaitIncludesWhatIsBlocked", inClient,
	}, {
		"a lane that blocks does so to the end", overflowFile,
		"if q.ending && r.lane.Overflow == Block {", "if q.ending && r.lane.Overflow > Block {",
		"TestALaneThatBlocksTakesAllInTheEnd", inClient,
	}}
}

// fairness are mistakes about what is served first.
func fairness() []mutant {
	return []mutant{{
		"nothing ages", queueFile,
		"if q.takeAged(limits) || q.takeLane(0, limits) {", "if q.takeLane(0, limits) {",
		"TestWithAgingALowerLaneIsServedWithinTheBound", inClient,
	}, {
		"what is too old comes first, every time", agingFile,
		"if q.aged = !q.aged; !q.aged {", "if q.aged = true; !q.aged {",
		"TestAgingTakesTurns", inClient,
	}, {
		"of the lower lanes the medium one ages first", agingFile,
		"return ring(a).since.Compare(ring(b).since)", "return a - b",
		"TestAgingServesTheOldestOfTheLowerLanes", inClient,
	}, {
		"an event is as old as the one that took its place", agingFile,
		"time.Since(r.since) < q.aging", "time.Since(r.head().env.Received) < q.aging",
		"TestAgingOfWhatIsReplacedAllTheTime", inClient,
	}, {
		"the rest of the hand is forgotten", handFile,
		"\t\t\tq.lanes[h.lane].unpop(&h.entries[i])\n", "\t\t\tq.gone(h.epoch, 1)\n",
		"TestWhatIsUrgentOvertakesTheHand", inClient,
	}, {
		"a hand is handled to its end", dispatchFile,
		"if h.urgent.Load() {", "if h.dropped {",
		"TestAHighEventOvertakesLowOnes", inClient,
	}, {
		"a more urgent event is not noted", handFile,
		"if i < h.lane {", "if i < 0 {",
		"TestAHighEventOvertakesLowOnes", inClient,
	}, {
		"what is in the hand has left its lane", overflowFile,
		"n += q.hand.rest()", "n += 0",
		"TestALaneKeepsItsBoundWhileAHandIsOut", inClient,
	}, {
		"a drain does not count the rest of the hand", queueFile,
		"\tleft[q.hand.lane] += q.hand.rest()\n", "",
		"TestDiscardCountsTheRestOfTheHand", inClient,
	}}
}

// crews are mistakes about concurrent handlers.
func crews() []mutant {
	return []mutant{{
		"there is always a place in a crew", crewFile,
		"for c.busy >= n {", "for c.busy < 0 {",
		"TestConcurrentHandlersAreAsManyAsTheyAllow", inClient,
	}, {
		"a crew keeps no order", crewFile,
		"if waits, before := c.last[id]; before {", "if waits, before := c.last[id]; before && n == 0 {",
		"TestConcurrentHandlersKeepTheOrderOfAMessage", inClient,
	}, {
		"only facts are about messages", crewFile,
		"id, _ := wire.MessageID(e.env.Data)\n\treturn id", "id, _ := wire.MessageID(nil)\n\treturn id",
		"TestConcurrentHandlersKeepTheOrderOfAMessage", inClient,
	}, {
		"what is with a crew has been handled", "client/loans.go",
		"\tq.hand.away++\n\tq.lent.n++\n", "\tq.lent.n++\n",
		"TestConcurrentHandlersAreAsManyAsTheyAllow", inClient,
	}, {
		"the end does not wait for a crew", queueFile,
		"!q.serving && q.lent.n == 0 &&", "!q.serving &&",
		"TestTheEndWaitsForConcurrentHandlers", inClient,
	}, {
		"a finalization does not wait for a crew", crewFile,
		"\t\td.m.queue.requeue(e.id)\n", "\t\t_ = e.id\n",
		"TestAFinalizationWaitsForConcurrentHandlersOfItsMessage", inClient,
	}, {
		"a place that a crew was waited for is the next event's time", crewFile,
		"\t\td.at = time.Since(d.base)\n", "",
		"TestTheNextEventIsNotSlowBecauseOfACrew", inClient,
	}}
}

// handovers are mistakes about what the reader hands on, and when.
func handovers() []mutant {
	return []mutant{{
		"what was collected is not handed on when the stream waits", loopFile,
		"\tt.stream.OnPark(m.park)\n", "\tt.stream.OnPark(func() {})\n",
		"TestEqualNoticesAreDifferentFacts", inClient,
	}, {
		"what nobody handles is repaired", "client/consumers.go",
		" && k.handles(of) {", " {",
		"TestWhatNobodyHandlesIsNotRepaired", inClient,
	}, {
		"who handles facts is looked at once", intakeFile,
		"\tm.heed()\n", "",
		"TestAHandlerThatComesLaterHasFactsRepaired", inClient,
	}}
}
