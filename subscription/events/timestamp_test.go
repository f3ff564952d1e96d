package events_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

func TestTimestampReadsEachForm(t *testing.T) {
	half := time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		// Seconds.
		`1705314600`:       half,
		`0`:                time.Unix(0, 0),
		`-1`:               time.Unix(-1, 0),
		`1705314600.5`:     half.Add(500 * time.Millisecond),
		`1705314600.25e0`:  half.Add(250 * time.Millisecond),
		`1.7053146e9`:      half,
		`99999999999`:      time.Unix(99_999_999_999, 0), // the last that counts seconds
		`99999999999.5`:    time.Unix(99_999_999_999, 500e6),
		`-62167219200`:     time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC),
		`-0.0`:             time.Unix(0, 0),
		`1705314600.12345`: half.Add(123450 * time.Microsecond),
		// Milliseconds.
		`100000000000`:      time.UnixMilli(100_000_000_000), // the first that counts them
		`1705314600000`:     half,
		`1705314600123`:     half.Add(123 * time.Millisecond),
		`1705314600123.5`:   half.Add(123500 * time.Microsecond),
		`1.705314600123e12`: half.Add(123 * time.Millisecond),
		`253402300799999`:   time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC),
		// RFC 3339.
		`"2024-01-15T10:30:00Z"`:                                            half,
		`"2024-01-15T10:30:00+00:00"`:                                       half,
		`"2024-01-15T10:30:00-00:00"`:                                       half,
		`"2024-01-15T16:15:00+05:45"`:                                       half,
		`"2024-01-14T22:30:00-12:00"`:                                       half,
		`"2024-01-15T10:30:00.5Z"`:                                          half.Add(500 * time.Millisecond),
		`"2024-01-15T10:30:00.123456789+00:00"`:                             half.Add(123456789),
		`"2024-01-15T10:30:00.1234567899999Z"`:                              half.Add(123456789),
		`"2024-01-15T10:30:00.0000000000000000000000000000000000001-00:00"`: half,
		`"2024-01-15t10:30:00z"`:                                            half,
		`"2024-01-15 10:30:00Z"`:                                            half,
		`"2024-01-15\u005410:30:00\u005a"`:                                  half,
		`"2016-12-31T23:59:60Z"`:                                            time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC),
		`"2016-12-31T23:59:60.5Z"`:                                          time.Date(2017, 1, 1, 0, 0, 0, 500e6, time.UTC),
		`"0000-01-01T00:00:00Z"`:                                            time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC),
		`"9999-12-31T23:59:59.999999999Z"`:                                  time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC),
	} {
		var got events.Timestamp
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		assert.Equal(t, want.UTC(), got.Time, text)
	}
}

func TestTimestampRefusesEverythingElse(t *testing.T) {
	for _, text := range []string{
		`""`, `"1705314600"`, `"yesterday"`, `true`, `{}`, `[1]`,
		`"2024-01-15"`, `"2024-01-15T10:30Z"`, `"2024-01-15T10:30:00"`, `"2024-01-15T10:30:00,5Z"`, `"2024-01-15T1:30:00.5Z"`,
		`"2024-02-30T10:30:00Z"`, `"2024-01-15T24:00:00Z"`, `"2024-01-15T10:60:00Z"`, `"2024-01-15T10:30:61Z"`,
		`"2024-01-15T10:30:00+25:00"`, `"2024-01-15T10:30:00 +00:00"`, `" 2024-01-15T10:30:00Z"`, `"24-01-15T10:30:00Z"`,
		`"2024-01-15\"10:30:00Z"`, `"2024-01-15T10:30:00Z\u0000"`,
		`253402300800000`, `-62167219201`, `9223372036854775807`, `18446744073709551616`, `1e300`, `-1e300`, `1e400`,
		`-99999999999.5`, `1705314600000000000`,
		`"9999-12-31T23:59:59-00:01"`, `"0000-01-01T00:00:00+00:01"`,
	} {
		at := events.Timestamp{Time: time.Unix(1, 0)}
		err := json.Unmarshal([]byte(text), &at)
		require.ErrorContains(t, err, "events: timestamp ", text)
		assert.Equal(t, time.Unix(1, 0), at.Time, "%s: a failed read leaves the time alone", text)
	}
}

// UnmarshalJSON is public, so it meets what encoding/json would have refused.
func TestTimestampRefusesWhatIsNotJSON(t *testing.T) {
	for _, text := range []string{"", " ", `"`, `"2024-01-15T10:30:00Z`, "\"\\", "\"\\\"", "0x10", "1_000", "Inf", "NaN", "+1.5", "+7", "007", "-", "nul", "1705314600.5 "} {
		var at events.Timestamp
		require.Error(t, at.UnmarshalJSON([]byte(text)), text)
	}
}

func TestTimestampErrorIsShort(t *testing.T) {
	var at events.Timestamp
	err := at.UnmarshalJSON([]byte(`"` + strings.Repeat("9", 1<<20) + `"`))
	require.Error(t, err)
	assert.Less(t, len(err.Error()), 150)
}

func TestTimestampNullLeavesTheTimeAlone(t *testing.T) {
	at := events.Timestamp{Time: time.Unix(1, 0)}
	require.NoError(t, json.Unmarshal([]byte(`null`), &at))
	assert.Equal(t, time.Unix(1, 0), at.Time)
}

func TestTimestampWritesRFC3339InUTC(t *testing.T) {
	zone := time.FixedZone("", 2*60*60)
	for want, at := range map[string]time.Time{
		`"2024-01-15T10:30:00Z"`:           time.Date(2024, 1, 15, 12, 30, 0, 0, zone),
		`"2024-01-15T10:30:00.000000001Z"`: time.Date(2024, 1, 15, 10, 30, 0, 1, time.UTC),
		`null`:                             {},
	} {
		text, err := json.Marshal(events.Timestamp{Time: at})
		require.NoError(t, err)
		assert.Equal(t, want, string(text))

		var back events.Timestamp
		require.NoError(t, json.Unmarshal(text, &back))
		assert.True(t, back.Equal(at))
	}
	_, err := json.Marshal(events.Timestamp{Time: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)})
	require.ErrorContains(t, err, "events: timestamp: ")
}
