package peers

import (
	"context"
	"embed"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

//go:embed programs
var programs embed.FS

// chromium opens a page that reads events and posts them back. A node lets no page of
// another origin read it, so page and events come from one.
func chromium(ctx context.Context, t target, lines io.Writer) error {
	page, err := programs.ReadFile("programs/page.html")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page) // a browser that is gone needs none
	})
	var mu sync.Mutex
	mux.HandleFunc("POST /lines", func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = io.Copy(lines, r.Body) // what is missing is counted
	})
	node, err := url.Parse(t.base)
	if err != nil {
		return err
	}
	mux.Handle("/v1/", &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(node) }, FlushInterval: -1})
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	const patience = 10 * time.Second
	server := &http.Server{Handler: mux, ReadHeaderTimeout: patience}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) })
	defer serving.Wait()
	defer server.Close() //nolint:errcheck // nobody is served any more
	query := url.Values{"names": {t.names}, "way": {t.String()}}
	return run(ctx, t.dir, io.Discard, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--user-data-dir="+t.dir+"/profile", "--remote-debugging-port=0", "http://"+l.Addr().String()+"/?"+query.Encode())
}
