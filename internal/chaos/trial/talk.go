package trial

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription/events"
)

// A talk is what makes a node say something all the time: messages, some of them
// a peer's, and notices, each with a key of its own.
type talk struct {
	stop func()

	notices atomic.Int64 // how many were said: 0, 1, 2 …
}

// The rhythm of a talk.
const (
	noticeEvery  = 100 * time.Millisecond
	messageEvery = 5 // notices
	peerEvery    = 4 // messages
	noticeMark   = "chaos "
)

// Talk begins to say things, until the trial is over. Those who follow by then
// have to be told all of them.
func (t *Trial) Talk() {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	k := &talk{}
	k.stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	t.talk = k
	running.Go(func() { k.run(ctx, t.Node) })
}

func (t *Trial) stopTalk() {
	if t.talk != nil {
		t.talk.stop()
	}
}

func (k *talk) run(ctx context.Context, node *refserver.Server) {
	tick := time.NewTicker(noticeEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		k.notices.Add(1)
		_ = node.Emit(events.TypeTransferRecorded, events.TransferRecorded{Amount: noticeMark + strconv.Itoa(n), Reason: "Standard"})
		if n%messageEvery == 0 {
			node.AddMessage(refserver.AddOptions{Peer: n/messageEvery%peerEvery == peerEvery-1})
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// noticeNumber returns which notice has a key.
func noticeNumber(key string) (int, bool) {
	number, ours := strings.CutPrefix(key, noticeMark)
	n, err := strconv.Atoi(number)
	return n, ours && err == nil
}
