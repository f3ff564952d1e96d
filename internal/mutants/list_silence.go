package main

// silence are mistakes about what it means that nothing comes.
func silence() []mutant {
	return []mutant{{
		"REST moves, so the connection is deaf", watchFile,
		"case heartbeat:\n\t\tm.dies(c)",
		"case heartbeat:\n\t\tif m.books.Figures().Open > 0 {\nm.closing.Go(c.stream.Close)\nreturn true\n}\nm.dies(c)",
		"TestRESTThatMovesDoesNotMeanDeaf", inClient,
	}, {
		"REST stands still, so the node is dead", watchFile,
		"found := m.experiment(ctx, c)\n", "found := heartbeat\n\tif m.books.Figures().Open > 1 {\nfound = m.experiment(ctx, c)\n}\n",
		"TestRESTThatStandsStillDoesNotMeanDead", inClient,
	}, {
		"no beat on the second connection, so the node is dead", watchFile,
		"if m.silence.reconnect() {", "if m.silence.isDead() && m.silence.reconnect() {",
		"TestNoBeatOnTheSecondConnectionDoesNotMeanDead", inClient,
	}, {
		"a hole is 15 s of silence", "internal/pulse/lane.go",
		"hole = interval > l.rhythm+slack", "hole = received.Sub(l.received) > 15*time.Second",
		"TestFifteenSecondsOfSilence", inPulse,
	}, {
		"the rhythm is the longest of the last ten", "internal/pulse/lane.go",
		"known[(len(known)-1)/2]", "known[len(known)-1]",
		"TestRhythmIsNotTheLongestOfTheLastTen", inPulse,
	}, {
		"holes are not looked for", watchFile,
		"if isHole {", "if isHole && c == nil {",
		anyScript, inClient,
	}, {
		"nobody asks for beats", loopFile,
		"return m.opts.Witness == WitnessOn", "return m.opts.Witness > WitnessOff",
		anyScript, inClient,
	}, {
		"a deaf connection is not pinged", watchFile,
		"\tc.stream.Probe()\n\tif sleep(ctx, pairPause) {", "\tif sleep(ctx, pairPause) && c == nil {",
		"TestADeafSocketIsWokenByPings", inClient,
	}}
}

// gaps are mistakes about what is told.
func gaps() []mutant {
	return []mutant{{
		"one endless gap", "client/outage.go",
		"m.queue.shut(m.outage.gap, time.Now())", "_ = time.Now",
		anyScript, inClient,
	}, {
		"a gap begins long before its fault", loopFile,
		"Cause: events.GapByDisconnect, From: c.lastFrame()", "Cause: events.GapByDisconnect, From: c.opened",
		anyScript, inClient,
	}, {
		"a gap without a fault", loopFile,
		"\tm.attend(c)\n\treturn c\n", "\tm.attend(c)\n\tm.queue.shut(m.gap(events.Gap{Cause: events.GapByDisconnect, From: time.Now()}), time.Now())\n\treturn c\n",
		"TestWithoutFaultsThereIsNoGap", inClient,
	}}
}
