module github.com/adic/adic-go

go 1.25.0

require (
	github.com/cenkalti/backoff/v4 v4.3.0
	github.com/coder/websocket v1.8.15
	github.com/r3labs/sse/v2 v2.10.0
	github.com/stretchr/testify v1.12.1
	go.uber.org/goleak v1.3.0
	golang.org/x/net v0.56.0
	nhooyr.io/websocket v1.8.17
)

require (
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	gopkg.in/cenkalti/backoff.v1 v1.1.0 // indirect
)
