package events_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

func TestParseTypeReadsEitherSpelling(t *testing.T) {
	for _, typ := range events.Types() {
		for _, spelling := range []string{string(typ), typ.Name()} {
			got, err := events.ParseType(spelling)
			require.NoError(t, err)
			assert.Equal(t, typ, got)
		}
	}
}

func TestParseTypeSuggestsTheNearMiss(t *testing.T) {
	for _, c := range []struct{ name, suggestion string }{
		{"TipUpdated", "TipsUpdated"},
		{"TipsUpdate", "TipsUpdated"},
		{"TispUpdated", "TipsUpdated"}, // swapped
		{"MessagFinalised", "MessageFinalized"},
		{"KcoreUpdated", "KCoreUpdated"},
		{"tipsupdated", "TipsUpdated"},
		{"TIPSUPDATED", "TipsUpdated"},
		{"tips_updated", "TipsUpdated"},
		{" TipsUpdated", "TipsUpdated"},
		{"vrfcommitsubmited", "VRFCommitSubmitted"},
		{"tip.update", "tips.update"},
		{"tips.updated", "tips.update"},
		{"Tips.Update", "tips.update"},
		{"TIPS.UPDATE", "tips.update"},
		{"kcore-update", "KCoreUpdated"},
		{"message.added", "message.new"}, // it is MessageAdded, in dots
		{"message.finalized", "finality.update"},
		{"FinalityUpdated", "MessageFinalized"},
		{"governance.proposals.enacted", "governance.proposal.enacted"},
		{"pouw.task.submited", "pouw.task.submitted"},
		{"QuorumXtd", "QuorumVoteCompleted"}, // quorum.voted, 3 edits in 9 letters
		{"TipsUpd", ""},                      // 3 edits in 7
		{"Gap", ""},
		{"", ""},
		{"all", ""},
		{"Comet", ""},
		{"...", ""},
		{"ÄÖÜßéñ", ""},
		{strings.Repeat("TipsUpdated", 6), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := events.ParseType(c.name)
			assert.Empty(t, got)
			var unknown *events.UnknownTypeError
			require.ErrorAs(t, err, &unknown)
			assert.Equal(t, c.suggestion, unknown.Suggestion)
		})
	}
}

func TestUnknownTypeErrorSaysWhatToDo(t *testing.T) {
	text := func(s string) string {
		_, err := events.ParseType(s)
		require.Error(t, err)
		return err.Error()
	}
	assert.Equal(t, "events: unknown type `TipUpdated`: did you mean `TipsUpdated`?", text("TipUpdated"))
	assert.Equal(t, "events: unknown type `Comet`: want one of the 54 of events.Types, such as `TipsUpdated` or `tips.update`", text("Comet"))
	assert.Equal(t, "events: unknown type \"tips.update`\": did you mean `tips.update`?", text("tips.update`"))
	assert.Contains(t, text("Tips\nUpdated"), `"Tips\nUpdated": did you mean`)
	assert.Contains(t, text("a\xffb"), `"a\xffb"`)
}

func TestUnknownTypeErrorKeepsLittleOfALongName(t *testing.T) {
	for _, name := range []string{strings.Repeat("x", 1<<20), strings.Repeat("ä", 1<<20), "x" + strings.Repeat("ä", 1<<20)} {
		_, err := events.ParseType(name)
		var unknown *events.UnknownTypeError
		require.ErrorAs(t, err, &unknown)
		kept, ok := strings.CutSuffix(unknown.Name, "…")
		assert.True(t, ok)
		assert.True(t, strings.HasPrefix(name, kept))
		assert.LessOrEqual(t, len(kept), 64)
		assert.Less(t, len(err.Error()), 200)
	}
}
