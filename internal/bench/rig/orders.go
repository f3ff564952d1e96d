package rig

import (
	"context"
	"encoding/json"
	"errors"
	"net"

	"github.com/adic/adic-go/internal/bench/source"
)

// A Control gives orders to the server, for one session at a time.
type Control struct {
	conn net.Conn
	out  *json.Encoder
	in   *json.Decoder
}

// Dial connects to where the server takes orders.
func Dial(ctx context.Context, address string) (*Control, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &Control{conn, json.NewEncoder(conn), json.NewDecoder(conn)}, nil
}

// Close ends the last session.
func (c *Control) Close() { _ = c.conn.Close() }

// Do gives an order and returns the answer.
func (c *Control) Do(o source.Order) (a source.Answer, err error) {
	if err := c.out.Encode(o); err != nil {
		return a, err
	}
	if err := c.in.Decode(&a); err != nil {
		return a, err
	}
	if a.Error != "" {
		return a, errors.New(a.Error)
	}
	return a, nil
}
