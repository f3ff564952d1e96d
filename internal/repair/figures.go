package repair

import "time"

// Figures are the books in numbers.
type Figures struct {
	Known       int       // messages, and finals of unknown ones
	Open        int       // known and not final
	Wanted      int       // messages still to be asked for, and facts that Options.Known is asked about
	Absent      int       // messages that are referred to and that this server does not have
	Unexplained int64     // finals that the server has counted since its first count, and that were not found
	Late        uint64    // unknown tips below the horizon
	Overruns    uint64    // how often something was forgotten that no pass had ended with: more than twice the books hold
	Hidden      uint64    // facts that REST showed and no announcement followed
	Horizon     time.Time // what is not later is history; zero before the first connection
	Complete    bool      // a pass that began after the last Disturb has ended, and nothing is known to be missing
}

// Figures returns a snapshot.
func (b *Books) Figures() Figures {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := Figures{
		Known:       b.entries.len(),
		Open:        len(b.final.open),
		Wanted:      b.wantsLocked() - b.absent + b.pending,
		Absent:      b.absent,
		Unexplained: max(0, b.final.unexplained-b.final.floor),
		Late:        b.late,
		Overruns:    b.overruns,
		Hidden:      b.hidden,
		Complete:    b.progress.whole && b.lacking == 0 && b.pending == 0,
	}
	if b.begin != 0 {
		f.Horizon = time.Unix(0, b.horizon).UTC()
	}
	return f
}
