package soak_test

import (
	"math/rand/v2"
	"time"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
)

// A mishap is a fault that begins and, after a while, ends.
type mishap struct {
	name       string
	most       time.Duration // that it lasts; 0: it is over at once
	unnoticed  time.Duration // how long nobody may know of it afterwards
	begin, end func(*refserver.Server, *memnet.Network)
}

func mishaps() []mishap {
	type (
		node = *refserver.Server
		way  = *memnet.Network
	)
	const short = 10 * time.Second
	return []mishap{
		{"killed", short, 0, func(_ node, w way) { w.Refuse(address, true); w.Reset(address) }, func(_ node, w way) { w.Refuse(address, false) }},
		{"reset", 0, 0, func(_ node, w way) { w.Reset(address) }, nil},
		{"streams end", 0, 0, func(n node, _ way) { n.Drop(refserver.Streams) }, nil},
		{"stranded", 0, 2*client.DefaultPingInterval + time.Second, func(_ node, w way) { w.Strand(address) }, nil},
		{"frozen", short, 0, func(_ node, w way) { w.Freeze(address, true) }, func(_ node, w way) { w.Freeze(address, false) }},
		{"no way to the client", short, 0, func(_ node, w way) { w.FreezeWay(address, memnet.Down, true) }, func(_ node, w way) { w.FreezeWay(address, memnet.Down, false) }},
		{
			"WebSockets blocked", short, 0,
			func(n node, _ way) { n.TakeAway(refserver.WebSocket, refserver.Answer{Status: 403}) },
			func(n node, _ way) { n.Heal(refserver.WebSocket) },
		},
		{"dials hang", short, 0, func(_ node, w way) { w.Hang(address, true); w.Reset(address) }, func(_ node, w way) { w.Hang(address, false) }},
		{"REST away", short, 0, func(n node, _ way) { n.Refuse(refserver.REST, refserver.Answer{Status: 503}) }, func(n node, _ way) { n.Heal(refserver.REST) }},
	}
}

// pick draws a mishap, and how long it lasts.
func pick(rng *rand.Rand) (mishap, time.Duration) {
	all := mishaps()
	m := all[rng.IntN(len(all))]
	if m.most == 0 {
		return m, 0
	}
	return m, time.Second + time.Duration(rng.Int64N(int64(m.most-time.Second)))
}
