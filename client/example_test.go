package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/subscription"
	"github.com/adic/adic-go/subscription/events"
)

// The quick start: typed callbacks, one call that blocks, a readiness probe.
func Example() {
	node := startNode() // in memory; yours is at https://node.example.com
	defer node.Close()
	ctx, cancel := context.WithCancel(context.Background())

	var mux handlers.Mux
	handlers.On(&mux, func(_ context.Context, e events.MessageFinalized) error {
		fmt.Println("final by", e.FinalityType)
		cancel() // an application goes on
		return nil
	})
	m, err := client.New(node.url, &mux, &client.Options{HTTPClient: node.web})
	if err != nil {
		log.Panic(err)
	}
	http.Handle("/ready", m.HealthHandler())
	go node.finalize(ctx, m)
	fmt.Println(m.Run(ctx)) // blocks until ctx ends; reconnects until then
	// Output:
	// final by kcore
	// context canceled
}

// Those who prefer a loop to handlers take the events as a sequence.
func ExampleConnectionManager_Events() {
	node := startNode()
	defer node.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	m, err := client.New(node.url, nil, &client.Options{
		HTTPClient:   node.web,
		Subscription: subscription.To(events.TypeMessageAdded, events.TypeMessageFinalized),
	})
	if err != nil {
		log.Panic(err)
	}
	done := make(chan error)
	go func() { done <- m.Run(ctx) }()
	go node.finalize(ctx, m)
	for env := range m.Events(ctx) {
		fmt.Println(env.Type, env.Origin)
		if env.Type == events.TypeMessageFinalized {
			break
		}
	}
	cancel()
	<-done
	// Output:
	// MessageAdded live
	// MessageFinalized live
}

// A node that is away is no outage if there is another one. Each has credentials of its
// own.
func ExampleEndpoint() {
	node := startNode()
	defer node.Close()
	ctx, cancel := context.WithCancel(context.Background())

	m, err := client.New("http://away.example.com", nil, &client.Options{
		HTTPClient: node.web,
		Token:      "the-first-one",
		Endpoints:  []client.Endpoint{{URL: node.url, Header: http.Header{"X-Api-Key": {"the-second-one"}}}},
	})
	if err != nil {
		log.Panic(err)
	}
	done := make(chan error)
	go func() { done <- m.Run(ctx) }()
	if err := m.WaitConnected(ctx); err != nil {
		log.Panic(err)
	}
	fmt.Println(m.Health().State, m.Health().Endpoint == node.url)
	cancel()
	<-done
	// Output:
	// connected true
}

// Every mistake is named at once, with what is allowed.
func ExampleNew_mistakes() {
	_, err := client.New("localhost:9121", nil, &client.Options{
		Subscription: subscription.To("TipUpdated"),
		MaxFrame:     -1,
	})
	var config *client.ConfigError
	if errors.As(err, &config) {
		for _, mistake := range config.Mistakes {
			fmt.Println(mistake)
		}
	}
	// Output:
	// base URL: scheme "localhost" is not one of http, https, ws, wss (did you mean http://localhost:9121?)
	// option MaxFrame is -1; want a positive number, or 0 for 16777216
	// subscription: Types[0]: events: unknown type `TipUpdated`: did you mean `TipsUpdated`?
}

// A cursor carries the promise over a restart of the application: what happened in
// between is delivered, once.
func ExampleConnectionManager_Cursor() {
	node := startNode()
	defer node.Close()
	var cursor string // in your database, in the transaction that writes the row

	run := func(happens func()) {
		ctx, cancel := context.WithCancel(context.Background())
		handled := make(chan struct{}, 10)
		var mux handlers.Mux
		mux.OnAny(func(_ context.Context, env events.Envelope) error {
			if env.Type == events.TypeMessageAdded {
				fmt.Println(env.Type, env.Origin)
				handled <- struct{}{}
			}
			return nil
		})
		m, err := client.New(node.url, &mux, &client.Options{
			HTTPClient: node.web, ResumeFrom: cursor, Subscription: subscription.To(events.TypeMessageAdded),
		})
		if err != nil {
			log.Panic(err)
		}
		done := make(chan error)
		go func() { done <- m.Run(ctx) }()
		if err := m.WaitInSync(ctx); err != nil {
			log.Panic(err)
		}
		happens()
		<-handled
		if err := m.Sync(ctx); err != nil {
			log.Panic(err)
		}
		cursor = m.Cursor()
		cancel()
		<-done
	}
	run(func() { node.AddMessage(refserver.AddOptions{}) })
	node.AddMessage(refserver.AddOptions{}) // while nobody listens
	run(func() {})

	// Output:
	// MessageAdded live
	// MessageAdded backfilled
}

// The health handler answers an orchestrator's probes.
func ExampleConnectionManager_HealthHandler() {
	m, err := client.New("https://node.example.com", nil, nil)
	if err != nil {
		log.Panic(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/ready", m.HealthHandler())
	mux.Handle("/live", m.HealthHandler(client.Liveness))

	for _, path := range []string{"/ready", "/live"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		var body struct {
			State string `json:"state"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			log.Panic(err)
		}
		fmt.Println(path, w.Code, body.State)
	}
	// Output:
	// /ready 503 idle
	// /live 200 idle
}

// A node for the examples.
type exampleNode struct {
	*refserver.Server

	url string
	web *http.Client
}

func startNode() *exampleNode {
	network := memnet.New(0)
	l, err := network.Listen("node:80")
	if err != nil {
		log.Panic(err)
	}
	node := &exampleNode{Server: refserver.New(refserver.Config{}), url: "http://node:80", web: network.Client()}
	go func() { _ = node.Serve(l) }() // ends with Close
	return node
}

// finalize waits for a follower, and then gives it something to see.
func (n *exampleNode) finalize(ctx context.Context, m *client.ConnectionManager) {
	if m.WaitInSync(ctx) == nil {
		n.Finalize(n.AddMessage(refserver.AddOptions{}), false)
	}
}
