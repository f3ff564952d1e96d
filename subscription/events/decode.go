package events

//go:generate go run github.com/adic/adic-go/internal/gendecode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Decode parses the payload of env as an E: one of the structs of this package,
// Gap, or a type of the caller's that implements Event with a value receiver,
// for events that the SDK does not know.
//
// The strings of a struct of this package share the memory of env.Data, so an
// event may be kept for ever, and keeps the payload alive, with the chunk that
// the client read it into: 16 KiB at most, or the payload if that is larger. Of
// what is kept for long and is short, keep a strings.Clone. Data must not be
// modified as long as the event is in use; who reads into a buffer again and
// again decodes a copy of it.
//
// encoding/json defines what is understood: keys may come in any order and any
// case, those that E does not have are skipped, those that are missing or null
// leave their field zero, of two that are equal the last one counts. A value of
// another JSON type, a number that its field cannot hold, or a payload that is
// no JSON object is an error, and then the E is zero.
//
// The error is a *DecodeError. It is one, too, if env holds another type, or if
// E is a pointer or an interface.
func Decode[E Event](env Envelope) (E, error) {
	var e, zero E
	kind := reflect.TypeFor[E]()
	if kind.Kind() == reflect.Pointer || kind.Kind() == reflect.Interface {
		return zero, &DecodeError{Type: env.Type, Err: fmt.Errorf("into %s: want a struct, not a pointer or an interface", kind)}
	}
	want := e.Type()
	if env.Type != want {
		return zero, &DecodeError{Type: env.Type, Want: want}
	}
	if predicted(env.Data, &e) {
		return e, nil
	}
	return judged[E](env, kind)
}

// judged has encoding/json decode what is not as the generated decoders expect
// it. It is apart from Decode because here the E lives on the heap.
func judged[E Event](env Envelope, kind reflect.Type) (E, error) {
	var e, zero E
	if err := unmarshal(env.Data, &e, kind); err != nil {
		return zero, &DecodeError{Type: env.Type, Want: env.Type, Err: err}
	}
	return e, nil
}

// unmarshal is json.Unmarshal, except that null is no payload.
func unmarshal(data []byte, into any, kind reflect.Type) error {
	if string(bytes.TrimSpace(data)) == null {
		return &json.UnmarshalTypeError{Value: "null", Type: kind}
	}
	return json.Unmarshal(data, into)
}

// DecodeAny parses the payload of env as the struct of its type, for a type
// switch:
//
//	switch e := e.(type) {
//	case events.TipsUpdated:
//
// The error is a *DecodeError; it wraps an *UnknownTypeError for a type that is
// not in the catalogue.
func DecodeAny(env Envelope) (Event, error) {
	if r := byType[env.Type]; r != nil {
		return r.decode(env)
	}
	if env.Type == TypeGap {
		return decodeAs[Gap](env)
	}
	_, err := ParseType(string(env.Type))
	return nil, &DecodeError{Type: env.Type, Err: err}
}

// decodeAs is Decode without its type parameter in the result.
func decodeAs[E Event](env Envelope) (Event, error) {
	e, err := Decode[E](env)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// Encode puts e into an envelope, as a node would send it but for its times,
// which are RFC 3339. Time, Received and Origin are zero. It is meant for tests
// of handlers.
func Encode(e Event) (Envelope, error) {
	if v := reflect.ValueOf(e); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return Envelope{}, errors.New("events: encode: no event")
	}
	data, err := json.Marshal(e)
	if err != nil {
		return Envelope{}, fmt.Errorf("events: encode %s: %w", e.Type(), err)
	}
	return Envelope{Type: e.Type(), Data: data}, nil
}

// A DecodeError says why a payload did not become an event.
type DecodeError struct {
	Type Type  // of the envelope
	Want Type  // of the event that was asked for; "" if there is no such
	Err  error // why the payload is no Want; nil if Type is another
}

// Error names the types and the cause. It repeats no more than a few hundred
// bytes of what the server sent.
func (e *DecodeError) Error() string {
	const longestCause = 300
	kind := quote(clip(string(e.Type), longestName))
	if e.Err == nil {
		return fmt.Sprintf("events: decode %s: cannot be a `%s`", kind, e.Want)
	}
	return fmt.Sprintf("events: decode %s: %s", kind, clip(e.Err.Error(), longestCause))
}

// Unwrap returns Err.
func (e *DecodeError) Unwrap() error { return e.Err }
