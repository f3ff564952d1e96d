package refserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSupply(t *testing.T) {
	l := ledger.New(1)
	e := ledger.Genesis()
	e.Burned = 1
	l.SetEconomics(e)
	assert.Equal(t, `{"total_supply":"310000000.000000000 ADIC","circulating_supply":"300000000.000000000 ADIC",`+
		`"treasury_balance":"60000000.000000000 ADIC","liquidity_balance":"90000000.000000000 ADIC",`+
		`"genesis_balance":"150000000.000000000 ADIC","burned_amount":"0.000000001 ADIC","emission_issued":"10000000.000000000 ADIC",`+
		`"max_supply":"1000000000.000000000 ADIC","genesis_supply":"300000000.000000000 ADIC"}`, body(t, restOf(l), "/v1/economics/supply"))
}

// The treasury's balance is the live one, that of the supply was counted once.
func TestTreasury(t *testing.T) {
	l := ledger.New(1)
	e := ledger.Genesis()
	e.Balance = 7 * ledger.ADIC
	e.Proposals = []ledger.Proposal{{
		ID: "0011223344556677", Recipient: "adic1r", Amount: 5 * ledger.ADIC, Reason: "tooling", Proposer: "adic1p",
		Approvals: 1, Expires: time.Unix(1761159422, 0),
	}}
	l.SetEconomics(e)
	assert.Equal(t, `{"balance":"7.000000000 ADIC","active_proposals":[{"id":"0011223344556677","recipient":"adic1r",`+
		`"amount":"5.000000000 ADIC","reason":"tooling","proposer":"adic1p","approvals":1,"threshold_required":2,"expires_at":1761159422}]}`,
		body(t, restOf(l), "/v1/economics/treasury"))
	assert.Contains(t, body(t, restOf(l), "/v1/economics/supply"), `"treasury_balance":"60000000.000000000 ADIC"`)
}

func TestDepositsListTheNewestOfTheNodesOwn(t *testing.T) {
	l := ledger.New(1)
	var own []string
	for i := range 30 {
		if m := l.Add(ledger.AddOptions{Peer: i == 29}); m.Own {
			own = append(own, m.ID)
		}
	}
	finals := l.FinalizeOld()
	var got struct {
		Recent []struct {
			MessageID string `json:"message_id"`
			Status    string `json:"status"`
			Amount    int    `json:"amount"`
			Timestamp int64  `json:"timestamp"`
		} `json:"recent_deposits"`
		Summary map[string]int `json:"summary"`
	}
	require.NoError(t, json.Unmarshal([]byte(body(t, restOf(l), "/v1/deposits")), &got))
	require.Len(t, got.Recent, 20)
	for i, d := range got.Recent {
		want := "Escrowed"
		if l.Finality(d.MessageID).Final {
			want = "Refunded"
		}
		assert.Equal(t, own[len(own)-1-i], d.MessageID)
		assert.Equal(t, want, d.Status)
		assert.Equal(t, 100_000_000, d.Amount)
	}
	assert.Equal(t, map[string]int{
		"escrowed_count": 29 - len(finals), "refunded_count": len(finals), "slashed_count": 0,
		"total_escrowed": (29 - len(finals)) * 1e8, "total_refunded": len(finals) * 1e8, "total_slashed": 0,
	}, got.Summary)
	assert.True(t, strings.HasPrefix(body(t, restOf(ledger.New(1)), "/v1/deposits"), `{"recent_deposits":[],"summary":{`))
}

func TestDepositOfOneMessage(t *testing.T) {
	l := ledger.New(1)
	own, peers := l.Add(ledger.AddOptions{At: someTime}), l.Add(ledger.AddOptions{Peer: true})
	h := restOf(l)
	want := fmt.Sprintf(`{"amount":100000000,"message_id":%q,"proposer":%q,"refunded":%%t,"slashed":false,"status":%%q,"timestamp":1760554622}`,
		own.ID, own.Proposer)
	assert.Equal(t, fmt.Sprintf(want, false, "Escrowed"), body(t, h, "/v1/deposits/"+own.ID))
	require.True(t, l.Finalize(own.ID))
	assert.Equal(t, fmt.Sprintf(want, true, "Refunded"), body(t, h, "/v1/deposits/"+strings.ToUpper(own.ID)))
	for id, status := range map[string]int{peers.ID: http.StatusNotFound, strings.Repeat("0", 64): http.StatusNotFound, "xyz": http.StatusBadRequest} {
		w := get(h, "/v1/deposits/"+id)
		assert.Equal(t, status, w.Code)
		assert.Empty(t, w.Body.String())
	}
}
