package client

import (
	"fmt"
	"net/url"
	"strings"
)

// parseBase is parseURL for New's base.
func parseBase(base string) (u *url.URL, mistakes []error) { return parseURL("base URL", base) }

// parseURL turns what a user calls a node's address into the URL that paths are
// appended to. Credentials stay in it; transport makes a header of them. name is what
// the mistakes call it.
func parseURL(name, base string) (u *url.URL, mistakes []error) {
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil {
		// The error of url.Parse repeats its input, credentials included.
		return nil, []error{fmt.Errorf("%s cannot be parsed; want http://host:port, https, ws or wss%s", name, hint(base))}
	}
	bad := func(format string, args ...any) { mistakes = append(mistakes, fmt.Errorf(name+format, args...)) }
	switch strings.ToLower(u.Scheme) {
	case "http", "ws":
		u.Scheme = "http"
	case "https", "wss":
		u.Scheme = "https"
	case "":
		bad(" %q has no scheme; want http, https, ws or wss", u.Redacted())
	default:
		bad(": scheme %q is not one of http, https, ws, wss%s", u.Scheme, schemeHint(u))
	}
	if u.Hostname() == "" && len(mistakes) == 0 {
		bad(" %q has no host", u.Redacted())
	}
	if u.RawQuery != "" || u.ForceQuery {
		bad(" has a query; what is asked for is an Options.Subscription")
	}
	if u.Fragment != "" {
		bad(" has a fragment %q; remove it", u.Fragment)
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/v1")
	u.RawPath = ""
	return u, nil
}

// hint helps those who left the scheme out.
func hint(base string) string {
	u, err := url.Parse("http://" + base)
	if err != nil || u.User != nil || u.Port() == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", u)
}

// schemeHint helps with the commonest slip: localhost:9121 parses as a scheme.
func schemeHint(u *url.URL) string {
	if u.Opaque == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean http://%s:%s?)", u.Scheme, u.Opaque)
}
