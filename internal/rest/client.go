package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A Doer sends a request, like the Do method of an *http.Client. It decides
// about redirects.
type Doer func(*http.Request) (*http.Response, error)

// A Config says where to ask and how.
type Config struct {
	Base    *url.URL      // http or https; a path prefix is kept; no user, no query
	Header  http.Header   // sent with every request; nil: nothing
	Do      Doer          // opens the connections; nil: every call fails
	Budget  *Budget       // shared with others that ask this endpoint; nil: its own default one
	MaxBody int64         // bytes of one answer; 0 means 32 MiB
	Timeout time.Duration // of one request with its answer, not of the wait for the budget; 0 means 10 s
}

const (
	defaultMaxBody = 32 << 20
	defaultTimeout = 10 * time.Second
	defaultPage    = 500  // messages
	largestPage    = 1000 // what a node gives at most
)

// A Client asks one endpoint. It is safe for concurrent use.
type Client struct {
	config Config

	clock atomic.Pointer[clock] // nil: no answer has told the time

	mu    sync.Mutex
	since page             // messages in one answer
	bulk  page             // ids in one question
	paths map[family]*path // what is known about the paths
}

// A family is a kind of answers that a server has or has not.
type family uint8

const (
	tips family = iota
	since
	other // has one path only
)

// A path says which of a family's two paths is asked.
type path struct {
	bare  bool // the guide's, without /v1
	tried bool // the other one has been tried, and is not there
}

// New returns a client. It does not ask anything yet.
func New(config Config) *Client {
	if config.Do == nil {
		config.Do = func(*http.Request) (*http.Response, error) { return nil, errors.New("no Doer") }
	}
	if config.Budget == nil {
		config.Budget = NewBudget(0, 0)
	}
	if config.MaxBody <= 0 {
		config.MaxBody = defaultMaxBody
	}
	if config.Timeout <= 0 {
		config.Timeout = defaultTimeout
	}
	return &Client{
		config: config,
		since:  page{size: defaultPage, most: defaultPage},
		bulk:   page{size: defaultPage, most: defaultPage},
		paths:  map[family]*path{tips: {}, since: {}},
	}
}

// Now returns the server's time: the last Date header, carried on by the
// monotonic clock. Before the first answer it is the host's. It takes no lock.
func (c *Client) Now() time.Time { return c.At(time.Now()) }

// At returns the server's time at a moment of the host, which is to be a reading of
// its clock not long ago: it saves another reading.
func (c *Client) At(local time.Time) time.Time {
	if known := c.clock.Load(); known != nil {
		return known.now(local)
	}
	return local
}

// Delay returns how long the budget would have a request of the class wait now.
func (c *Client) Delay(class Class) time.Duration { return c.config.Budget.Delay(time.Now(), class) }

// Free returns how many requests of the class could be made now without waiting
// for the budget.
func (c *Client) Free(class Class) int { return c.config.Budget.Free(time.Now(), class) }

// A call is a question and how its answer is read.
type call struct {
	class  Class
	family family // other: there is no path without /v1
	path   string // below /v1, escaped
	query  string // raw
	id     bool   // it asks about one id: 404 says that this is unknown
	decode func(*json.Decoder) error
}

// do asks under /v1, or under the path that the server was found to have. On 404
// the other path is tried once, and remembered if it is there.
func (c *Client) do(ctx context.Context, q call) error {
	bare, other := c.path(q.family)
	err := c.attempt(ctx, q, bare)
	if !Missing(err) || !other {
		return err
	}
	second := c.attempt(ctx, q, !bare)
	switch {
	case second == nil:
		c.remember(q.family, path{bare: !bare})
		return nil
	case Missing(second):
		c.remember(q.family, path{bare: bare, tried: true})
		return err
	default:
		return second
	}
}

// path returns which path to ask, and whether the other one is to be tried on 404.
func (c *Client) path(f family) (bare, other bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.paths[f]
	if p == nil {
		return false, false
	}
	return p.bare, !p.tried
}

func (c *Client) remember(f family, p path) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paths[f] = &p
}

// attempt makes one request and reads its answer.
func (c *Client) attempt(ctx context.Context, q call, bare bool) error {
	if err := c.config.Budget.Wait(ctx, q.class, max(c.config.Timeout, pause)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	request := c.request(ctx, q, bare)
	sent := time.Now()
	response, err := c.config.Do(request)
	if err != nil {
		return &RequestError{URL: show(request.URL), Err: cause(err)}
	}
	defer func() { _ = response.Body.Close() }()
	c.learn(response.Header, sent)
	if response.StatusCode == http.StatusOK {
		return c.read(request.URL, response, q.decode)
	}
	refused := c.refused(request, response)
	refused.family = !q.id
	return refused
}

// request makes the request; its URL is well-formed by construction.
func (c *Client) request(ctx context.Context, q call, bare bool) *http.Request {
	prefix := "/v1"
	if bare {
		prefix = ""
	}
	target := *c.config.Base
	target.RawPath = strings.TrimSuffix(target.EscapedPath(), "/") + prefix + q.path
	target.Path, _ = url.PathUnescape(target.RawPath) // escaped here
	target.RawQuery = q.query
	header := c.config.Header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	if header.Get("Accept") == "" {
		header.Set("Accept", "application/json")
	}
	request := &http.Request{
		Method: http.MethodGet, URL: &target, Host: header.Get("Host"), Header: header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	return request.WithContext(ctx)
}

// cause takes the method and the URL away that net/http puts around an error.
func cause(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// Learn tells the client what time another answer of the server gave, which was
// asked for at sent. A zero date tells nothing.
func (c *Client) Learn(date, sent time.Time) {
	c.set(date, 0, sent)
}

// set has the clock read the date of an answer that comes now.
func (c *Client) set(date time.Time, age time.Duration, sent time.Time) {
	received := time.Now()
	for {
		last := c.clock.Load()
		next := clock{}
		if last != nil {
			next = *last
		}
		next = next.read(date, age, sent, received)
		if c.clock.CompareAndSwap(last, &next) {
			return
		}
	}
}

// learn reads the server's clock.
func (c *Client) learn(header http.Header, sent time.Time) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	age, _ := strconv.ParseUint(header.Get("Age"), 10, 31) // 0 unless a cache says more
	c.set(date, time.Duration(age)*time.Second, sent)
}

// read decodes an answer, within the limit.
func (c *Client) read(from *url.URL, response *http.Response, decode func(*json.Decoder) error) error {
	if response.ContentLength > c.config.MaxBody {
		return &TooLargeError{URL: show(from), Limit: c.config.MaxBody}
	}
	in := &body{from: response.Body, limit: c.config.MaxBody}
	decoder := json.NewDecoder(in)
	err := decode(decoder)
	if err == nil {
		err = end(decoder)
	}
	c.config.Budget.Spend(time.Now(), in.read)
	switch {
	case errors.Is(in.err, errLimit):
		return &TooLargeError{URL: show(from), Limit: c.config.MaxBody}
	case in.err != nil:
		return &RequestError{URL: show(from), Started: true, Err: in.err}
	case errors.Is(err, io.EOF) && in.read == 0:
		err = errors.New("empty")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		err = errors.New("JSON that breaks off")
	}
	if err == nil {
		return nil
	}
	return &BodyError{
		URL: show(from), ContentType: mediaType(response.Header.Get("Content-Type")), Head: in.head, Err: err,
	}
}

// refused makes the error for an answer with another status, and obeys a server
// that wants to be asked less.
func (c *Client) refused(request *http.Request, response *http.Response) *StatusError {
	const worth = 64 << 10 // reading, to keep the connection
	whole, _ := io.ReadAll(io.LimitReader(response.Body, worth))
	now := time.Now()
	wait := RetryAfter(response.Header, c.Now())
	c.config.Budget.Spend(now, int64(len(whole)))
	if response.StatusCode == http.StatusTooManyRequests || wait > 0 {
		c.config.Budget.Throttled(now, wait)
	}
	return &StatusError{
		Method: request.Method, URL: show(request.URL), Status: response.StatusCode,
		RetryAfter: wait, Body: bytes.Clone(whole[:min(len(whole), kept)]),
	}
}
