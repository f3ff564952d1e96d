package wire_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/wire"
)

func TestMessageID(t *testing.T) {
	for data, want := range map[string]string{
		`{"message_id":"5f0c","depth":3}`:                   "5f0c",
		"\n{ \"depth\" : 3 , \"message_id\" : \"5f0c\" }\n": "5f0c",
		`{"a":{"message_id":"x"},"message_id":"5f0c"}`:      "5f0c",
		`{"message_id":"x","message_id":"5f0c"}`:            "5f0c",
		`{"m\u0065ssage_id":"\u0035f0c"}`:                   "5f0c",
		`{"type":"MessageAdded","message_id":"5f0c"}`:       "5f0c",
		`{"a":{"message_id":"x"}}`:                          "",
		`{"Message_Id":"x"}`:                                "",
		`{"message_id":7}`:                                  "",
		`{"message_id":null}`:                               "",
		`{"message_id":""}`:                                 "",
		`{"message_id":"x","message_id":7}`:                 "",
		`{}`:                                                "",
		`["message_id","x"]`:                                "",
		``:                                                  "",
		`{"message_id":"x"`:                                 "",
		`{"message_id":"x`:                                  "",
		`{"message_id":"x",7`:                               "",
	} {
		id, ok := wire.MessageID([]byte(data))
		assert.Equal(t, want, id, data)
		assert.Equal(t, want != "", ok, data)
	}
}

func TestMessageIDOfANodeDoesNotAllocate(t *testing.T) {
	data := []byte(`{"message_id":"5f0c","depth":3}`)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = wire.MessageID(data) }))
}
