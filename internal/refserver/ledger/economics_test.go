package ledger_test

import (
	"testing"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAmountForms(t *testing.T) {
	for _, tc := range []struct {
		amount      ledger.Amount
		short, long string
	}{
		{0, "0", "0.000000000 ADIC"},
		{1, "0.000000001", "0.000000001 ADIC"},
		{ledger.DepositAmount, "0.1", "0.100000000 ADIC"},
		{310e6 * ledger.ADIC, "310000000", "310000000.000000000 ADIC"},
		// Through a float64: the last decimals are noise, as in a node.
		{12056393_768677531, "12056393.768677533", "12056393.768677533 ADIC"},
		{310000000_000000001, "310000000", "310000000.000000000 ADIC"},
	} {
		assert.Equal(t, tc.short, tc.amount.String())
		assert.Equal(t, tc.long, tc.amount.Long())
	}
}

func TestEconomicsAreSetAsAWhole(t *testing.T) {
	l := ledger.New(1)
	assert.Equal(t, ledger.Genesis(), l.Economics())
	e := l.Economics()
	e.Balance = 7
	l.SetEconomics(e)
	assert.Equal(t, e, l.Economics())
}

func TestDepositsAreOfOwnMessages(t *testing.T) {
	l := ledger.New(1)
	a := l.Add(ledger.AddOptions{})
	peers := l.Add(ledger.AddOptions{Peer: true})
	b := l.Add(ledger.AddOptions{})
	require.True(t, l.Finalize(a.ID))
	require.True(t, l.Finalize(peers.ID))

	newest, sums := l.Deposits(20)
	assert.Equal(t, []ledger.Deposit{
		{MessageID: b.ID, Proposer: b.Proposer, Amount: ledger.DepositAmount, Time: b.Timestamp},
		{MessageID: a.ID, Proposer: a.Proposer, Amount: ledger.DepositAmount, Refunded: true, Time: a.Timestamp},
	}, newest, "newest first")
	assert.Equal(t, ledger.DepositSums{
		Escrowed: 1, Refunded: 1, EscrowedAmount: ledger.DepositAmount, RefundedAmount: ledger.DepositAmount,
	}, sums)

	newest, sums = l.Deposits(1)
	assert.Len(t, newest, 1)
	assert.Equal(t, 1, sums.Refunded, "the sums are over all")

	d, ok := l.Deposit(a.ID)
	assert.True(t, ok)
	assert.True(t, d.Refunded)
	for _, id := range []string{peers.ID, "unknown"} {
		_, ok = l.Deposit(id)
		assert.False(t, ok)
	}
}
