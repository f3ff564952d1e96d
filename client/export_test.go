package client

// SetRandom replaces the source of all jitter of m. It must be called before Run.
func (m *ConnectionManager) SetRandom(random func() float64) { m.life.random = random }
