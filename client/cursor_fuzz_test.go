package client_test

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/repair"
)

// Whatever is given as a cursor, it is one that says the same again, or a mistake that
// is named; and with Resync it is no mistake at all.
func FuzzCursor(f *testing.F) {
	b := repair.New(0)
	f.Add("", false)
	f.Add("ADIC", true)
	f.Add("QURJQwE", false)
	f.Add("QURJQwE\n", false)
	f.Add("====", false)
	b.Begin(time.Unix(1760554622, 0))
	b.Added("announced", time.Unix(1760554625, 0))
	b.Finalized("final", time.Unix(1760554626, 0))
	if good := b.Cursor(); good != nil {
		f.Add(string(good[:len(good)-crc32.Size]), true)
		f.Add(base64.RawURLEncoding.EncodeToString(good), false)
	}
	f.Fuzz(func(t *testing.T, cursor string, sealed bool) {
		if sealed {
			body := binary.BigEndian.AppendUint32([]byte(cursor), crc32.ChecksumIEEE([]byte(cursor)))
			cursor = base64.RawURLEncoding.EncodeToString(body)
		}
		m, err := client.New("http://node", nil, &client.Options{ResumeFrom: cursor})
		if err != nil {
			var config *client.ConfigError
			require.ErrorAs(t, err, &config)
			assert.Len(t, config.Mistakes, 1)
			require.ErrorContains(t, err, "option ResumeFrom")
			assert.Less(t, len(err.Error()), 1000)
			_, err = client.New("http://node", nil, &client.Options{ResumeFrom: cursor, Resync: true})
			require.NoError(t, err)
			return
		}
		again := m.Cursor()
		assert.LessOrEqual(t, len(again), 64<<10)
		assert.NotContains(t, again, " ")
		m, err = client.New("http://node", nil, &client.Options{ResumeFrom: again})
		require.NoError(t, err)
		assert.Equal(t, again, m.Cursor())
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, m.Run(ended), context.Canceled)
		assert.Equal(t, again, m.Cursor(), "a run in which nothing happened changes nothing")
	})
}
