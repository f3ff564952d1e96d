package source

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"time"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// An Order is what the client under test wants of the server, one JSON object a
// line. The answer is one line, too. A control connection has one session.
type Order struct {
	Open   traffic.Form `json:",omitempty"` // begins a session of this form
	Tips   int          `json:",omitempty"` // of Open: the stream is TipsUpdated with so many; 0: the mix
	Events int          `json:",omitempty"` // to send now, in the last session; a multiple of the block
	End    bool         `json:",omitempty"` // and then the frame that tells the end
	All    bool         `json:",omitempty"` // of Events: on every connection of the session, not only on the newest
	Pace   *Pace        `json:",omitempty"` // to send at a pace, instead
	Beats  bool         `json:",omitempty"` // to send what an idle node does, on all connections, from now on
	Stat   bool         `json:",omitempty"` // what became of the session
}

// A Pace says when events are sent whose time of sending is told in them.
type Pace struct {
	Rate  int           // events a second
	Burst int           // that are sent at once
	For   time.Duration // all in all
	Flood int           // events of low priority a second beside them
}

// An Answer is what the server says to an order.
type Answer struct {
	Session  int           // of Open
	HTTP     string        // of Open: host and port of WebSocket, SSE and REST
	NATS     string        // of Open
	Block    int           // of Open: events that are sent at once
	Hosts    []string      // of Open: the same server as HTTP, by other addresses
	First    uint64        // of Events: the number of the first message
	Requests int64         // of Stat: by REST
	Links    int64         // of Stat: connections of the session
	CPU      time.Duration // of Stat: of the server so far
	Error    string
}

// control obeys one client.
func (s *Server) control(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	var now *session
	in := json.NewDecoder(bufio.NewReader(conn))
	out := json.NewEncoder(conn)
	for {
		var o Order
		if in.Decode(&o) != nil {
			break
		}
		if o.Open != "" && now == nil {
			now = s.open(o)
		}
		if out.Encode(s.obey(now, o)) != nil { //nolint:errchkjson // it ends the loop
			break
		}
	}
	if now != nil {
		close(now.over)
		s.drop(now)
	}
}

func (s *Server) obey(now *session, o Order) Answer {
	switch {
	case now == nil:
		return Answer{Error: "no session"}
	case o.Open != "":
		return Answer{
			Session: now.number, Block: now.block.Events, HTTP: s.hosts[0], Hosts: s.hosts, NATS: s.nats.Addr().String(),
		}
	case o.Events > 0:
		if o.Events%now.block.Events != 0 {
			return Answer{Error: fmt.Sprintf("%d events are no whole blocks of %d", o.Events, now.block.Events)}
		}
		first := now.next.Load()
		go now.send(o)
		return Answer{First: first}
	case o.Beats:
		go now.beat()
		return Answer{}
	case o.Pace != nil:
		go now.pace(*o.Pace)
		return Answer{First: now.next.Load()}
	default:
		return Answer{Requests: now.requests.Load(), Links: now.links.Load(), CPU: cpu()}
	}
}
