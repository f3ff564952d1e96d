package main

// finality are mistakes about which messages are final, and when that is told.
func finality() []mutant {
	return []mutant{{
		"known is delivered: finality passes when its message is known", "internal/repair/delivery.go",
		"case e.has(handed):\n\t\treturn true", "case e.has(handed):\n\t\treturn false",
		"TestFinalityDoesNotPassWhenItsMessageIsKnown", inClient,
	}, {
		"finality is not held for its message", dispatchFile,
		"m.books.Waits(e.id) && m.queue.hold(e)", "m.books.Waits(e.id) && e.id == \"\"",
		anyScript, inClient,
	}, {
		"unexplained is what is above its own minimum", finalityFile,
		"if e.has(tallied) || !isYounger && (", "if e.has(tallied) || !isYounger && e == nil && (",
		"TestUnexplainedIsNotAboveItsOwnMinimum", inRepair,
	}, {
		"the first count after an outage is the baseline", anchorFile,
		"b.progress.disturbed++\n", "b.progress.disturbed++\n\tb.final.counted = false\n",
		"TestOutageIsNotAbsorbed", inRepair,
	}}
}

// cursors are mistakes about where another run goes on.
func cursors() []mutant {
	return []mutant{{
		"the cursor is the last event seen", "internal/repair/cursor.go",
		"{e.state&(handed|delivered) == handed || e.has(due), markDue},\n\t\t{e.has(delivered), markAdded},",
		"{e.has(due), markDue},\n\t\t{e.has(handed), markAdded},",
		"TestLowWaterIsNotTheNewestReturned", inRepair,
	}, {
		"the low-water mark is the newest that was returned", "internal/repair/cursor.go",
		"low := b.anchor.at\n", "low := b.anchor.at\n\tfor _, e := range b.entries.values() {\nif e.has(delivered) {\nlow = max(low, e.at)\n}\n}\n",
		"TestLiveEventsDoNotLiftTheMark", inRepair,
	}, {
		"the cursor is the frontier: what is below it is history", messagesFile,
		"(at > b.first || at > horizon)", "at > horizon",
		"TestTheCursorIsNotTheFrontier", inClient,
	}, {
		"what the handlers have returned from stays owed", dispatchFile,
		"\td.m.books.Delivered(e.fact, e.id)\n", "",
		anyScript, inClient,
	}}
}

// overlaps are mistakes about the change from one connection to the next.
func overlaps() []mutant {
	return []mutant{{
		"match the overlap by count", "internal/overlap/pair.go",
		"return p.old.events - at.ahead(), true", "return p.old.events, at.ahead() <= p.old.events",
		"TestMatchTheOverlapByCountTwins", inOverlap,
	}, {
		"match the overlap at the first equal beat", "internal/overlap/side.go",
		"if k != aBeat || second <= s.first {", "if k != aBeat {",
		"TestMatchTheOverlapAtTheFirstEqualBeat", inOverlap,
	}, {
		"what is skipped is not confirmed", "client/overlap.go",
		"if one = s.both.confirm(f); one {", "if one = s.both != nil; one {",
		"TestWhatIsSkippedIsConfirmed", inClient,
	}}
}
