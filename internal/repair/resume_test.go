package repair_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/internal/repair"
)

// summed puts the right checksum after what is to be a cursor.
func summed(cursor []byte) []byte {
	return binary.BigEndian.AppendUint32(bytes.Clone(cursor), crc32.ChecksumIEEE(cursor))
}

// Whatever is wrong with a cursor is said, and the books stay as they were.
func TestWrongCursor(t *testing.T) {
	b := begun(0)
	deliver(b, fact("m", time.Second), at(time.Second))
	good := b.Cursor()
	body := good[:len(good)-4]
	altered := bytes.Clone(good)
	altered[20] ^= 1
	newer := bytes.Clone(body)
	newer[4] = 2
	older := bytes.Clone(body)
	older[4] = 0
	for name, tt := range map[string]struct {
		cursor []byte
		reason string
	}{
		"nothing":      {nil, "not a cursor of this kind"},
		"foreign":      {[]byte("eyJ2IjoxfQ=="), "not a cursor of this kind"},
		"magic alone":  {good[:4], "truncated"},
		"half":         {good[:len(good)/2], "checksum"},
		"altered":      {altered, "checksum"},
		"newer":        {summed(newer), "version 2, which is newer than 1"},
		"older":        {summed(older), "version does not exist"},
		"longer":       {summed(append(bytes.Clone(body), 0)), "no sense"},
		"shorter":      {summed(body[:len(body)-1]), "no sense"},
		"empty":        {summed(body[:5]), "no sense"},
		"far too long": {append(bytes.Clone(body), make([]byte, 48<<10)...), "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			next := repair.New(0)
			_, _, err := next.Resume(tt.cursor)
			var wrong *repair.CursorError
			require.ErrorAs(t, err, &wrong)
			assert.Contains(t, wrong.Reason, tt.reason)
			assert.ErrorContains(t, err, "repair: cursor: ")
			_, _, err = next.Resume(good)
			assert.NoError(t, err)
		})
	}
	_, _, err := b.Resume(good)
	assert.ErrorContains(t, err, "begun")
}

// A cursor never gets longer than 48 KiB. First the delivered are left out, then
// the oldest that are not final, whose number is told; what is on its way stays.
func TestCursorIsBounded(t *testing.T) {
	id := func(i int) string { return fmt.Sprintf("%064x", i) }
	b := begun(0, fact("anchor", -20*time.Second))
	const total = 5000
	for i := range total {
		d := time.Duration(i) * time.Second
		deliver(b, fact(id(i), d), at(2*time.Hour))
		if i%2 == 0 {
			b.Finalized(id(i), at(2*time.Hour))
			b.Delivered(repair.Finalized, id(i))
		}
	}
	owed := strings.Repeat("another kind of id ", 10)
	b.Added(owed, at(time.Second))
	cursor := b.Cursor()
	assert.LessOrEqual(t, len(cursor), 48<<10)
	assert.Greater(t, len(cursor), 47<<10)

	next := repair.New(0)
	left, _, err := next.Resume(cursor)
	require.NoError(t, err)
	kept := next.Figures().Open
	assert.Equal(t, total/2+1, left+kept)
	assert.Greater(t, kept, 1000)
	now := at(3 * time.Hour)
	next.Begin(now)
	assert.Equal(t, []string{owed}, next.Ask(now, 10))
	assert.False(t, found(next, fact(id(total-1), (total-1)*time.Second), now), "not final, and young")
	assert.True(t, found(next, fact(id(total-2), (total-2)*time.Second), now), "a double")
	assert.Equal(t, "anchor", anchor(next))
}

// If not even what is on its way fits, the anchor is older than that: since shows
// it again.
func TestCursorOfABacklog(t *testing.T) {
	b := begun(0, fact("before", -20*time.Second))
	const total = 5000
	for i := range total {
		b.Found(fact(fmt.Sprintf("%064x", i), time.Duration(i)*time.Second), at(2*time.Hour))
	}
	b.PassEnded(at(2 * time.Hour))
	assert.NotEqual(t, "before", anchor(b))
	cursor := b.Cursor()
	assert.LessOrEqual(t, len(cursor), 48<<10)
	next := repair.New(0)
	_, _, err := next.Resume(cursor)
	require.NoError(t, err)
	assert.Equal(t, "before", anchor(next))
	now := at(3 * time.Hour)
	next.Begin(now)
	for i := range total {
		require.True(t, found(next, fact(fmt.Sprintf("%064x", i), time.Duration(i)*time.Second), now), i)
	}
	assert.Empty(t, next.Ask(now, 10))
}

// History that passes have seen is not remembered.
func TestCursorHasNoHistory(t *testing.T) {
	b := begun(0, fact("anchor", -20*time.Second), fact("old", -time.Hour))
	b.Tips([]string{"old", "older"})
	b.Found(fact("older", -2*time.Hour), t0)
	next := repair.New(0)
	left, _, err := next.Resume(b.Cursor())
	require.NoError(t, err)
	assert.Zero(t, left)
	assert.Equal(t, 1, next.Figures().Known)
}

// An id that is too long to be remembered is left out; it comes twice.
func TestCursorOfHugeIDs(t *testing.T) {
	huge := strings.Repeat("x", 1000)
	b := begun(0, fact(huge, -20*time.Second))
	deliver(b, fact("m", time.Second), at(time.Second))
	next := repair.New(0)
	left, _, err := next.Resume(b.Cursor())
	require.NoError(t, err)
	assert.Equal(t, 1, left)
	assert.Empty(t, anchor(next))
}

// FuzzResume reads anything: what is no cursor is refused, and what is one says
// the same again.
func FuzzResume(f *testing.F) {
	b := begun(0, fact("silent", -20*time.Second))
	deliver(b, fact(strings.Repeat("0f", 32), time.Second, "parent"), at(time.Second))
	b.Added("announced", at(2*time.Second))
	b.Finalized("final", at(2*time.Second))
	good := b.Cursor()
	f.Add(good[:len(good)-4])
	f.Add([]byte("ADIC\x01"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, cursor := range [][]byte{body, summed(body)} {
			b := repair.New(0)
			left, saved, err := b.Resume(cursor)
			if err != nil {
				assert.IsType(t, &repair.CursorError{}, err)
				continue
			}
			again := b.Cursor()
			assert.LessOrEqual(t, len(again), 48<<10)
			c := repair.New(0)
			_, savedAgain, err := c.Resume(again)
			require.NoError(t, err)
			assert.GreaterOrEqual(t, left, 0)
			assert.Equal(t, saved, savedAgain)
			assert.LessOrEqual(t, c.Figures().Known, b.Figures().Known)
			assert.Equal(t, b.Figures().Open, c.Figures().Open)
			b.Begin(t0)
			c.Begin(t0)
			assert.False(t, c.Figures().Horizon.Before(b.Figures().Horizon))
			assert.ElementsMatch(t, b.Ask(t0, 1000), c.Ask(t0, 1000))
		}
	})
}
