package refserver

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// What a node 0.3.0 was seen to do: it compares whole seconds with ">", so its
// periods of 2, 5 and 30 seconds are these.
const (
	tipsEvery          = 3 * time.Second
	stateEvery         = 6 * time.Second
	admissibilityEvery = 31 * time.Second
)

// finalityEvery is the pause between two looks for messages that have become
// final.
const finalityEvery = time.Second

// Run does what a server does by itself, until ctx ends or the server is closed:
// the beats of a node, at once and then on their rhythm, growth at
// Config.Rate, and the finality that follows from it or from Config.FinalAfter. It blocks and leaves
// nothing behind. Two Runs at a time would do everything twice.
func (s *Server) Run(ctx context.Context) {
	jobs := s.jobs(s.now())
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.quit:
			return
		case <-timer.C:
		case <-s.script.news:
		}
		now := s.now()
		timer.Reset(min(runDue(jobs, now), s.finalizeRipe(now)))
	}
}

// A job is done again and again.
type job struct {
	at   time.Time            // when next
	wait func() time.Duration // from one time to the next
	do   func()
}

// runDue does what is due, each job once and in order, and returns the wait until
// the next. Without jobs that is an hour.
func runDue(jobs []*job, now time.Time) time.Duration {
	wait := time.Hour
	for _, j := range jobs {
		if !j.at.After(now) {
			j.do()
			// What a host that slept has missed is left out.
			j.at = later(j.at.Add(j.wait()), now.Add(-time.Second))
		}
		wait = min(wait, j.at.Sub(now))
	}
	return wait
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// jobs lists what Run does, in the order of a node's tick.
func (s *Server) jobs(now time.Time) []*job {
	var jobs []*job
	every := func(first time.Time, wait func() time.Duration, do func()) {
		jobs = append(jobs, &job{at: first, wait: wait, do: do})
	}
	fixed := func(d time.Duration) func() time.Duration {
		return func() time.Duration { return d }
	}
	if s.cfg.Rate > 0 {
		rng := rand.New(rand.NewPCG(s.cfg.Seed, 0))
		pause := func() time.Duration {
			return time.Duration(rng.ExpFloat64() / s.cfg.Rate * float64(time.Second))
		}
		every(now.Add(pause()), pause, func() { s.grow(rng) })
		if s.cfg.FinalAfter <= 0 {
			every(now.Add(finalityEvery), fixed(finalityEvery), s.finalizeOld)
		}
	}
	if s.cfg.Dialect == Node && !s.cfg.NoTicks {
		every(now, fixed(stateEvery), func() { s.beat(events.TypeKCoreUpdated) })
		every(now, fixed(tipsEvery), func() { s.beat(events.TypeTipsUpdated) })
		every(now, fixed(stateEvery), func() {
			s.beat(events.TypeDiversityUpdated, events.TypeEnergyUpdated)
		})
		every(now, fixed(admissibilityEvery), func() { s.beat(events.TypeAdmissibilityUpdated) })
	}
	return jobs
}

// beat tells the state whether it has changed or not.
func (s *Server) beat(types ...events.Type) {
	c := s.script
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range types {
		c.sayStateLocked(t)
	}
	c.flushLocked()
}

// peerShare is how often a message that grows came from a peer.
const peerShare = 0.2

func (s *Server) grow(rng *rand.Rand) {
	s.AddMessage(AddOptions{Peer: rng.Float64() < peerShare})
}
