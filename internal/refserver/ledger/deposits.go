package ledger

import (
	"slices"
	"time"
)

// DepositAmount is the price of a message: 0.1 ADIC.
const DepositAmount Amount = ADIC / 10

// A Deposit is the money that an own message has put down. It is refunded when
// the message becomes final, and nowhere else.
type Deposit struct {
	MessageID string
	Proposer  string
	Amount    Amount
	Refunded  bool
	Time      time.Time
}

// DepositSums are the deposits in sum.
type DepositSums struct {
	Escrowed, Refunded             int
	EscrowedAmount, RefundedAmount Amount
}

// Deposits returns the newest deposits, at most limit, newest first, and the
// sums over all. Messages of peers have none.
func (l *Ledger) Deposits(limit int) ([]Deposit, DepositSums) {
	l.mu.Lock()
	defer l.mu.Unlock()
	newest := make([]Deposit, 0, limit)
	var sums DepositSums
	for _, e := range slices.Backward(l.byTime) {
		if !e.deposit {
			continue
		}
		if len(newest) < limit {
			newest = append(newest, e.toDeposit())
		}
		if e.msg.Final {
			sums.Refunded++
			sums.RefundedAmount += DepositAmount
		} else {
			sums.Escrowed++
			sums.EscrowedAmount += DepositAmount
		}
	}
	return newest, sums
}

// Deposit returns the deposit of one message; false for messages of peers and
// those that are not held.
func (l *Ledger) Deposit(id string) (Deposit, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, held := l.entries[id]
	if !held || !e.deposit {
		return Deposit{}, false
	}
	return e.toDeposit(), true
}

func (e *entry) toDeposit() Deposit {
	return Deposit{
		MessageID: e.msg.ID,
		Proposer:  e.msg.Proposer,
		Amount:    DepositAmount,
		Refunded:  e.msg.Final,
		Time:      e.msg.Timestamp,
	}
}
