package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// A Message is a message of the DAG, without its content.
type Message struct {
	ID        string    // a node's are 64 hex digits in lower case
	Parents   []string  // empty for the first ones
	Depth     uint64    // 0 after a restart of the node, and for messages of its peers
	Timestamp time.Time // the proposer's clock, not the arrival
}

// longestID bounds ids; a node's have 64 bytes.
const longestID = 256

// messageJSON is a message on the wire. Its content, features, proposer (named
// differently in 0.1 and 0.3) and signature are passed over by the decoder.
type messageJSON struct {
	ID        string           `json:"id"`
	Parents   []string         `json:"parents"`
	Depth     uint64           `json:"depth"`
	Timestamp events.Timestamp `json:"timestamp"`
}

// decodeMessage reads one message.
func decodeMessage(d *json.Decoder) (Message, error) {
	var m messageJSON
	if err := d.Decode(&m); err != nil {
		return Message{}, err
	}
	switch {
	case !usable(m.ID):
		return Message{}, fmt.Errorf("a message whose id has %d bytes", len(m.ID))
	case m.Timestamp.IsZero():
		return Message{}, fmt.Errorf("message %s has no timestamp", m.ID)
	}
	parents := m.Parents[:0]
	for _, id := range m.Parents {
		if usable(id) {
			parents = append(parents, id)
		}
	}
	return Message{ID: m.ID, Parents: parents, Depth: m.Depth, Timestamp: m.Timestamp.Time}, nil
}

func usable(id string) bool { return id != "" && len(id) <= longestID }

// decodeMessages reads an object that lists messages, one after the other, so
// that no more than one is in memory with its content. other reads other keys.
func decodeMessages(d *json.Decoder, other func(key string) (bool, error)) ([]Message, error) {
	var list []Message
	found := false
	err := object(d, func(key string) (bool, error) {
		if key != "messages" {
			return other(key)
		}
		found = true
		return true, array(d, func() error {
			m, err := decodeMessage(d)
			list = append(list, m)
			return err
		})
	})
	if err == nil && !found {
		err = errors.New(`no "messages"`)
	}
	if err != nil {
		return nil, err
	}
	return list, nil
}

// decodeIDs reads an array of ids, leaving out those that nobody could ask for.
func decodeIDs(d *json.Decoder) ([]string, error) {
	var ids []string
	err := array(d, func() error {
		token, err := d.Token()
		if err != nil {
			return err
		}
		id, ok := token.(string)
		if !ok {
			return fmt.Errorf("want ids, got %T", token)
		}
		if usable(id) {
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

// Tips asks for the ids of all messages that no other refers to. They are a set:
// a node's order may change from answer to answer.
func (c *Client) Tips(ctx context.Context, class Class) ([]string, error) {
	var ids []string
	err := c.do(ctx, call{class: class, family: tips, path: "/tips", decode: func(d *json.Decoder) error {
		var err error
		ids, err = decodeTips(d)
		return err
	}})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

func decodeTips(d *json.Decoder) ([]string, error) {
	var ids []string
	found := false
	err := object(d, func(key string) (bool, error) {
		if key != "tips" {
			return false, nil
		}
		var err error
		found = true
		ids, err = decodeIDs(d)
		return true, err
	})
	if err == nil && !found {
		err = errors.New(`no "tips"`)
	}
	return ids, err
}

// Message asks for one message. found is false, without an error, if the server
// does not know the id.
func (c *Client) Message(ctx context.Context, class Class, id string) (m Message, found bool, err error) {
	err = c.do(ctx, call{class: class, family: other, path: "/messages/" + url.PathEscape(id), id: true,
		decode: func(d *json.Decoder) error {
			m, err = decodeMessage(d)
			return err
		}})
	var status *StatusError
	if errors.As(err, &status) && status.Status == http.StatusNotFound {
		return Message{}, false, nil
	}
	return m, err == nil, err
}

// Bulk asks for messages by id, as many at once as the server takes, at most 500.
// missing lists the ids that the server says it does not know, among them those
// of a message that alone is larger than Config.MaxBody. If there is an error,
// found and missing are what came before it; the other ids were not asked for.
func (c *Client) Bulk(ctx context.Context, class Class, ids []string) (found []Message, missing []string, err error) {
	for len(ids) > 0 {
		n := min(len(ids), c.size(&c.bulk))
		messages, unknown, err := c.bulkOnce(ctx, class, ids[:n])
		switch next, less := c.fit(&c.bulk, n, true, err); {
		case err == nil:
			found, missing, ids = append(found, messages...), append(missing, unknown...), ids[n:]
		case less && next < n:
			continue
		case tooMuch(err):
			missing, ids = append(missing, ids[0]), ids[1:]
		default:
			return found, missing, err
		}
	}
	return found, missing, nil
}

func (c *Client) bulkOnce(ctx context.Context, class Class, ids []string) (found []Message, missing []string, err error) {
	escaped := make([]string, len(ids))
	for i, id := range ids {
		escaped[i] = url.QueryEscape(id)
	}
	// The commas stay raw: as %2C they would make 1000 ids longer than the request
	// target that a node takes.
	err = c.do(ctx, call{class: class, family: other, path: "/messages/bulk", query: "ids=" + strings.Join(escaped, ","),
		decode: func(d *json.Decoder) error {
			found, err = decodeMessages(d, func(key string) (bool, error) {
				if key != "not_found" {
					return false, nil
				}
				var err error
				missing, err = decodeIDs(d)
				return true, err
			})
			return err
		}})
	if err != nil {
		return nil, nil, err
	}
	return found, missing, nil
}

// A Page is one answer of Since.
type Page struct {
	Messages []Message // by the proposers' milliseconds, then in any order: a child may come before its parent
	Full     bool      // there may be more
}

// Since asks for what the server stored with a timestamp not before that of the
// anchor, without the anchor. A limit of 0 means as many as fit into an answer,
// at most 500; more than 1000 count as 1000.
//
// A node compares whole milliseconds, so those of the anchor's millisecond come
// again each time, and it answers an anchor that it does not know as if there
// were nothing new. What arrives late, with an earlier timestamp, never comes.
func (c *Client) Since(ctx context.Context, class Class, anchor string, limit int) (Page, error) {
	n := min(limit, largestPage)
	if limit <= 0 {
		n = c.size(&c.since)
	}
	for {
		messages, err := c.sinceOnce(ctx, class, anchor, n)
		full := len(messages) >= n
		next, less := c.fit(&c.since, n, full, err)
		if err == nil {
			return Page{Messages: messages, Full: full}, nil
		}
		if !less {
			return Page{}, err
		}
		n = next
	}
}

func (c *Client) sinceOnce(ctx context.Context, class Class, anchor string, limit int) (list []Message, err error) {
	err = c.do(ctx, call{class: class, family: since, path: "/messages/since/" + url.PathEscape(anchor),
		query: fmt.Sprintf("limit=%d", limit), decode: func(d *json.Decoder) error {
			list, err = decodeMessages(d, func(string) (bool, error) { return false, nil })
			return err
		}})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// size returns how many a page holds now.
func (c *Client) size(p *page) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return p.size
}

// fit notes how a request for n went. If those were too many, it returns what to
// ask for next, and whether that is less.
func (c *Client) fit(p *page, n int, full bool, err error) (next int, less bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case tooMuch(err):
		return p.tooLarge(n)
	case err == nil && full:
		p.fitted(n)
	}
	return n, false
}
