package main

const (
	inLifecycle = "./internal/lifecycle"
	lifeFile    = "client/life.go"
	linkFile    = "internal/lifecycle/link.go"
	rivalsFile  = "internal/lifecycle/rivals.go"
)

// lives are mistakes about what becomes of connections.
func lives() []mutant {
	const everything = "TestEveryInputInEveryState"
	return []mutant{{
		"what was let go still counts", linkFile,
		"\tif of == 0 {\n\t\treturn nil\n\t}\n", "\tif of == 0 {\n\t\treturn nil\n\t}\n\tif of < t.Newest && t.Phase == Opening {\n\t\treturn &t.Link\n\t}\n",
		everything, inLifecycle,
	}, {
		"a rival takes over before it may", linkFile,
		"\t\tl.Usable, l.Opened = true, t.now.Mono\n\t}\n}", "\t\tl.Usable, l.Opened = true, t.now.Mono\n\t\tReady{in.Of}.take(t)\n\t}\n}",
		everything, inLifecycle,
	}, {
		"rivals outlive what they were rivals of", linkFile,
		"\tt.dismiss(0)\n\tt.do(Lost{in.Of})\n", "\tt.do(Lost{in.Of})\n",
		everything, inLifecycle,
	}, {
		"what is about to end gets a rival", rivalsFile,
		"if t.Phase == Following && !t.hung && t.Rivals[why].Gen == 0 {", "if t.Phase == Following && t.Rivals[why].Gen == 0 {",
		everything, inLifecycle,
	}, {
		"a refusal is final after all that worked", linkFile,
		"if c.Refused() && !t.proved && ", "if c.Refused() && ",
		"TestADefiniteNoIsFinal", inLifecycle,
	}, {
		"the gap of a dead node ends with its connection", linkFile,
		"\tt.do(Lost{in.Of})\n", "\tt.do(Lost{in.Of})\n\tt.hushed()\n\tt.Silence.Dead = in.Last != 0\n",
		everything, inLifecycle,
	}, {
		"a set clock is not noticed", "internal/lifecycle/instant.go",
		"return apart > jump || apart < -jump", "return apart > jump && apart < -jump",
		"TestAJumpOfTheClocksLeadsToOneProbe", inLifecycle,
	}, {
		"a probe is nobody's business", lifeFile,
		"l.side.Go(l.streamOf(a.Gen, c).Probe)", "_ = l.streamOf",
		"TestAClockThatIsSetLeadsToAProbe", inClient,
	}, {
		"a try that is broken off does not count", rivalsFile,
		"t.choose().Tried(t.now.moment(), to.Endpoint, to.Transport)", "",
		"TestAStreamThatDiesAfterItsFirstEventIsNotHammered", inClient,
	}, {
		"a stream that has ended is asked for more by another", "client/widen.go",
		"!covers(c.asks(), asks)", "true",
		"TestAStreamThatDiesAfterItsFirstEventIsNotHammered", inClient,
	}, {
		"who slept waits on", rivalsFile,
		"t.now.Mono >= t.Until.Mono || t.now.Wall >= t.Until.Wall", "t.now.Mono >= t.Until.Mono",
		"TestAWaitEndsByEitherClock", inLifecycle,
	}, {
		"a state shares its chooser with the one before", "internal/lifecycle/state.go",
		"\tt.choices = t.choices.Clone()\n", "",
		"TestAStateIsAValue", inLifecycle,
	}}
}
