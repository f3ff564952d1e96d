package rig

import (
	"context"
	"encoding/json"
	"errors"
	"net"

	"github.com/adic/adic-go/internal/bench/rivals"
	"github.com/adic/adic-go/internal/bench/source"
	"github.com/adic/adic-go/internal/bench/traffic"
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

// Open begins a session of the form; tips as in source.Order.
func (c *Control) Open(form traffic.Form, tips int) (rivals.Target, error) {
	a, err := c.Do(source.Order{Open: form, Tips: tips})
	return rivals.Target{HTTP: a.HTTP, NATS: a.NATS, Session: a.Session, Tips: tips}, err
}
