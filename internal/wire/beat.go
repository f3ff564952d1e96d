package wire

import (
	"slices"
	"time"

	"github.com/adic/adic-go/subscription/events"
)

// A Beat is an event that a server sends whatever happens. One that stays away
// says that its lane, the connection or the server's main loop is gone.
type Beat struct {
	Type  events.Type
	Every time.Duration // on an unhurried server; a slow one stretches it, and more in between are normal
}

// nodeBeats are the beats of a node 0.3.0: 2.95 s to 3.07 s were measured for
// the tips.
var nodeBeats = [...]Beat{
	{events.TypeTipsUpdated, 3 * time.Second},
	{events.TypeKCoreUpdated, 6 * time.Second},
	{events.TypeDiversityUpdated, 6 * time.Second},
	{events.TypeEnergyUpdated, 6 * time.Second},
}

// beats returns the beats of d, not to be modified.
func beats(d Dialect) []Beat {
	if d != Node {
		return nil
	}
	return nodeBeats[:]
}

// Beats returns the beats of a dialect, as a fresh slice. A node sends its tips
// every 3 s and three more states every 6 s. The guide dialect promises none:
// its servers may speak on change only.
func Beats(d Dialect) []Beat { return slices.Clone(beats(d)) }

// HasBeats reports whether d has any.
func HasBeats(d Dialect) bool { return len(beats(d)) > 0 }

// IsBeat reports whether t is a beat of d.
func IsBeat(d Dialect, t events.Type) bool {
	for _, b := range beats(d) {
		if b.Type == t {
			return true
		}
	}
	return false
}

// Witnesses returns the types that are worth asking for even if nobody wants
// them, as a fresh slice: a beat of the high lane that carries the ids of all
// tips, and one of the medium lane that counts what is final.
func Witnesses() []events.Type {
	return []events.Type{events.TypeTipsUpdated, events.TypeKCoreUpdated}
}
