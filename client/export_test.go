package client

import "time"

// SetRandom replaces the source of all jitter of m. It must be called before Run.
func (m *ConnectionManager) SetRandom(random func() float64) { m.life.random = random }

// SetWall has m read the wall clock from wall: in a test neither clock stands still
// while a host sleeps.
func (m *ConnectionManager) SetWall(wall func() time.Time) {
	m.life.mu.Lock()
	defer m.life.mu.Unlock()
	m.life.wall = wall
}
