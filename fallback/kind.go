package fallback

// Kind is why an attempt or a connection ended, as far as it matters for what to
// try next.
type Kind uint8

// The kinds. All but Dropped are proof that the transport does not work here and
// now, and move the ladder down at once.
const (
	// Dropped: it was usable, then it ended. A clean close and the end of the
	// body count too, for a live stream has no end. The zero Kind.
	Dropped Kind = iota
	// Failed: it could not be reached. Name lookup, dial, TLS, time-out.
	Failed
	// Refused: a definite no. A 4xx that Busy does not list, a 204, a wrong
	// content type, a redirect to elsewhere.
	Refused
	// Silent: it opened, but then not a byte came within the time that the
	// transport allows, or no proof that it is usable.
	Silent
	// Busy: the server says not now. 408, 425, 429, 5xx.
	Busy
)

// String returns "dropped", "failed", "refused", "silent" or "busy".
func (k Kind) String() string {
	switch k {
	case Dropped:
		return "dropped"
	case Failed:
		return "failed"
	case Refused:
		return "refused"
	case Silent:
		return "silent"
	case Busy:
		return "busy"
	default:
		return "invalid"
	}
}
