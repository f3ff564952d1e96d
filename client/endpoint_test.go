package client_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
)

// Mistakes in further endpoints are named like all others, with the index.
func TestMistakesOfEndpointsAreNamed(t *testing.T) {
	t.Parallel()
	source := func(context.Context) (string, error) { return "", nil }
	many := make([]client.Endpoint, client.MaxEndpoints+1)
	for i := range many {
		many[i].URL = fmt.Sprintf("http://node%d", i)
	}
	for want, endpoints := range map[string][]client.Endpoint{
		"option Endpoints[1].URL: scheme \"ftp\" is not one of":                  {{URL: "http://b"}, {URL: "ftp://c"}},
		"option Endpoints[0].URL \"\" has no scheme":                             {{}},
		"option Endpoints[0].URL: scheme \"b\" is not":                           {{URL: "b:9121"}},
		"option Endpoints[0].URL cannot be parsed":                               {{URL: "http://user:secret@b:port"}},
		"option Endpoints[0].URL has a query":                                    {{URL: "http://b?events=all"}},
		"option Endpoints[0].URL is New's base already":                          {{URL: "ws://A/v1/"}},
		"option Endpoints[2].URL is that of Endpoints[0] already":                {{URL: "http://b"}, {URL: "http://c"}, {URL: "http://x:secret@b/"}},
		"option Endpoints[0].Header has an Authorization beside":                 {{URL: "http://b", Token: "secret", Header: http.Header{"Authorization": {"secret"}}}},
		"option Endpoints[0].URL has credentials beside":                         {{URL: "http://u:secret@b", TokenSource: source}},
		"option Endpoints[0].Token and option Endpoints[0].TokenSource are both": {{URL: "http://b", Token: "secret", TokenSource: source}},
		"option Endpoints[0].Token cannot be used":                               {{URL: "http://b", Token: "sec\nret"}},
		"option Endpoints has 16 nodes; want at most 15":                         many,
	} {
		_, err := client.New("http://a", nil, &client.Options{Endpoints: endpoints})
		var config *client.ConfigError
		require.ErrorAs(t, err, &config, want)
		assert.Contains(t, err.Error(), want)
		assert.NotContains(t, err.Error(), "secret")
		assert.Len(t, config.Mistakes, 1, "%v", err)
	}
	_, err := client.New("http://a", nil, &client.Options{Endpoints: []client.Endpoint{
		{URL: "https://a"}, {URL: "http://a:8080"}, {URL: "http://a/prefix"}, {URL: "http://u:p@c", Header: http.Header{"X": {"1"}}},
	}})
	require.NoError(t, err)
}

// Secrets of endpoints are shown no more than those of the options.
func TestSecretsOfEndpointsAreNotShown(t *testing.T) {
	t.Parallel()
	opts := client.Options{Endpoints: []client.Endpoint{
		{URL: "http://user:hush@b", Header: http.Header{"X-Key": {"hush"}}},
		{URL: "http://c", Token: "hush"}, {URL: "http://user:hush@[/"},
	}}
	m, err := client.New("http://a", nil, &client.Options{Endpoints: opts.Endpoints[:2]})
	require.NoError(t, err)
	var lines journal
	log := lines.logger(slog.LevelInfo)
	log.Info("options", "opts", opts, "pointer", &opts, "endpoint", opts.Endpoints[0], "list", opts.Endpoints)
	text := lines.String() + fmt.Sprintf("%v %+v %#v %s %v %+v", opts, &opts, opts, opts, opts.Endpoints, m)
	assert.NotContains(t, text, "hush")
	assert.Contains(t, text, "http://user:xxxxx@b")
}
