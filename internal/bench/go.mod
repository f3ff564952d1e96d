module github.com/adic/adic-go/internal/bench

go 1.26.0

require (
	github.com/adic/adic-go v0.0.0
	github.com/coder/websocket v1.8.15
	golang.org/x/sys v0.49.0
)

require (
	github.com/cenkalti/backoff/v4 v4.3.0 // indirect
	golang.org/x/net v0.58.0 // indirect
)

replace github.com/adic/adic-go => ../..
