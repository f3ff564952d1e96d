package refserver_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/refserver/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func messageIDs(s *refserver.Server) []string {
	var ids []string
	for _, m := range s.Messages() {
		ids = append(ids, m.ID)
	}
	return ids
}

// announced returns the message ids in the events of a type.
func announced(t *testing.T, texts []string, typ string) []string {
	t.Helper()
	ids := []string{}
	for _, text := range texts {
		if typeOf(t, text) != typ {
			continue
		}
		var frame struct {
			Event struct {
				MessageID string `json:"message_id"`
				Data      struct {
					MessageID string `json:"message_id"`
				}
			}
		}
		require.NoError(t, json.Unmarshal([]byte(text), &frame))
		ids = append(ids, frame.Event.MessageID+frame.Event.Data.MessageID)
	}
	return ids
}

// TestTruthfulStream holds the stream against the ledger: each message and each
// finalization is announced exactly once, in both dialects.
func TestTruthfulStream(t *testing.T) {
	for _, d := range []refserver.Dialect{refserver.Guide, refserver.Node} {
		t.Run(d.String(), func(t *testing.T) {
			inBubble(t, refserver.Config{Dialect: d, Rate: 2}, func(t *testing.T, r *rig) {
				ws := r.socket("?priority=high")
				ws.frames()
				stop := r.run()
				time.Sleep(time.Minute)
				stop()
				texts := ws.texts()
				assert.Equal(t, messageIDs(r.Server), announced(t, texts, "MessageAdded"))
				assert.Equal(t, r.Finals(), announced(t, texts, "MessageFinalized"))
				assert.NotEmpty(t, r.Finals())
			})
		})
	}
}

// TestMeasuredStream has the shares that were measured on nodes.
func TestMeasuredStream(t *testing.T) {
	cfg := refserver.Config{Dialect: refserver.Node, Rate: 5, Untruths: refserver.Measured()}
	inBubble(t, cfg, func(t *testing.T, r *rig) {
		ws := r.socket("?priority=high")
		ws.frames()
		stop := r.run()
		time.Sleep(time.Minute)
		stop()
		texts := ws.texts()
		own, peers := 0, 0
		for _, m := range r.Messages() {
			if m.Own {
				own++
			} else {
				peers++
			}
		}
		require.Positive(t, peers)
		added := announced(t, texts, "MessageAdded")
		assert.Len(t, added, 2*((own+1)/2), "half of the own ones, each twice, none of a peer")
		for i := 0; i < len(added); i += 2 {
			assert.Equal(t, added[i], added[i+1])
			m, _ := r.Ledger().Message(added[i])
			assert.True(t, m.Own)
		}
		assert.Len(t, announced(t, texts, "DepositEscrowed"), own, "a deposit tells of each")
		finals := len(r.Finals())
		assert.Len(t, announced(t, texts, "MessageFinalized"), finals-int(float64(finals)*0.06))
	})
}

func TestAddMessageToANode(t *testing.T) {
	const deposit, diversity, added = "DepositEscrowed", "DiversityUpdated", "MessageAdded"
	rows := []struct {
		name     string
		untruths refserver.Untruths
		opts     refserver.AddOptions
		want     []string
	}{
		{"own", refserver.Untruths{}, refserver.AddOptions{}, []string{deposit, diversity, added, tips}},
		{"own, twice", refserver.Untruths{DoubleAdded: true}, refserver.AddOptions{}, []string{deposit, diversity, added, added, tips}},
		{"parents given", refserver.Untruths{DoubleAdded: true}, refserver.AddOptions{Parents: []string{}}, []string{deposit, added}},
		{"peer's", refserver.Untruths{}, refserver.AddOptions{Peer: true}, []string{added}},
		{"peer's, hidden", refserver.Untruths{HidePeers: true}, refserver.AddOptions{Peer: true}, nothing},
		{"hidden", refserver.Untruths{HideOwn: 1}, refserver.AddOptions{}, []string{deposit}},
		{"silent", refserver.Untruths{}, refserver.AddOptions{Silent: true}, nothing},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			cfg := refserver.Config{Dialect: refserver.Node, Untruths: row.untruths}
			inBubble(t, cfg, func(t *testing.T, r *rig) {
				ws := r.socket("")
				id := r.AddMessage(row.opts)
				assert.Equal(t, row.want, ws.types())
				assert.Equal(t, []string{id}, messageIDs(r.Server))
				_, body := r.get("/v1/tips")
				assert.JSONEq(t, `{"tips":["`+id+`"]}`, body)
			})
		})
	}
}

func TestDepthOfPeers(t *testing.T) {
	for forget, want := range map[bool]string{true: "0", false: "1"} {
		cfg := refserver.Config{Dialect: refserver.Node, Untruths: refserver.Untruths{ForgetDepth: forget}}
		inBubble(t, cfg, func(t *testing.T, r *rig) {
			r.AddMessage(refserver.AddOptions{})
			ws := r.socket("?events=message.new")
			id := r.AddMessage(refserver.AddOptions{Peer: true})
			texts := ws.texts()
			require.Len(t, texts, 1)
			assert.Contains(t, texts[0], `"depth":`+want+`,`)
			_, body := r.get("/v1/messages/" + id)
			assert.Contains(t, body, `"depth":`+want+`,`, "REST agrees")
		})
	}
}

// The high lane of a submission, in order.
func TestOrderOfASubmission(t *testing.T) {
	cfg := refserver.Config{Dialect: refserver.Node, Untruths: refserver.Untruths{DoubleAdded: true}}
	inBubble(t, cfg, func(t *testing.T, r *rig) {
		ws := r.socket("?priority=high")
		id := r.AddMessage(refserver.AddOptions{})
		var got []string
		for _, text := range ws.texts() {
			got = append(got, typeOf(t, text))
			assert.Contains(t, text, id)
		}
		assert.Equal(t, []string{"DepositEscrowed", tips, "MessageAdded", "MessageAdded"}, got)
	})
}

func TestAddMessageInTheGuideDialect(t *testing.T) {
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		ws := r.socket("")
		ws.frames()
		first := r.AddMessage(refserver.AddOptions{Content: []byte("hello")})
		assert.Equal(t, []string{
			`{"type":"Event","event":{"type":"TipsUpdated","tips":["` + first + `"],"count":1,"timestamp":"2000-01-01T00:00:00Z"}}`,
			`{"type":"Event","event":{"type":"MessageAdded","message_id":"` + first + `","depth":0,"timestamp":"2000-01-01T00:00:00Z"}}`,
			`{"type":"Event","event":{"type":"KCoreUpdated","finalized_count":0,"pending_count":1,"current_k_value":3,"timestamp":"2000-01-01T00:00:00Z"}}`,
			`{"type":"Event","event":{"type":"DiversityUpdated","diversity_score":0.0,"axes":[` +
				`{"axis":0,"entropy":0.0,"unique_values":1},{"axis":1,"entropy":0.0,"unique_values":1},{"axis":2,"entropy":0.0,"unique_values":1}],` +
				`"total_tips":1,"timestamp":"2000-01-01T00:00:00Z"}}`,
		}, ws.texts())

		second := r.AddMessage(refserver.AddOptions{Silent: true, At: time.Now().Add(time.Second)})
		texts := ws.texts()
		assert.Empty(t, announced(t, texts, "MessageAdded"))
		assert.Contains(t, strings.Join(texts, "\n"), `"tips":["`+second+`"]`, "the state is told nevertheless")

		assert.True(t, r.Finalize(first, false))
		assert.Equal(t, []string{kcore, "MessageFinalized"}, ws.types())
		assert.False(t, r.Finalize(first, false))
		assert.True(t, r.Finalize(second, true))
		assert.Equal(t, []string{kcore}, ws.types())

		assert.True(t, r.DropMessage(second))
		assert.False(t, r.DropMessage(second))
		assert.Contains(t, ws.types(), tips)
	})
}

func TestFinalizeAtANode(t *testing.T) {
	cfg := refserver.Config{Dialect: refserver.Node, Untruths: refserver.Untruths{HideFinal: 0.5}}
	inBubble(t, cfg, func(t *testing.T, r *rig) {
		ws := r.socket("?events=finality.update,kcore.update")
		for i, want := range [][]string{{kcore, "MessageFinalized"}, nothing, {kcore, "MessageFinalized"}} {
			id := r.AddMessage(refserver.AddOptions{})
			assert.True(t, r.Finalize(id, false))
			assert.Equal(t, want, ws.types(), i)
			_, body := r.get("/v1/finality/" + id)
			assert.Contains(t, body, `"f1_finalized":true`)
		}
	})
}

func TestFinalityByHomology(t *testing.T) {
	for d, want := range map[refserver.Dialect]string{refserver.Guide: "Homology", refserver.Node: "homology"} {
		inBubble(t, refserver.Config{Dialect: d}, func(t *testing.T, r *rig) {
			id := r.AddMessage(refserver.AddOptions{})
			ws := r.socket("?priority=high")
			ws.frames()
			assert.True(t, r.FinalizeHomology(id))
			texts := ws.texts()
			require.Len(t, texts, 1)
			assert.Contains(t, texts[0], `"finality_type":"`+want+`"`)
			assert.False(t, r.FinalizeHomology(id))
		})
	}
}

func TestEconomicsAndEnergy(t *testing.T) {
	inBubble(t, refserver.Config{}, func(t *testing.T, r *rig) {
		ws := r.socket("")
		ws.frames()
		e := ledger.Genesis()
		r.SetEconomics(e)
		assert.Empty(t, ws.frames(), "no change, no event")
		e.Balance = 5 * ledger.ADIC / 2
		r.SetEconomics(e)
		assert.Equal(t, []string{
			`{"type":"Event","event":{"type":"EconomicsUpdated","total_supply":"310000000","circulating_supply":"300000000","treasury_balance":"2.5","timestamp":"2000-01-01T00:00:00Z"}}`,
		}, ws.texts())
		r.SetConflicts(ledger.Conflict{ID: "c", Energy: 0.5})
		assert.Equal(t, []string{
			`{"type":"Event","event":{"type":"EnergyUpdated","total_conflicts":1,"resolved_conflicts":0,"active_conflicts":1,"total_energy":0.5,"timestamp":"2000-01-01T00:00:00Z"}}`,
		}, ws.texts())
	})
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		ws := r.socket("")
		r.SetEconomics(ledger.Economics{})
		assert.Empty(t, ws.frames(), "a node never says")
	})
}

func TestRestart(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		id := r.AddMessage(refserver.AddOptions{})
		r.Finalize(id, false)
		ws := r.socket("")
		r.Restart()
		require.Error(t, ws.ended())
		assert.Equal(t, []string{id}, messageIDs(r.Server))
		assert.Empty(t, r.Finals(), "a node keeps finality in memory")

		sse := r.events("")
		r.NewHistory(99)
		require.Error(t, sse.ended())
		assert.Empty(t, r.Tips())
		assert.NotEqual(t, id, r.AddMessage(refserver.AddOptions{}))
	})
}

// Identical events that are different facts.
func TestTwins(t *testing.T) {
	inBubble(t, refserver.Config{Dialect: refserver.Node}, func(t *testing.T, r *rig) {
		ws := r.socket("")
		require.NoError(t, r.Burst("TransferRecorded", 3, func(int) any { return `{"amount":"100","timestamp":1}` }))
		twin := `{"type":"Event","event":{"type":"TransferRecorded","data":{"amount":"100","timestamp":1}}}`
		assert.Equal(t, []string{twin, twin, twin}, ws.texts())
	})
}

func ExampleServer_Emit() {
	s := refserver.New(refserver.Config{})
	defer s.Close()
	fmt.Println(s.Emit("PeerConnected", map[string]string{"peer_id": "p"}))
	fmt.Println(s.Emit("PeerConnected", make(chan int)))
	// Output:
	// <nil>
	// refserver: payload chan int: json: unsupported type: chan int
}
