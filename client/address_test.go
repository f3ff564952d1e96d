package client

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseBase(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"http://node:9121":           "http://node:9121",
		"https://node.example.com/":  "https://node.example.com",
		"ws://node:9121":             "http://node:9121",
		"WSS://node/v1":              "https://node",
		"http://node/adic/v1/":       "http://node/adic",
		"http://node/adic//":         "http://node/adic",
		"http://[::1]:9121\n":        "http://[::1]:9121",
		"https://user:secret@node/x": "https://user:secret@node/x",
	} {
		u, mistakes := parseBase(in)
		require.Empty(t, mistakes, in)
		assert.Equal(t, want, u.String(), in)
	}
}

func TestParseBaseNamesTheMistake(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                              "has no scheme",
		"node:9121":                     "did you mean http://node:9121?",
		"127.0.0.1:9121":                "did you mean http://127.0.0.1:9121?",
		"ftp://node":                    `scheme "ftp" is not one of http, https, ws, wss`,
		"http://":                       "has no host",
		"http://:80":                    "has no host",
		"//node":                        "has no scheme",
		"http://node?events=all":        "has a query",
		"http://node/#top":              `has a fragment "top"`,
		"http://user:secret@no de/":     "cannot be parsed",
		"http://user:secret@node:port/": "cannot be parsed",
		"foo://user:secret@node?a#b":    "scheme",
	} {
		_, mistakes := parseBase(in)
		text := errors.Join(mistakes...)
		require.Error(t, text, in)
		assert.Contains(t, text.Error(), want, in)
		assert.NotContains(t, text.Error(), "secret", in)
	}
	_, mistakes := parseBase("foo://node?a#b")
	assert.Len(t, mistakes, 3, "every mistake is named")
}

// FuzzParseBase holds what is made of an address to package net/url, and has no
// mistake repeat a password.
func FuzzParseBase(f *testing.F) {
	for _, s := range []string{
		"http://node:9121/v1", "ws://u:p@h/", "localhost:1", "%zz", "http://h/%2f/v1", "http://:80", "wss://me:passw0rd@node?x#y",
		"me:passw0rd@node:80", "http://me:passw0rd@[::1", "//me:passw0rd@node", "HTTPS://[fe80::1%25eth0]:9121//v1/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, mistakes := parseBase(s)
		require.Equal(t, u == nil, len(mistakes) > 0, "%q: a URL or mistakes, not both or neither", s)
		want, err := url.Parse(strings.TrimSpace(s))
		if err != nil {
			require.Nil(t, u)
			return
		}
		if password, given := want.User.Password(); given && len(password) > 5 && strings.Count(s, password) == 1 {
			assert.NotContains(t, fmt.Sprint(mistakes), password)
		}
		if u == nil {
			return
		}
		assert.Equal(t, map[string]string{"http": "http", "ws": "http", "https": "https", "wss": "https"}[strings.ToLower(want.Scheme)], u.Scheme)
		assert.Equal(t, want.Host, u.Host)
		assert.Equal(t, want.User, u.User)
		assert.NotEmpty(t, u.Hostname(), "somebody is asked")
		assert.True(t, strings.HasPrefix(want.Path, u.Path), "%q: %q", s, u.Path)
		assert.Empty(t, u.RawQuery+u.Fragment+u.Opaque+u.RawPath)
		back, err := url.Parse(u.String())
		require.NoError(t, err)
		assert.Equal(t, u.Host, back.Host)
		assert.Equal(t, u.Path, back.Path)
	})
}
