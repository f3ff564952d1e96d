package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// An amount is a decimal as the stream prints it: "310000000", "0.1". REST has
// the same as "310000000.000000000 ADIC".
type amount string

// UnmarshalJSON reads a decimal with or without unit, in quotes or not. null
// leaves a as it is.
func (a *amount) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		return nil
	}
	text := string(data)
	if len(data) > 0 && data[0] == '"' {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
	}
	number, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	normal, ok := decimal(number)
	if !ok {
		return fmt.Errorf("amount %.40q: want a decimal", text)
	}
	*a = amount(normal)
	return nil
}

// decimal returns a decimal without needless zeros.
func decimal(text string) (normal string, ok bool) {
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	const longest = 64
	if len(digits) > longest || whole == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return "", false
	}
	normal = strings.TrimLeft(whole, "0")
	if normal == "" {
		normal = "0"
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		normal += "." + fraction
	}
	if negative && normal != "0" {
		normal = "-" + normal
	}
	return normal, true
}
