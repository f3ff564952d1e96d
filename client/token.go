package client

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/adic/adic-go/internal/transport"
)

// hidden is what is shown of a secret.
const hidden = "xxxxx"

// credentials returns the mistakes in how the client says who it is at base, which
// is nil if it cannot be read.
func (o *Options) credentials(base *url.URL) (mistakes []error) {
	if o == nil || o.Token == "" && o.TokenSource == nil {
		return nil
	}
	name := "Token"
	if o.TokenSource != nil {
		name = "TokenSource"
	}
	switch {
	case o.Token == "":
	case o.TokenSource != nil:
		mistakes = append(mistakes, errors.New("options Token and TokenSource are both set; want one of them"))
	default:
		if err := transport.CheckToken(strings.TrimSpace(o.Token)); err != nil {
			mistakes = append(mistakes, fmt.Errorf("option Token cannot be used: %w", err))
		}
	}
	for header := range o.Header {
		if http.CanonicalHeaderKey(header) != "Authorization" {
			continue
		}
		mistakes = append(mistakes, fmt.Errorf("option Header has an Authorization beside option %s; want one of them", name))
	}
	if base != nil && base.User != nil {
		mistakes = append(mistakes, fmt.Errorf("base URL has credentials beside option %s; want one of them", name))
	}
	return mistakes
}

// withoutSecrets returns a copy for the manager, which needs none once it has a
// dialer: nobody can print what is not there.
func (o Options) withoutSecrets() Options {
	o.Header, o.Token, o.TokenSource = nil, "", nil
	return o
}

// shown has the fields of Options, and prints as it is.
type shown Options

// redacted returns o as it may be shown: the token and the values of the headers are
// secrets.
func (o Options) redacted() shown {
	if o.Token != "" {
		o.Token = hidden
	}
	header := make(http.Header, len(o.Header))
	for name := range o.Header {
		header[name] = []string{hidden}
	}
	if o.Header != nil {
		o.Header = header
	}
	return shown(o)
}

// Format implements fmt.Formatter: secrets are not printed, whatever the verb.
func (o Options) Format(f fmt.State, verb rune) {
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), o.redacted()) // there is nobody to tell
}

// LogValue implements slog.LogValuer: secrets are not logged.
func (o Options) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", o)) }
