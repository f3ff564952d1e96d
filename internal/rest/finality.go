package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/adic/adic-go/subscription/events"
)

// A Finality is what a server says about one message.
type Finality struct {
	Final bool
	Type  events.FinalityType // by which rule; "" while it is not final. Composite cannot be told from kcore here
}

type finalityJSON struct {
	Final  *bool           `json:"f1_finalized"`
	Stable json.RawMessage `json:"f2_h3_stable"` // null or missing: the first rule
}

// Finality asks whether a message is final. A node says no for ids that it does
// not know, and for those that were final before it was started. Of its fields
// only f1_finalized tells: a node 0.1.10 says f2_stabilized of unknown ids.
func (c *Client) Finality(ctx context.Context, class Class, id string) (Finality, error) {
	var out Finality
	err := c.do(ctx, call{class: class, family: other, path: "/finality/" + url.PathEscape(id), id: true,
		decode: func(d *json.Decoder) error {
			var answer finalityJSON
			if err := d.Decode(&answer); err != nil {
				return err
			}
			if answer.Final == nil {
				return errors.New(`no "f1_finalized"`)
			}
			out.Final = *answer.Final
			return out.setType(answer.Stable)
		}})
	if err != nil {
		return Finality{}, err
	}
	return out, nil
}

// setType reads f2_h3_stable: an artifact of the second rule has it.
func (f *Finality) setType(stable json.RawMessage) error {
	switch string(stable) {
	case "", "null":
		f.Type = events.FinalityKCore
	case "true", "false":
		f.Type = events.FinalityHomology
	default:
		return errors.New(`"f2_h3_stable" is neither null nor a boolean`)
	}
	if !f.Final {
		f.Type = ""
	}
	return nil
}

// A Deposit is what the server holds for a message that was submitted to it.
type Deposit struct {
	MessageID string
	Status    string // lower case: escrowed, refunded, slashed
}

// Refunded reports whether the deposit went back, which a node does with final
// messages only.
func (d Deposit) Refunded() bool { return d.Status == "refunded" }

// Deposits asks for the deposits of the newest messages that were submitted to
// the server itself; a node lists 20.
func (c *Client) Deposits(ctx context.Context, class Class) ([]Deposit, error) {
	type answer struct {
		Recent *[]struct {
			ID     string `json:"message_id"`
			Status string `json:"status"`
		} `json:"recent_deposits"`
	}
	return read(ctx, c, class, "/deposits", func(a answer) ([]Deposit, error) {
		if a.Recent == nil {
			return nil, errors.New(`no "recent_deposits"`)
		}
		list := make([]Deposit, 0, len(*a.Recent))
		for _, r := range *a.Recent {
			if usable(r.ID) {
				list = append(list, Deposit{MessageID: r.ID, Status: strings.ToLower(r.Status)})
			}
		}
		return list, nil
	})
}
