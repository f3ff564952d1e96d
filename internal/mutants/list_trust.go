package main

const inTransport = "./internal/transport"

// trust are mistakes about who is shown what, and about what an end means.
func trust() []mutant {
	const httpFile, classifyFile = "internal/transport/http.go", "internal/transport/classify.go"
	return []mutant{{
		"a redirect may lead to any host", httpFile,
		"case !strings.EqualFold(from.Hostname(), to.Hostname()):", "case strings.EqualFold(to.Hostname(), \"\"):",
		"TestRedirectIsRefused", inTransport,
	}, {
		"a redirect may leave TLS", httpFile,
		"case from.Scheme != to.Scheme:", "case to.Scheme != \"http\" && to.Scheme != secure:",
		"FuzzLocation|TestRedirectIsRefused", inTransport,
	}, {
		"one redirect too many", httpFile,
		"if ok && len(via) > maxRedirects {", "if ok && len(via) > maxRedirects+1 {",
		"FuzzLocation|TestRedirectIsRefused", inTransport,
	}, {
		"a token is shown to whoever is asked", "internal/transport/auth.go",
		"if _, ok := leads(a.base, req.URL); !ok {", "if _, ok := leads(a.base, a.base); !ok {",
		"TestATokenIsForItsHost", inTransport,
	}, {
		"a stream that ends is refused", classifyFile,
		"out.Kind, out.RetryAfter = fallback.Dropped, as[*ClosedError](err).RetryAfter", "out.Kind, out.RetryAfter = fallback.Refused, as[*ClosedError](err).RetryAfter",
		"TestEveryEndOfAStreamIsADisconnect", inClient,
	}, {
		"a server that fails has said no", classifyFile,
		"status == http.StatusTooManyRequests, status/100 == 5:", "status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:",
		"TestClassify", inTransport,
	}, {
		"a stream's wish for a pause is not heard", classifyFile,
		"out.Kind, out.RetryAfter = fallback.Dropped, as[*ClosedError](err).RetryAfter", "out.Kind = fallback.Dropped",
		"TestAPauseThatAStreamAskedForIsKept", inClient,
	}}
}
