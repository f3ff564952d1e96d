package rest

// A page is how many messages are asked for at once. It shrinks by half when an
// answer was too large, down to one, and grows back by an eighth with each full
// answer that was not. A message of a node may have 1.4 MB.
type page struct{ size, most int }

// tooLarge notes that n were too many. It returns what to try next, and whether
// that is less.
func (p *page) tooLarge(n int) (next int, less bool) {
	next = max(1, n/2)
	p.size = min(p.size, next)
	return next, next < n
}

// fitted notes that a full answer of n was not too many.
func (p *page) fitted(n int) {
	if n >= p.size {
		p.size = min(p.most, p.size+max(1, p.size/8))
	}
}
