package rest_test

import (
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/adic/adic-go/internal/rest"
)

// The server's time can be told for a moment of the host that has been read already.
func TestAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := rest.New(rest.Config{Base: &url.URL{Scheme: "http", Host: "node"}})
		here := time.Now()
		assert.Equal(t, here, c.At(here), "before any answer it is the host's")
		c.Learn(here.Add(time.Hour), here)
		assert.Equal(t, time.Hour, c.At(here).Sub(here))
		assert.Equal(t, time.Hour+time.Second, c.At(here.Add(time.Second)).Sub(here))
		assert.Equal(t, c.Now(), c.At(time.Now()))
	})
}

// Who asks for the time waits for nobody, and sees what one of the answers told.
func TestNowWhileAnswersCome(t *testing.T) {
	c := rest.New(rest.Config{Base: &url.URL{Scheme: "http", Host: "node"}})
	from := time.Now().Add(time.Hour)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 200 {
				c.Learn(from, from.Add(-time.Hour))
				assert.WithinDuration(t, from, c.Now(), time.Minute)
			}
		})
	}
	all.Wait()
}

func TestNowAllocatesNothing(t *testing.T) {
	c := rest.New(rest.Config{Base: &url.URL{Scheme: "http", Host: "node"}})
	c.Learn(time.Now().Add(time.Hour), time.Now())
	assert.Zero(t, testing.AllocsPerRun(100, func() { c.Now() }))
}

func BenchmarkNow(b *testing.B) {
	c := rest.New(rest.Config{Base: &url.URL{Scheme: "http", Host: "node"}})
	c.Learn(time.Now().Add(time.Hour), time.Now())
	here := time.Now()
	b.Run("now", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.Now()
		}
	})
	b.Run("at", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.At(here)
		}
	})
}
