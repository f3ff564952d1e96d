package rest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// White space in small pieces is not looked at again and again: each read of the
// decoder is as large as all before it.
func TestWhiteSpaceCostsLittle(t *testing.T) {
	in := &body{from: iotest.OneByteReader(strings.NewReader(strings.Repeat(" ", 1<<20) + "{}")), limit: 1 << 30}
	reads := 0
	counted := readerFunc(func(p []byte) (int, error) { reads++; return in.Read(p) })
	require.NoError(t, json.NewDecoder(counted).Decode(&struct{}{}))
	assert.Less(t, reads, 20)
}

// A failure in the middle comes after what was there.
func TestABodyThatFails(t *testing.T) {
	broken := errors.New("broken")
	in := &body{from: io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), limit: 1 << 30}
	got, err := io.ReadAll(in)
	assert.Equal(t, "abc", string(got))
	require.ErrorIs(t, err, broken)
	assert.Equal(t, broken, in.err)
}

// JSON is not followed down without end, be it of interest or not.
func TestTheDepthOfAnswersIsBounded(t *testing.T) {
	deep := strings.Repeat("[", 1<<20) + strings.Repeat("]", 1<<20)
	for _, answer := range []string{deep, `{"tips":` + deep + `}`, `{"x":` + deep + `}`} {
		c := New(Config{Base: &url.URL{Scheme: "http", Host: "node"}, Do: func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(answer))}, nil
		}})
		_, err := c.Tips(t.Context(), Fact)
		require.ErrorAs(t, err, new(*BodyError))
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
