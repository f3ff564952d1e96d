package transport

import (
	"context"
	"errors"

	"github.com/adic/adic-go/subscription/events"
)

// openPolling opens a stream that is rebuilt from REST answers.
func (d *Dialer) openPolling(_ context.Context, _ []events.Type) (Stream, error) {
	return nil, errors.New("transport: polling is not there yet")
}
