package campaign

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of /proc: a hundredth of a second on every Linux.
const tick = 10 * time.Millisecond

// A load is what the machine and the server have computed so far.
type load struct {
	at           time.Time
	busy, server time.Duration
}

// look reads the load; zeros where there is no /proc.
func look(server int) load {
	l := load{at: time.Now()}
	if stat, err := os.ReadFile("/proc/stat"); err == nil {
		l.busy = busy(string(stat))
	}
	if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", server)); err == nil {
		l.server = computed(string(stat))
	}
	return l
}

// busy returns what all processes have computed, of the first line of /proc/stat:
// user, nice, system, idle, iowait, irq, softirq, steal.
func busy(stat string) time.Duration {
	first, _, _ := strings.Cut(stat, "\n")
	const idle, iowait = 4, 5
	var sum time.Duration
	for i, field := range strings.Fields(first) {
		if n, err := strconv.ParseInt(field, 10, 64); err == nil && i != idle && i != iowait && i <= 8 {
			sum += time.Duration(n) * tick
		}
	}
	return sum
}

// computed returns what a process has, of /proc/<pid>/stat.
func computed(stat string) time.Duration {
	rest := stat[strings.LastIndexByte(stat, ')')+1:] // the name may hold anything
	const user, system = 11, 12
	fields := strings.Fields(rest)
	if len(fields) <= system {
		return 0
	}
	u, _ := strconv.ParseInt(fields[user], 10, 64)
	s, _ := strconv.ParseInt(fields[system], 10, 64)
	return time.Duration(u+s) * tick
}

// foreign returns how many CPUs others used since before, when the client used own.
func (l load) foreign(before load, own time.Duration) float64 {
	others := l.busy - before.busy - (l.server - before.server) - own
	return max(0, others.Seconds()/max(l.at.Sub(before.at).Seconds(), tick.Seconds()))
}
