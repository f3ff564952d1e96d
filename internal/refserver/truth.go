package refserver

import "github.com/adic/adic-go/internal/refserver/ledger"

// Ledger is the truth. What is changed in it directly is announced by ticks only.
func (s *Server) Ledger() *ledger.Ledger { return s.ledger }

// Messages returns all messages, in order of arrival.
func (s *Server) Messages() []ledger.Message { return s.ledger.Messages() }

// Tips returns the ids of the tips, sorted.
func (s *Server) Tips() []string { return s.ledger.Tips() }

// Finals returns the ids of the final messages, in the order in which they
// became final.
func (s *Server) Finals() []string { return s.ledger.Finals() }
