package client

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/adic/adic-go/internal/transport"
)

// hidden is what is shown of a secret.
const hidden = "xxxxx"

// An identity is how the client says who it is at one node.
type identity struct {
	header http.Header
	token  string
	source transport.TokenSource
}

// mistakes returns those in it. what comes before the names of the options, and base,
// which is called where, is nil if it cannot be read.
func (i identity) mistakes(what, where string, base *url.URL) (mistakes []error) {
	if i.token == "" && i.source == nil {
		return nil
	}
	name := what + "Token"
	if i.source != nil {
		name = what + "TokenSource"
	}
	switch {
	case i.token == "":
	case i.source != nil:
		mistakes = append(mistakes, fmt.Errorf("%sToken and %sTokenSource are both set; want one of them", what, what))
	default:
		if err := transport.CheckToken(strings.TrimSpace(i.token)); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s cannot be used: %w", name, err))
		}
	}
	for header := range i.header {
		if http.CanonicalHeaderKey(header) != "Authorization" {
			continue
		}
		mistakes = append(mistakes, fmt.Errorf("%sHeader has an Authorization beside %s; want one of them", what, name))
	}
	if base != nil && base.User != nil {
		mistakes = append(mistakes, fmt.Errorf("%s has credentials beside %s; want one of them", where, name))
	}
	return mistakes
}

// withoutSecrets returns a copy for the manager, which needs none once it has a
// dialer: nobody can print what is not there.
func (o Options) withoutSecrets() Options {
	o.Header, o.Token, o.TokenSource, o.Endpoints = nil, "", nil, nil
	return o
}

// shown has the fields of Options, and prints as it is.
type shown Options

// redacted returns o as it may be shown: the token and the values of the headers are
// secrets.
func (o Options) redacted() shown {
	o.Header, o.Token = hiddenHeader(o.Header), hiddenToken(o.Token)
	return shown(o) // Endpoints say themselves what is shown of them
}

func hiddenToken(token string) string {
	if token == "" {
		return ""
	}
	return hidden
}

func hiddenHeader(header http.Header) http.Header {
	if header == nil {
		return nil
	}
	shown := make(http.Header, len(header))
	for name := range header {
		shown[name] = []string{hidden}
	}
	return shown
}

// Format implements fmt.Formatter: secrets are not printed, whatever the verb.
func (o Options) Format(f fmt.State, verb rune) {
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), o.redacted()) // there is nobody to tell
}

// LogValue implements slog.LogValuer: secrets are not logged.
func (o Options) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", o)) }
