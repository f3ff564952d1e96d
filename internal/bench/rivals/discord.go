package rivals

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/bwmarrin/discordgo"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// discordCases are discordgo's gateway: with its handlers called in order, which is
// the cheaper way, and each on a goroutine of its own, which is the default.
func discordCases() []Case {
	_, _, twoPass := ways()
	return append(
		peer("discordgo", Peers, traffic.Discord, 0, func(w way) connect { return connectDiscord(w, true) }),
		Case{
			Name: "discordgo-async/json", Group: Peers, Form: traffic.Discord, Cap: queued,
			Connect: connectDiscord(twoPass, false),
		})
}

func connectDiscord(w way, inOrder bool) connect {
	return func(_ context.Context, t Target, tally *traffic.Tally) (*Client, error) {
		discordgo.EndpointGateway = t.URL("http", "gateway")
		s, err := discordgo.New("Bot bench")
		if err != nil {
			return nil, err
		}
		s.SyncEvents = inOrder
		decode := w.new(traffic.Discord)
		var (
			mu     sync.Mutex
			failed atomic.Pointer[error]
		)
		s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
			if e.Type != "ADIC" {
				return
			}
			if !inOrder {
				mu.Lock()
				defer mu.Unlock()
			}
			if err := decode(e.RawData, tally); err != nil {
				failed.Store(&err)
			}
		})
		if err := s.Open(); err != nil {
			return nil, err
		}
		return &Client{Close: func() { _ = s.Close() }, Check: told(&failed)}, nil
	}
}
