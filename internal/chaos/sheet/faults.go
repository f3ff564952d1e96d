package sheet

// A Fault is a scenario and what has to hold in it. H is the interval of
// heartbeats.
type Fault struct {
	Number     int
	What, Pass string
}

// Faults are all of them, by number.
func Faults() []Fault {
	return []Fault{
		{1, "server killed, back after a second", "next event in 4 s, median over 100 seeds 1 s"},
		{2, "server restarted with another history", "told within one round trip of the reconnect"},
		{3, "server frozen, for 5 s and for good", "5 s: no reconnect; for good: noticed in 2 H + 1 s"},
		{4, "reset in mid-stream", "next event in 1 s"},
		{5, "end of the stream in mid-frame, mid-event", "the part is never delivered; next event in 1 s"},
		{6, "half-open through a proxy", "noticed in 2 H + 1 s"},
		{7, "silent drop for 3 s", "next event in 4 s"},
		{8, "silent drop for good, another node is up", "the other node in 2 H + 1 s"},
		{9, "one-way drop, each way", "as 8; nothing lost after healing"},
		{10, "packet loss of 5 % and 30 % for a minute", "nothing lost; no needless reconnect at 5 %"},
		{11, "the client's address changes", "next event in 2 H + 2 s"},
		{12, "NAT forgets an idle connection", "as 8; no drop where H is below its time-out"},
		{13, "cable out for 3 s and 60 s", "next event in 2 s, or the next wait + 2 s"},
		{14, "300 ± 50 ms latency; 50 kB/s; 3-byte slices", "no reconnect"},
		{15, "proxy strips Upgrade", "first event by SSE in 3 s; WebSocket probed once a minute"},
		{16, "firewall answers 403 to upgrades only", "as 15"},
		{17, "proxy buffers SSE", "no byte in 2 H is noticed; polling in 2 H + 3 s"},
		{18, "proxy compresses SSE", "first event in 1 s"},
		{19, "idle time-out of 5 s at the proxy", "H < 5 s: no drop; else nothing lost, told why, polling in 75 s"},
		{20, "WebSocket and SSE blocked", "polling; WebSocket back by itself in 2 min"},
		{21, "captive portal answers everything", "no event made up, never connected"},
		{22, "429 and 503 with Retry-After", "the rung waits at least that; others are tried at once"},
		{23, "401, 403, 404 for good", "from the start: typed final error; later: every 60 s, told"},
		{24, "redirects of all kinds, loops, other hosts", "at most 10; credentials never reach another host"},
		{25, "204 on SSE", "no storm; steps down"},
		{26, "accepts and closes at once, always", "delay grows to 60 s; at most 10 connects a minute"},
		{27, "server away for 10 min, 24 h", "attempts as the formula says; jitter spread ≥ 20 %"},
		{28, "500 clients, server away for 20 s", "no second with more than 25 % of the reconnects; all in 65 s"},
		{29, "proxy reloads under 100 streams", "next event in 2 s each"},
		{30, "resume at another node", "nothing lost untold, nothing doubled"},
		{31, "application stops reading for 30 s", "memory bounded; drops counted are drops told"},
		{32, "burst of 100,000; event over the limit", "nothing lost, or a typed error; no loop"},
		{33, "forward proxy: CONNECT, 407, idle cut, ws:// stripped", "wss works; 407 typed, not hammered; SSE in 3 s"},
		{34, "TLS: expired, wrong name, unknown CA, h2 only, mTLS", "a typed error that names it; never plain text"},
		{35, "the context ends at every stage", "no goroutine, no callback, 1 s"},
		{36, "invalid UTF-8, bad JSON, unknown events and worse", "as documented; the next event is not lost"},
		{37, "wall clock jumps by an hour", "no false time-out, no gap without a hole"},
		{38, "soak with a random fault every 30 s", "nothing lost, memory flat; the seed replays it"},
		{39, "the laptop sleeps", "probed at once; one gap if there is a hole"},
		{40, "deaf socket; dead main loop", "deaf: cured in 12 s; dead: stale in 20 s, no storm"},
		{41, "node announces a part of what it does", "messages in 7 s, finalizations in 30 s, 60 requests a minute"},
		{42, "1,000 reconnects to a pool that leaks slots", "the 1,001st connects"},
		{43, "three equal transfers during a switch", "three reach the handler"},
		{44, "client stalls for 10 s under load", "the hole is told, facts are repaired, not deaf"},
	}
}
