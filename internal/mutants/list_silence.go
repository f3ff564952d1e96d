package main

// silence are mistakes about what it means that nothing comes.
func silence() []mutant {
	return []mutant{{
		"REST moves, so the connection is deaf", climbFile,
		"case frame.Kind == wire.Alive:\n",
		"case frame.Kind == wire.Alive && m.books.Figures().Open > 0:\nm.closing.Go(m.current.Load().stream.Close)\nreturn errAnswered\ncase frame.Kind == wire.Alive:\n",
		"TestRESTThatMovesDoesNotMeanDeaf", inClient,
	}, {
		"REST stands still, so the node is dead", climbFile,
		"err = m.experiment(t)\n",
		"if m.books.Figures().Open > 1 {\nerr = m.experiment(t)\n} else {\nm.step(lifecycle.Answered{Of: t.gen})\nerr = errAnswered\n}\n",
		"TestRESTThatStandsStillDoesNotMeanDead", inClient,
	}, {
		"no beat on the second connection, so the node is dead", "internal/lifecycle/silence.go",
		"if !t.Silence.Stale || t.Silence.Reconnected {", "if !t.Silence.Dead || t.Silence.Reconnected {",
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
		"\tc.stream.Probe()\n\tif sleep(m.life.run, pairPause) {", "\tif sleep(m.life.run, pairPause) && c == nil {",
		"TestADeafSocketIsWokenByPings", inClient,
	}}
}

// gaps are mistakes about what is told.
func gaps() []mutant {
	return []mutant{{
		"one endless gap", "client/outage.go",
		"\tm.queue.shut(g, to)\n", "\tif cause != events.GapByDisconnect {\nm.queue.shut(g, to)\n}\n",
		anyScript, inClient,
	}, {
		"a gap begins long before its fault", loopFile,
		"in.Last = err, l.mono(c.lastFrame())", "in.Last = err, l.mono(c.opened)",
		anyScript, inClient,
	}, {
		"a gap without a fault", loopFile,
		"\terr := m.read(c)\n", "\tm.queue.shut(m.gap(events.Gap{Cause: events.GapByDisconnect, From: time.Now()}), time.Now())\n\terr := m.read(c)\n",
		"TestWithoutFaultsThereIsNoGap", inClient,
	}}
}
