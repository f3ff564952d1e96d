package client

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// A broadcast wakes all who wait for the next thing to happen. The zero value is
// ready to use.
type broadcast struct {
	mu   sync.Mutex
	next chan struct{}
}

// wait returns a channel that is closed by the next tell.
func (b *broadcast) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

func (b *broadcast) tell() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
}

// inSync reports whether all that the node can show has been handed on.
func (m *ConnectionManager) inSync() bool {
	if m.machine.now.Load().To != Connected || m.life.isStale() {
		return false
	}
	return m.complete() && m.owed() == 0
}

// complete reports whether nothing is left to be found.
func (m *ConnectionManager) complete() bool { return m.books.Figures().Complete || !m.facts() }

// WaitInSync blocks until the application has been told of every message that
// the node shows: a stream is usable, what was missed before it has been read by
// REST, and everything that was found has been handled. What the node counts as
// final and cannot show, and messages that it does not have, do not count.
//
// It returns nil at once if all that is so, the cause of ctx if that ends first,
// and an error that is ErrClosed if Run has ended. A handler must not call it.
func (m *ConnectionManager) WaitInSync(ctx context.Context) error {
	for {
		progress := m.progress.wait()
		s := m.machine.now.Load()
		switch {
		case s.To == Closed:
			return closedError{s.Err}
		case m.inSync():
			m.sync()
			return nil
		}
		select {
		case <-progress:
		case <-s.changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Sync blocks until everything that had been received when it was called has been
// handled; a finalization that waits for its message counts as received. It
// returns nil then, the cause of ctx if that ends first, and an error that is
// ErrClosed if Run ends first without it. A handler must not call it: it would
// wait for itself.
func (m *ConnectionManager) Sync(ctx context.Context) error {
	done := m.queue.all()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-m.ended:
		select {
		case <-done:
			return nil
		default:
			return closedError{m.machine.now.Load().Err}
		}
	}
}

// Cursor returns where the application has got to: which facts its handlers have
// returned from. Stored with what they wrote and given to the next run as
// Options.ResumeFrom, it makes that run begin there: no fact is missing, and those
// since the last stored cursor come again, once, unless Options.Known knows them.
//
// It is text without spaces, at most 64 KiB, and says nothing to anybody else. It
// may be called at any time, also from a handler, whose own fact it does not
// include.
func (m *ConnectionManager) Cursor() string {
	if now := m.books.Cursor(); now != nil {
		return base64.RawURLEncoding.EncodeToString(now)
	}
	return m.opts.ResumeFrom // nothing has happened yet
}

// Gaps returns the gaps that are not settled, and the last 256 of those that are,
// by number, each with its latest notice.
func (m *ConnectionManager) Gaps() []events.Gap { return m.queue.ledger.all() }

// resume begins at an earlier run's cursor.
func (m *ConnectionManager) resume(cursor string) error {
	if cursor == "" {
		return nil
	}
	binary, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		var left int
		left, m.away.From, err = m.books.Resume(binary)
		m.away.Lost = left
	}
	switch {
	case err == nil:
	case m.opts.Resync:
		m.away, m.opts.ResumeFrom = events.Gap{From: time.Now()}, ""
		m.say.say(slog.LevelWarn, "the cursor cannot be read: beginning now", slog.Any("error", err))
	default:
		return fmt.Errorf("option ResumeFrom: %w; want what Cursor returned, or Resync to begin without it", err)
	}
	m.away.Cause = events.GapByResume
	return nil
}

// returned tells, on the first connection, that the application was away.
func (m *ConnectionManager) returned(t *trial) {
	if m.away.Cause == "" {
		return
	}
	g := m.away
	if m.opts.ResumeFrom != "" {
		g.From = g.From.Add(t.opened.Sub(t.serverTime())) // a cursor has the server's time
	}
	m.away = events.Gap{}
	m.queue.lost(m.gap(g), time.Now(), losses{gone: g.Lost})
}
