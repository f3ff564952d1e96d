package events_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

func word[W ~string](t *testing.T, text string) W {
	t.Helper()
	var w W
	require.NoError(t, json.Unmarshal([]byte(text), &w), text)
	return w
}

func TestWordsHaveOneSpelling(t *testing.T) {
	for text, want := range map[string]events.FinalityType{
		`"kcore"`: events.FinalityKCore, `"KCore"`: events.FinalityKCore, `"KCORE"`: events.FinalityKCore, `"k_core"`: events.FinalityKCore,
		`"homology"`: events.FinalityHomology, `"Homology"`: events.FinalityHomology,
		`"composite"`: events.FinalityComposite, `"Composite"`: events.FinalityComposite,
	} {
		assert.Equal(t, want, word[events.FinalityType](t, text), text)
	}
	for text, want := range map[string]events.RejectionType{
		`"admissibility_failed"`: events.RejectionAdmissibilityFailed, `"AdmissibilityFailed"`: events.RejectionAdmissibilityFailed,
		`"validation_failed"`: events.RejectionValidationFailed, `"VALIDATION_FAILED"`: events.RejectionValidationFailed,
		`"insufficient_deposit"`: events.RejectionInsufficientDeposit, `"InsufficientDeposit"`: events.RejectionInsufficientDeposit,
	} {
		assert.Equal(t, want, word[events.RejectionType](t, text), text)
	}
	for text, want := range map[string]events.ChangeType{
		`"credit"`: events.ChangeCredit, `"Credit"`: events.ChangeCredit,
		`"debit"`: events.ChangeDebit, `"Debit"`: events.ChangeDebit,
		`"transfer_in"`: events.ChangeTransferIn, `"TransferIn"`: events.ChangeTransferIn,
		`"transfer_out"`: events.ChangeTransferOut, `"TransferOut"`: events.ChangeTransferOut, `"transfer\u005fout"`: events.ChangeTransferOut,
	} {
		assert.Equal(t, want, word[events.ChangeType](t, text), text)
	}
}

func TestWordsThatTheSDKDoesNotKnowAreKept(t *testing.T) {
	for text, want := range map[string]string{
		`"Quantum"`: "quantum", `"kcore2"`: "kcore2", `"kcor"`: "kcor", `""`: "", `"_"`: "_", `"ÄPFEL"`: "äpfel",
		`"transfer_inn"`: "transfer_inn", `"transfer"`: "transfer", `null`: "",
	} {
		assert.Equal(t, want, string(word[events.FinalityType](t, text)), text)
		assert.Equal(t, want, string(word[events.ChangeType](t, text)), text)
		assert.Equal(t, want, string(word[events.RejectionType](t, text)), text)
	}
}

func TestWordsAreStrings(t *testing.T) {
	var f events.FinalityType
	var mismatch *json.UnmarshalTypeError
	require.ErrorAs(t, json.Unmarshal([]byte(`1`), &f), &mismatch)
	require.ErrorAs(t, json.Unmarshal([]byte(`{"kcore":{}}`), &f), &mismatch)
}
