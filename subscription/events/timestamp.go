package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// msFrom is the first number that counts milliseconds, not seconds: as
// milliseconds it is March 1973, as seconds the year 5138.
const msFrom = 1e11

// null is the JSON for a value that is not there.
const null = "null"

var (
	errNotRFC3339 = errors.New("not in the form of RFC 3339")
	errNotTime    = errors.New("neither a number nor a string")
)

// A Timestamp is a time as a server writes it. A node 0.3.0 sends whole Unix
// seconds, the guide's servers RFC 3339 strings; a number of 1e11 or more is
// taken for milliseconds. What is read is in UTC and lies in the years 0 to 9999.
//
// The zero Timestamp stands for a time that was not sent; in JSON it is null.
type Timestamp struct{ time.Time }

// MarshalJSON returns t as an RFC 3339 string in UTC, with a fraction if it has
// one, or null for the zero Timestamp. Years outside of 0 to 9999 are an error.
func (t Timestamp) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte(null), nil
	}
	text, err := t.UTC().MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("events: timestamp: %w", err)
	}
	return text, nil
}

// UnmarshalJSON reads any of the forms; null leaves t as it is. An offset and a
// fraction of any length are understood, as are the variants that RFC 3339
// allows: lower case, a space for the T, a leap second (the second after it).
func (t *Timestamp) UnmarshalJSON(data []byte) error {
	if string(data) == null {
		return nil
	}
	read := readNumber
	if len(data) > 0 && data[0] == '"' {
		read = readString
	}
	at, err := read(data)
	if err == nil {
		at = at.UTC()
		if !inYears(at) {
			err = errors.New("year outside of 0 to 9999")
		}
	}
	if err != nil {
		return fmt.Errorf("events: timestamp %s: %w", clip(string(data), longestName), err)
	}
	t.Time = at
	return nil
}

// inYears reports whether RFC 3339 has a form for at.
func inYears(at time.Time) bool { return at.Year() >= 0 && at.Year() <= 9999 }

// readNumber reads Unix seconds or milliseconds.
func readNumber(data []byte) (time.Time, error) {
	// strconv takes 007 and +7, which are no JSON. A date has neither.
	if n, err := strconv.ParseInt(string(data), 10, 64); err == nil && data[0] >= '1' && data[0] <= '9' {
		if n >= msFrom {
			return time.UnixMilli(n), nil
		}
		return time.Unix(n, 0), nil
	}
	if !json.Valid(data) {
		return time.Time{}, errNotTime
	}
	seconds, err := strconv.ParseFloat(string(data), 64)
	if err != nil {
		return time.Time{}, errNotTime
	}
	if seconds >= msFrom {
		seconds /= 1000
	}
	if math.Abs(seconds) >= msFrom {
		return time.Time{}, errors.New("out of range")
	}
	// A float64 of today's date is exact to a quarter of a microsecond.
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(math.Round(fraction*1e6))*1000), nil
}

// readString reads an RFC 3339 string in its quotes.
func readString(data []byte) (time.Time, error) {
	if bytes.IndexByte(data, '\\') >= 0 {
		var plain string
		if err := json.Unmarshal(data, &plain); err != nil {
			return time.Time{}, err
		}
		return readRFC3339([]byte(plain))
	}
	if len(data) < 2 || data[len(data)-1] != '"' {
		return time.Time{}, errors.New("not a string")
	}
	var room [40]byte // on the stack: the longest form that servers are known to print has 35
	return readRFC3339(append(room[:0], data[1:len(data)-1]...))
}

// readRFC3339 reads text and writes into it.
func readRFC3339(text []byte) (time.Time, error) {
	const (
		date    = len("2006-01-02")
		hours   = len("2006-01-02T15")
		minutes = len("2006-01-02T15:04:")
		seconds = len("2006-01-02T15:04:05")
	)
	// Package time takes a one-digit hour and a decimal comma.
	if len(text) <= seconds || text[hours] != ':' || text[seconds] == ',' {
		return time.Time{}, errNotRFC3339
	}
	// It wants upper case, a T and at most 59 seconds.
	if text[date] == 't' || text[date] == ' ' {
		text[date] = 'T'
	}
	if last := len(text) - 1; text[last] == 'z' {
		text[last] = 'Z'
	}
	var leap time.Duration
	if string(text[minutes:seconds]) == "60" {
		copy(text[minutes:], "59")
		leap = time.Second
	}
	var at time.Time
	if err := at.UnmarshalText(text); err != nil {
		return time.Time{}, errNotRFC3339
	}
	return at.Add(leap), nil
}
