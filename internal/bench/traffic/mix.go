package traffic

import "strings"

// A Kind is one of the payloads of the mix.
type Kind uint8

// The kinds. Raw stands for a frame that nobody decoded.
const (
	Added Kind = iota
	Finalized
	Energy
	Balance
	Tips
	Count // KCoreUpdated: not in the mix, tells the end of a run
	Flood // AdmissibilityUpdated: not in the mix, of low priority
	Raw
)

// Kinds is how many there are.
const Kinds = int(Raw) + 1

// String returns the name that a node gives the event.
func (k Kind) String() string {
	return [...]string{"MessageAdded", "MessageFinalized", "EnergyUpdated", "BalanceChanged", "TipsUpdated", "KCoreUpdated", "AdmissibilityUpdated", "raw"}[k]
}

// name returns how a node spells the event on SSE.
func (k Kind) name() string {
	return [...]string{"message.new", "finality.update", "energy.update", "balance.changed", "tips.update", "kcore.update", "admissibility.update", "raw"}[k]
}

// Of the mix.
const (
	Group    = 20         // events that repeat, with other numbers
	added    = 6          // of them are messages
	final    = 4          // and so many of those become final
	BlockLen = 20 * Group // events written at once
	History  = 8          // messages that were there before the first event
	tipCount = 8          // of TipsUpdated
	digits   = 16         // of an id, which change
	idLen    = 64         // bytes of an id
	idHead   = idLen - digits
)

// What REST says of the states differs a little from what the stream says, so that
// a counting handler can tell which it was.
const (
	RESTTips      = tipCount - 1 // of TipsUpdated
	RESTConflicts = 1            // of EnergyUpdated; the stream has none
	RESTK         = 21           // of KCoreUpdated
	streamK       = RESTK - 1
)

// order is one group. A message is final after it was added.
var order = [Group]Kind{
	Added, Energy, Added, Balance, Finalized, Tips, Added, Energy, Balance, Added,
	Finalized, Added, Energy, Balance, Finalized, Tips, Added, Energy, Finalized, Balance,
}

// prefix is what all ids begin with; the digits are put behind it.
const prefix = "28c15d42d84c19810f167677ccd51cf0ee55aaae89ee1f06"

const address = prefix + "f63e85fab236f2e2"

// blank is an id that has no number yet. No payload has its 16 digits elsewhere.
const blank = prefix + "################"

// depth has room for the nanosecond at which a message was told.
const depth = "1000000000000000042"

// payload returns the template of a kind, in the order of keys in which a node
// writes them. Tips have n ids.
func payload(k Kind, n int) string {
	switch k {
	case Added:
		return `{"message_id":"` + blank + `","depth":` + depth + `,"timestamp":1760554622}`
	case Finalized:
		return `{"message_id":"` + blank + `","finality_type":"kcore","timestamp":1760554622}`
	case Energy:
		return `{"total_conflicts":0,"resolved_conflicts":0,"active_conflicts":0,"total_energy":-0.0,"timestamp":1760554622}`
	case Balance:
		return `{"address":"` + address + `","balance_before":"9700","balance_after":"9600","change_amount":"100",` +
			`"change_type":"transfer_out","timestamp":1760554622}`
	case Tips:
		ids := strings.TrimSuffix(strings.Repeat(`"`+blank+`",`, n), ",")
		return `{"tips":[` + ids + `],"count":` + itoa(n) + `,"timestamp":1760554622}`
	case Flood:
		return `{"c1_rate":1.0,"c2_rate":1.0,"c3_rate":1.0,"overall_rate":1.0,"sample_size":50,"timestamp":1760554622}`
	default:
		return `{"finalized_count":1,"pending_count":0,"current_k_value":` + itoa(streamK) + `,"timestamp":1760554622}`
	}
}

// ID returns the id of message n.
func ID(n uint64) string {
	b := make([]byte, idLen)
	copy(b, prefix)
	put(b[idHead:], n)
	return string(b)
}

// Number returns the message that id names.
func Number(id string) (n uint64, ok bool) {
	if len(id) != idLen || id[:idHead] != prefix {
		return 0, false
	}
	for _, c := range []byte(id[idHead:]) {
		d := strings.IndexByte(hexDigits, c)
		if d < 0 {
			return 0, false
		}
		n = n<<4 | uint64(d)
	}
	return n, true
}

const hexDigits = "0123456789abcdef"

// put writes the digits of n.
func put(b []byte, n uint64) {
	for i := digits - 1; i >= 0; i, n = i-1, n>>4 {
		b[i] = hexDigits[n&15]
	}
}

// Final reports whether message n of the mix becomes final.
func Final(n uint64) bool { return n >= History && (n-History)%added < final }
