// Package meter reads what a process has used.
package meter

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A Reading is what the process had used at some moment.
type Reading struct {
	At     time.Time
	CPU    time.Duration // user and system
	Allocs uint64
	Bytes  uint64 // allocated
}

// Read returns the reading of now.
func Read() Reading {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return Reading{At: time.Now(), CPU: CPU(), Allocs: m.Mallocs, Bytes: m.TotalAlloc}
}

// CPU returns the time that the process has computed.
func CPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A Cost is what one event took.
type Cost struct {
	CPU    float64 `json:"cpu_ns"`
	Wall   float64 `json:"wall_ns"`
	Allocs float64 `json:"allocs"`
	Bytes  float64 `json:"bytes"`
}

// Per returns what n events cost between two readings.
func Per(n int, from, to Reading) Cost {
	each := func(v float64) float64 { return v / float64(n) }
	return Cost{
		CPU:    each(float64(to.CPU - from.CPU)),
		Wall:   each(float64(to.At.Sub(from.At))),
		Allocs: each(float64(to.Allocs - from.Allocs)),
		Bytes:  each(float64(to.Bytes - from.Bytes)),
	}
}

// A Holding is what the process holds at some moment.
type Holding struct {
	RSS, Heap, Stack int // bytes
	Goroutines       int
}

// Held returns the holding of now, when all that can be given back has been.
func Held() Holding {
	runtime.GC()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	h := Holding{Heap: int(m.HeapInuse), Stack: int(m.StackInuse), Goroutines: runtime.NumGoroutine()}
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		h.RSS = resident(string(text))
	}
	return h
}

// resident reads /proc/<pid>/statm: pages, of which so many are resident.
func resident(statm string) int {
	fields := strings.Fields(statm)
	if len(fields) < 2 { //nolint:mnd // the second is wanted
		return 0
	}
	pages, _ := strconv.Atoi(fields[1])
	return pages * os.Getpagesize()
}
