package ledger

import (
	"strconv"
	"time"
)

// An Amount is money in base units of 1e-9 ADIC.
type Amount uint64

// ADIC is one ADIC.
const ADIC Amount = 1e9

// String returns the amount in ADIC as events spell it: "310000000", "0.1".
// Like a node it goes through a float64, so beyond some nine million ADIC the
// last decimals are noise.
func (a Amount) String() string {
	return strconv.FormatFloat(float64(a)/float64(ADIC), 'f', -1, 64)
}

// Long returns the amount as REST spells it: "310000000.000000000 ADIC".
func (a Amount) Long() string {
	return strconv.FormatFloat(float64(a)/float64(ADIC), 'f', 9, 64) + " ADIC"
}

// Economics are the figures of the token.
type Economics struct {
	Total       Amount
	Circulating Amount
	Treasury    Amount // a counter that is set at genesis; the live figure is Balance
	Liquidity   Amount
	Genesis     Amount
	Burned      Amount
	Emitted     Amount
	Max         Amount
	Allocated   Amount // the genesis supply
	Balance     Amount // of the treasury's account: the treasury_balance of events
	Proposals   []Proposal
}

// A Proposal asks the treasury for money.
type Proposal struct {
	ID        string // 16 hex digits
	Recipient string
	Amount    Amount
	Reason    string
	Proposer  string
	Approvals int
	Expires   time.Time
}

// Genesis returns the figures that a freshly initialised node 0.3.0 reports.
func Genesis() Economics {
	const million = 1e6 * ADIC
	return Economics{
		Total:       310 * million,
		Circulating: 300 * million,
		Treasury:    60 * million,
		Liquidity:   90 * million,
		Genesis:     150 * million,
		Emitted:     10 * million,
		Max:         1000 * million,
		Allocated:   300 * million,
		Balance:     60 * million,
	}
}

// SetEconomics replaces the figures of the token.
func (l *Ledger) SetEconomics(e Economics) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.economics = e
}

// Economics returns the figures of the token.
func (l *Ledger) Economics() Economics {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.economics
}
