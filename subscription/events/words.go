package events

import "strings"

// A FinalityType says by which rule a message became final. Values that the SDK
// does not know are kept, in lower case.
type FinalityType string

// The finality types. A node 0.3.0 has all three and was seen to use the first;
// the guide writes them "KCore", "Homology", "Composite".
const (
	FinalityKCore     FinalityType = "kcore"
	FinalityHomology  FinalityType = "homology"
	FinalityComposite FinalityType = "composite"
)

// UnmarshalText reads either spelling.
func (f *FinalityType) UnmarshalText(text []byte) error {
	*f = word(text, FinalityKCore, FinalityHomology, FinalityComposite)
	return nil
}

// A RejectionType says which check a message failed. Values that the SDK does
// not know are kept, in lower case.
type RejectionType string

// The rejection types. A node 0.3.0 declares the third and never uses it.
const (
	RejectionAdmissibilityFailed RejectionType = "admissibility_failed"
	RejectionValidationFailed    RejectionType = "validation_failed"
	RejectionInsufficientDeposit RejectionType = "insufficient_deposit"
)

// UnmarshalText reads "admissibility_failed" and "AdmissibilityFailed" alike.
func (r *RejectionType) UnmarshalText(text []byte) error {
	*r = word(text, RejectionAdmissibilityFailed, RejectionValidationFailed, RejectionInsufficientDeposit)
	return nil
}

// A ChangeType says why a balance changed. Values that the SDK does not know
// are kept, in lower case.
type ChangeType string

// The change types.
const (
	ChangeCredit      ChangeType = "credit"
	ChangeDebit       ChangeType = "debit"
	ChangeTransferIn  ChangeType = "transfer_in"
	ChangeTransferOut ChangeType = "transfer_out"
)

// UnmarshalText reads "transfer_in" and "TransferIn" alike.
func (c *ChangeType) UnmarshalText(text []byte) error {
	*c = word(text, ChangeCredit, ChangeDebit, ChangeTransferIn, ChangeTransferOut)
	return nil
}

// word returns the known word that text spells, in any case and with or without
// underscores, or text itself in lower case.
func word[W ~string](text []byte, known ...W) W {
	for _, w := range known {
		if spells(text, string(w)) {
			return w
		}
	}
	return W(strings.ToLower(string(text)))
}

// spells reports whether text is w, which is in lower case, but for case and
// underscores. It does not allocate: it runs for every event that has a word.
func spells(text []byte, w string) bool {
	i := 0
	for _, c := range text {
		if c == '_' {
			continue
		}
		if i < len(w) && w[i] == '_' {
			i++
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if i == len(w) || w[i] != c {
			return false
		}
		i++
	}
	return i == len(w)
}
