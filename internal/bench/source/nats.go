package source

import (
	"bufio"
	"fmt"
	"net"
	"strings"
)

// speakNATS is as much of a NATS server as a client needs that subscribes to
// adic.<session>.
func (s *Server) speakNATS(conn net.Conn) {
	l := &link{Conn: conn}
	defer func() { _ = l.Close() }()
	_, err := fmt.Fprintf(l, `INFO {"server_id":"bench","version":"2.12.0","proto":1,"headers":true,"max_payload":1048576}`+"\r\n")
	if err != nil {
		return
	}
	in := bufio.NewScanner(conn)
	for in.Scan() {
		word, rest, _ := strings.Cut(in.Text(), " ")
		switch strings.ToUpper(word) {
		case "PING":
			if _, err := l.Write([]byte("PONG\r\n")); err != nil {
				return
			}
		case "SUB": // SUB adic.<session> <sid>
			_, number, _ := strings.Cut(strings.Fields(rest)[0], ".")
			if now := s.session(number); now != nil {
				now.takes(l)
			}
		}
	}
}
