package client_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/client"
	"github.com/adic/adic-go/fallback"
	"github.com/adic/adic-go/handlers"
	"github.com/adic/adic-go/internal/memnet"
	"github.com/adic/adic-go/internal/refserver"
)

// The sheet of faults: one TestFault… for each fault that a client must survive. Its
// rows are a dialect and a transport each, and are played with several seeds, which
// move the fault and the traffic around it. What was sent, delivered and lost is
// counted against the ledger of the reference server.
//
// There is one seed to a row, all of them if the environment has CI=true or
// ADIC_FAULTS, which names a file that is given one line of JSON for each row.

// A sheet is one fault.
type sheet struct {
	number     int
	name       string               // the fault, in words
	seeds      int                  // of each row, when all are played; 0: 1
	dialects   []refserver.Dialect  // nil: both
	transports []fallback.Transport // the first choice of each row; nil: WebSocket and SSE

	config  func(*refserver.Config) // changes the server; nil: truthful
	options func(*client.Options)   // changes the client, which begins with the row's transport and those below it; nil: defaults
	buffer  int                     // bytes of each direction of a connection; 0: memnet's default

	// Bare leaves the client to the story, which calls starts or follows, or neither:
	// then nothing is counted but what it notes in the row, and goroutines.
	bare bool

	// Unjudged leaves out that no fact is lost, doubled or out of order, and no gap is
	// without a fault: the story says all. What it means is counted nevertheless.
	unjudged bool

	median, worst time.Duration // from the end of the fault to the next event, over the seeds, 20 at least for a median; 0: not judged
	note          string        // what the numbers leave out
}

// A row is what came of one row of the sheet.
type row struct {
	Fault      int     `json:"fault"`
	Name       string  `json:"name"`
	Dialect    string  `json:"dialect"`
	Transport  string  `json:"transport"`
	Kind       string  `json:"kind"`
	Seed       uint64  `json:"seed"` // the first
	Seeds      int     `json:"seeds"`
	Sent       int     `json:"sent"`      // facts and notices that were wanted; states are the newest, so they are not counted
	Delivered  int     `json:"delivered"` // those of them that came
	Lost       int     `json:"lost"`      // neither came nor lie in a gap that was told
	Doubled    int     `json:"doubled"`
	Gaps       int     `json:"gaps"`                      // episodes
	Unfounded  float64 `json:"gap_seconds_without_fault"` // seconds of gaps outside of faults and the recovery that the docs state
	NextMedian float64 `json:"next_median"`               // seconds
	NextWorst  float64 `json:"next_worst"`                // seconds
	Goroutines int     `json:"goroutines"`                // at the end, above the baseline; of the worst seed
	Pass       bool    `json:"pass"`
	Unseen     int     `json:"unseen"` // missing, too: the server dropped them inside one beat, or has no beats, so that nobody can know
	Note       string  `json:"note"`

	next []time.Duration
}

// play plays story in every row.
func (s *sheet) play(t *testing.T, story func(*course)) {
	t.Helper()
	t.Parallel()
	dialects, transports := s.dialects, s.transports
	if dialects == nil {
		dialects = []refserver.Dialect{refserver.Guide, refserver.Node}
	}
	if transports == nil {
		transports = []fallback.Transport{fallback.WebSocket, fallback.SSE}
	}
	for _, d := range dialects {
		for _, by := range transports {
			t.Run(d.String()+"/"+by.String(), func(t *testing.T) { s.playRow(t, d, by, story) })
		}
	}
}

func (s *sheet) playRow(t *testing.T, d refserver.Dialect, by fallback.Transport, story func(*course)) {
	r := &row{
		Fault: s.number, Name: s.name, Dialect: d.String(), Transport: by.String(), Kind: "simulated",
		Seed: 1, Seeds: s.plays(), Note: s.note,
	}
	for seed := range r.Seeds {
		t.Run(fmt.Sprintf("%04d", seed+1), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { s.playSeed(t, d, by, uint64(seed+1), r, story) })
		})
	}
	slices.Sort(r.next)
	if len(r.next) > 0 {
		r.NextMedian, r.NextWorst = median(r.next).Seconds(), longest(r.next).Seconds()
		if s.median > 0 && len(r.next) >= 20 { // fewer have no median to speak of
			assert.LessOrEqual(t, median(r.next), s.median, "to the next event, median of %d", len(r.next))
		}
		if s.worst > 0 {
			assert.LessOrEqual(t, longest(r.next), s.worst, "to the next event, worst of %d", len(r.next))
		}
	}
	if r.Unseen > 0 {
		r.Note = strings.TrimPrefix(fmt.Sprintf("%s; %d notices were dropped by the server where no beat shows it", r.Note, r.Unseen), "; ")
	}
	r.Pass = !t.Failed()
	r.write(t)
	t.Logf("sent %d, delivered %d, lost %d, doubled %d, gaps %d, seconds of them without a fault %.1f, next event %.3f s, worst %.3f s, goroutines %d %s",
		r.Sent, r.Delivered, r.Lost, r.Doubled, r.Gaps, r.Unfounded, r.NextMedian, r.NextWorst, r.Goroutines, r.Note)
}

// plays is how many seeds a row is played with.
func (s *sheet) plays() int {
	if thorough() {
		return max(s.seeds, 1)
	}
	return 1
}

// thorough reports whether the sheet is played in full.
func thorough() bool { return os.Getenv("CI") == "true" || os.Getenv("ADIC_FAULTS") != "" }

func (s *sheet) playSeed(t *testing.T, d refserver.Dialect, by fallback.Transport, seed uint64, r *row, story func(*course)) {
	c := s.course(t, d, by, seed)
	c.row = r
	before := len(clientsOwn())
	if !s.bare {
		c.follows()
	}
	story(c)
	if c.m != nil {
		c.judge(s.unjudged)
		c.ends()
	}
	c.clear()
	synctest.Wait()
	after := clientsOwn()
	left := len(after) - before
	assert.LessOrEqual(t, left, 0, "goroutines above the baseline:\n%s", strings.Join(after, "\n\n"))
	r.Goroutines = max(r.Goroutines, left)
	if t.Failed() {
		t.Logf("this seed alone: CI=true go test ./client -run '%s$'", t.Name())
	}
}

// course makes a server, and all that a story about it needs.
func (s *sheet) course(t *testing.T, d refserver.Dialect, by fallback.Transport, seed uint64) *course {
	cfg := refserver.Config{Dialect: d, Seed: seed}
	if s.config != nil {
		s.config(&cfg)
	}
	rng := rand.New(rand.NewPCG(seed, uint64(s.number)<<8|uint64(d)<<4|uint64(by)))
	c := &course{
		player: &player{
			rig:      &rig{t: t, node: refserver.New(cfg), net: memnet.New(s.buffer)},
			scenario: &scenario{seed: seed, config: cfg, rng: rng},
			story: story{
				node: d == refserver.Node, skew: cfg.Skew, polling: by == fallback.Polling,
				messages: make(map[string]*happening), notices: make(map[string][]notice),
			},
			orphans: make(map[string]refserver.AddOptions),
		},
		rng: rng, by: by, rate: 5,
	}
	jitter := rand.New(rand.NewPCG(seed, 0))
	c.random = func() float64 {
		c.drawing.Lock()
		defer c.drawing.Unlock()
		c.draws = append(c.draws, jitter.Float64())
		return c.draws[len(c.draws)-1]
	}
	c.opts.Fallback.Order = []fallback.Transport{fallback.WebSocket, fallback.SSE, fallback.Polling}[by-fallback.WebSocket:]
	if s.options != nil {
		s.options(&c.opts)
	}
	c.serve()
	synctest.Wait()
	return c
}

// write appends the row to the file that ADIC_FAULTS names.
func (r *row) write(t *testing.T) {
	name := os.Getenv("ADIC_FAULTS")
	if name == "" {
		return
	}
	line, err := json.Marshal(r)
	require.NoError(t, err)
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	_, err = f.Write(append(line, '\n')) // one write: the rows of other tests do not come in between
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

// A course is one seed of a row: a server, a client, and the story of what happens
// to them. It is used by the story's goroutine.
type course struct {
	*player

	by    fallback.Transport // the first choice
	opts  client.Options     // of the client; may be changed until it starts
	rate  float64            // events a second while busy
	rng   *rand.Rand
	row   *row
	m     *client.ConnectionManager // nil: none
	stop  func() error
	marks []time.Time // ends of faults

	drawing sync.Mutex
	draws   []float64 // of the client's jitter, guarded by drawing
}

// starts starts the client and does not wait until it is connected.
func (c *course) starts() {
	var mux handlers.Mux
	mux.OnAny(c.handle)
	c.m, c.stop = c.run(&mux, c.opts)
	c.story.connected = time.Now()
}

// follows starts the client and waits until a stream is usable.
func (c *course) follows() {
	c.starts()
	c.connected(c.m)
	c.story.connected = time.Now()
}

// ends ends the client.
func (c *course) ends() {
	began := time.Now()
	requireCanceled(c.t, c.stop())
	assert.LessOrEqual(c.t, time.Since(began), time.Second, "shutdown")
}
