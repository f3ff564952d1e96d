package client

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What polling reads at a node that is tried beside the one that delivers says nothing
// about that one: neither how many messages are final, nor which tips there are, nor
// what time it is.
func TestAPollOfAnotherNodeDoesNotCount(t *testing.T) {
	t.Parallel()
	m, err := New("http://a", nil, &Options{Endpoints: []Endpoint{{URL: "http://b"}}})
	require.NoError(t, err)
	places, _ := (&Options{Endpoints: []Endpoint{{URL: "http://b"}}}).places("http://a")
	tells := func(index int32, count uint64) {
		b := m.booksOf(index)
		b.Begin(time.Unix(1000, 0).Add(time.Duration(index) * time.Hour))
		b.Tips([]string{places[index].name})
		b.Counted(time.Unix(1000, 0), count)
		b.Hint([]string{places[index].name})
	}
	tells(1, 1000)
	assert.Empty(t, m.books.Ask(time.Unix(2000, 0), 9))
	m.books.Begin(time.Unix(1000, 0))
	tells(0, 10)
	tells(1, 5000)
	tells(1, 5001)
	tells(0, 10)
	assert.Equal(t, []string{"http://a"}, m.books.Ask(time.Unix(2000, 0), 9))
	assert.Zero(t, m.books.Figures().Unexplained)

	m.here.Store(1)
	tells(1, 5001)
	assert.Len(t, m.books.Ask(time.Unix(2000, 0), 9), 2)
}
