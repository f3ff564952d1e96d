package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// errLimit is what a body reads as beyond its limit.
var errLimit = errors.New("rest: answer over the limit")

// A body reads an answer, up to a limit, and remembers its beginning for errors.
type body struct {
	from  io.Reader
	limit int64
	read  int64
	head  []byte // the first bytes
	err   error  // what ended it; nil after a clean end
}

// Read implements io.Reader. It fills p, as far as there is something: a
// json.Decoder looks at white space anew after each read, so that 32 MB of it
// in small pieces would cost half a minute.
func (b *body) Read(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var more int
		more, err = b.some(p[n:])
		n += more
	}
	return n, err
}

// some reads what there is.
func (b *body) some(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.read >= b.limit {
		p = p[:min(len(p), 1)] // is there more?
	} else if rest := b.limit - b.read; int64(len(p)) > rest {
		p = p[:rest]
	}
	n, err := b.from.Read(p)
	if n > 0 && b.read >= b.limit {
		b.err = errLimit
		return 0, b.err
	}
	b.read += int64(n)
	if room := kept - len(b.head); room > 0 {
		b.head = append(b.head, p[:min(n, room)]...)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

// end checks that nothing but white space follows, and by that reads up to the
// end, so that the connection can be used again.
func end(d *json.Decoder) error {
	switch token, err := d.Token(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	default:
		return fmt.Errorf("more after its end: %v", token)
	}
}

// object reads a JSON object, and calls field with each key. The field reads the
// value from d and returns true, or leaves it to be skipped.
func object(d *json.Decoder, field func(key string) (taken bool, err error)) error {
	if err := open(d, '{'); err != nil {
		return err
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string) // nothing else can stand there
		taken, err := field(key)
		if err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
		if !taken {
			if err := d.Decode(&skipped{}); err != nil {
				return err
			}
		}
	}
	_, err := d.Token()
	return err
}

// array reads a JSON array, and calls element for each element, which reads it
// from d. null is an empty array.
func array(d *json.Decoder, element func() error) error {
	switch token, err := d.Token(); {
	case err != nil:
		return err
	case token == nil:
		return nil
	case token != json.Delim('['):
		return fmt.Errorf("want an array, got %T", token)
	}
	for d.More() {
		if err := element(); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// open reads the token that must come.
func open(d *json.Decoder, want json.Delim) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	if token != want {
		return fmt.Errorf("want %q, got %.40q", want.String(), fmt.Sprint(token))
	}
	return nil
}

// skipped is a value that is read and forgotten.
type skipped struct{}

// UnmarshalJSON implements json.Unmarshaler.
func (*skipped) UnmarshalJSON([]byte) error { return nil }
