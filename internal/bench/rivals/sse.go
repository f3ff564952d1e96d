package rivals

import (
	"bufio"
	"bytes"
	"context"
	"net/http"

	"github.com/adic/adic-go/internal/bench/traffic"
)

// Bare is the reference of SSE.
const Bare = "net/http/decoder"

// bareSSE is no client, but what net/http and bufio cost: lines of data as they
// come, through 64 KiB.
func bareSSE() []Case { return peer("net/http", SSE, traffic.SSE, 0, connectBare) }

func connectBare(w way) connect {
	return func(ctx context.Context, t Target, tally *traffic.Tally) (*Client, error) {
		response, err := getSSE(ctx, t)
		if err != nil {
			return nil, err
		}
		decode := w.new(traffic.SSE)
		return reading(response.Body.Close, func() error {
			in := bufio.NewReaderSize(response.Body, large)
			for {
				line, err := in.ReadSlice('\n')
				if err != nil {
					return err
				}
				data, ok := bytes.CutPrefix(line, []byte("data: "))
				if !ok {
					continue
				}
				if err := decode(data[:len(data)-1], tally); err != nil {
					return err
				}
			}
		}), nil
	}
}

// getSSE asks for the stream.
func getSSE(ctx context.Context, t Target) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.URL("http", "v1/sse/events"), nil)
	if err != nil {
		return nil, err
	}
	return new(http.Client).Do(request)
}
