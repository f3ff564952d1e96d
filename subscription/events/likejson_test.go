package events_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

// requireLikeJSON holds the generated decoder of typ, and Decode as a whole, to
// encoding/json: the same value or both refuse.
func requireLikeJSON(t *testing.T, typ events.Type, data []byte) {
	t.Helper()
	kept := bytes.Clone(data)
	want, guess := fresh(t, typ), fresh(t, typ)
	wantErr := json.Unmarshal(data, want)
	if string(bytes.TrimSpace(data)) == "null" {
		wantErr = &json.UnmarshalTypeError{Value: "null", Type: reflect.TypeOf(want).Elem()}
	}
	if events.Predicted(data, guess) {
		require.NoError(t, wantErr, "%s: encoding/json refuses what was read: %q", typ, data)
		require.True(t, same(want, guess), "%s: %q\nwant %+v\ngot  %+v", typ, data, want, guess)
	}
	got, err := events.DecodeAny(events.Envelope{Type: typ, Data: data})
	require.Equal(t, string(kept), string(data), "the input was written to")
	if wantErr != nil {
		var decode *events.DecodeError
		require.ErrorAs(t, err, &decode)
		require.IsType(t, wantErr, decode.Err)
		require.EqualError(t, decode.Err, wantErr.Error())
		return
	}
	require.NoError(t, err)
	read := reflect.New(reflect.TypeOf(got))
	read.Elem().Set(reflect.ValueOf(got))
	require.True(t, same(want, read.Interface()), "%s: %q", typ, data)
}

// same compares two structs by all that can be seen of them: DeepEqual takes -0
// for 0.
func same(a, b any) bool {
	return reflect.DeepEqual(a, b) && fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b)
}

// seeds are the payloads of the golden frames, each different one once.
func seeds(t testing.TB) []events.Envelope {
	t.Helper()
	var all []events.Envelope
	for _, dialect := range []string{"node", "guide"} {
		for _, p := range lines[pair](t, dialect+".jsonl") {
			ws, sse := p.payloads(t, dialect)
			all = append(all, events.Envelope{Type: p.Type, Data: ws})
			if dialect == "guide" {
				all = append(all, events.Envelope{Type: p.Type, Data: sse})
			}
		}
	}
	return all
}

// Every golden payload with one byte changed, put in or taken out, wherever that
// could mean something: not in the middle of a long word.
func TestChangedBytesAreReadLikeJSON(t *testing.T) {
	isWord := func(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '_' }
	for _, env := range seeds(t) {
		for i := range env.Data {
			near := env.Data[max(0, i-1):min(len(env.Data), i+2)]
			if !slices.ContainsFunc(near, func(c byte) bool { return !isWord(c) }) {
				continue
			}
			for _, c := range []byte("\"\\0-.eE} ,n\x1f\xff") {
				changed := bytes.Clone(env.Data)
				changed[i] = c
				requireLikeJSON(t, env.Type, changed)
				requireLikeJSON(t, env.Type, slices.Insert(bytes.Clone(env.Data), i, c))
			}
			requireLikeJSON(t, env.Type, slices.Delete(bytes.Clone(env.Data), i, i+1))
			requireLikeJSON(t, env.Type, env.Data[:i])
		}
	}
}

// members takes an object apart, in its order.
func members(t testing.TB, data []byte) []string {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(data))
	_, err := dec.Token()
	require.NoError(t, err)
	var all []string
	for dec.More() {
		key, err := dec.Token()
		require.NoError(t, err)
		var value json.RawMessage
		require.NoError(t, dec.Decode(&value))
		all = append(all, fmt.Sprintf("%q:%s", key, value))
	}
	return all
}

// rearranged returns data with its members moved, doubled, left out and spelled
// otherwise.
func rearranged(t testing.TB, data []byte) [][]byte {
	t.Helper()
	all := members(t, data)
	var out [][]byte
	add := func(members []string) { out = append(out, []byte("{"+strings.Join(members, ",")+"}")) }
	for i, m := range all {
		key, value, _ := strings.Cut(m, ":")
		put := func(member string) {
			list := slices.Clone(all)
			list[i] = member
			add(list)
		}
		for _, other := range []string{
			"null", "1", "-1", "-0", "0", "00", "1.5", "1e3", "18446744073709551616", "true", `""`, `"a\u0041"`, "\"\xff\"", `"ä"`, `"KCORE"`, "[]", "{}", `[""]`,
			"[null]", `["a","b"]`, "1760554622000", "253402300800000", `"2024-01-15t10:30:60.5+01:00"`, `"0000-01-01T00:00:00+01:00"`,
		} {
			put(key + ":" + other)
		}
		put(strings.ToUpper(key) + ":" + value)
		put(key + " : " + value)
		put(strings.Replace(key, "s", `\u017f`, 1) + ":" + value)
		add(slices.Delete(slices.Clone(all), i, i+1))
		add(slices.Insert(slices.Clone(all), i, m))
		add(append(slices.Clone(all), key+":null"))
		add(slices.Insert(slices.Clone(all), i, `"new":{"a":[1,"}"]}`))
		add(slices.Insert(slices.Clone(all), i, `"type":"a\"b"`))
		add(slices.Concat(all[i:], all[:i]))
	}
	return out
}

func TestRearrangedPayloadsAreReadLikeJSON(t *testing.T) {
	for _, env := range seeds(t) {
		for _, data := range rearranged(t, env.Data) {
			requireLikeJSON(t, env.Type, data)
		}
	}
}

func TestNumbersAreReadLikeJSON(t *testing.T) {
	for _, number := range []string{
		"0", "-0", "-0.0", "0.0", "00", "01", "-", "-.5", ".5", "5.", "1.", "+1", "1e", "1e+", "1e5", "1E-5", "1e5e5", "1e400", "1e-400", "0x1p3", "1_0", "Inf", "NaN",
		"0.1", "0.3", "123456789012.45", "12345678901234.5", "123456789012345.6", "999999999999999", "9999999999999999", "0.000000000000001", "0.00000000000001",
		"9007199254740993", "18446744073709551615", "18446744073709551616", "99999999999999999999", "184467440737095516150", "4294967295", "4294967296", "1.7976931348623157e308",
	} {
		requireLikeJSON(t, events.TypeEnergyUpdated, []byte(`{"total_conflicts":1,"resolved_conflicts":2,"active_conflicts":3,"total_energy":`+number+`,"timestamp":1760554625}`))
		requireLikeJSON(t, events.TypeEnergyUpdated, []byte(`{"total_conflicts":`+number+`,"resolved_conflicts":2,"active_conflicts":3,"total_energy":0.0,"timestamp":1760554625}`))
		requireLikeJSON(t, events.TypeEnergyUpdated, []byte(`{"total_conflicts":1,"resolved_conflicts":2,"active_conflicts":3,"total_energy":0.0,"timestamp":`+number+`}`))
		requireLikeJSON(t, events.TypeTreasuryMilestoneCompleted, []byte(`{"grant_id":"a","milestone_id":`+number+`,"amount_adic":18.04,"verification_scheme":"b","deliverable_cid":"c","is_verified":true,"timestamp":1760554668}`))
	}
}

// Whatever the payload, the generated decoders read what encoding/json reads.
func FuzzDecodeLikeJSON(f *testing.F) {
	types := events.Types()
	for _, env := range seeds(f) {
		which := uint8(slices.Index(types, env.Type))
		f.Add(which, []byte(env.Data))
		for i, data := range rearranged(f, env.Data) {
			if i%16 == 0 {
				f.Add(which, data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		requireLikeJSON(t, types[int(which)%len(types)], data)
	})
}
