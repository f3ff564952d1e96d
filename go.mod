module github.com/adic/adic-go

go 1.25.0

require (
	github.com/cenkalti/backoff/v4 v4.3.0 // indirect
	github.com/coder/websocket v1.8.15 // indirect
	github.com/r3labs/sse/v2 v2.10.0 // indirect
	github.com/stretchr/testify v1.12.1 // indirect
	go.uber.org/goleak v1.3.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/net v0.56.0 // indirect
	gopkg.in/cenkalti/backoff.v1 v1.1.0 // indirect
	nhooyr.io/websocket v1.8.17 // indirect
)
