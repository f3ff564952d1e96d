package client_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"log"
	"net/http"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
	"github.com/adic/adic-go/internal/testca"
)

// TLS is the http.Client's: an authority of your own, a certificate for the node to know
// you by, the lowest version to accept.
func ExampleOptions_tls() {
	node, ca := startSecureNode() // in memory; yours is at https://node.example.com
	defer node.Close()
	mine, err := ca.Issue("app", nil) // yours: tls.LoadX509KeyPair("app.pem", "app.key")
	if err != nil {
		log.Panic(err)
	}

	way := node.web.Transport.(*http.Transport).Clone() // yours: http.DefaultTransport.(*http.Transport).Clone()
	way.TLSClientConfig = &tls.Config{
		RootCAs:      ca.Pool(), // yours: x509.NewCertPool() and its AppendCertsFromPEM
		Certificates: []tls.Certificate{mine},
		MinVersion:   tls.VersionTLS13,
	}
	m, err := client.New("https://node", nil, &client.Options{HTTPClient: &http.Client{Transport: way}})
	if err != nil {
		log.Panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- m.Run(ctx) }()
	fmt.Println("error:", m.WaitConnected(ctx))
	fmt.Println(m.Health().Transport)
	cancel()
	<-done
	way.CloseIdleConnections()
	// Output:
	// error: <nil>
	// websocket
}

// Tokens that expire come from a source. It is asked before a stream is opened, and once
// when the node has refused one.
func ExampleOptions_tokenSource() {
	node := startNode()
	defer node.Close()
	node.SetToken("todays")

	given := []string{"yesterdays", "todays"}
	m, err := client.New(node.url, nil, &client.Options{
		HTTPClient: node.web,
		TokenSource: func(context.Context) (string, error) {
			token := given[0] // yours: from a file that is rotated, or your identity provider
			given = given[1:]
			return token, nil
		},
	})
	if err != nil {
		log.Panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- m.Run(ctx) }()
	fmt.Println("error:", m.WaitConnected(ctx))
	fmt.Println("tokens left:", len(given))
	cancel()
	<-done
	// Output:
	// error: <nil>
	// tokens left: 0
}

// startSecureNode is startNode over TLS, for those who have a certificate of ca.
func startSecureNode() (*exampleNode, *testca.Authority) {
	network := memnet.New(0)
	l, err := network.Listen("node:443")
	if err != nil {
		log.Panic(err)
	}
	ca, err := testca.New()
	if err != nil {
		log.Panic(err)
	}
	cert, err := ca.Issue("node", nil)
	if err != nil {
		log.Panic(err)
	}
	node := &exampleNode{Server: refserver.New(refserver.Config{}), url: "https://node", web: network.Client()}
	secure := &tls.Config{
		Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ca.Pool(), MinVersion: tls.VersionTLS13,
	}
	go func() { _ = node.Serve(tls.NewListener(l, secure)) }() // ends with Close
	return node, ca
}
