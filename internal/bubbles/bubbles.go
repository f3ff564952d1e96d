// Package bubbles looks at the bubbles of testing/synctest, for tests.
package bubbles

import (
	"runtime"
	"strings"
)

// Goroutines returns the stacks of all goroutines of the caller's bubble, the caller's
// first. What else the process does is not among them.
func Goroutines() (stacks []string) {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true)
	for ; n == len(buf); n = runtime.Stack(buf, true) {
		buf = make([]byte, 2*len(buf))
	}
	all := strings.Split(string(buf[:n]), "\n\n") // the caller's is the first
	_, own, _ := strings.Cut(head(all[0]), "synctest bubble ")
	mark := ", synctest bubble " + strings.TrimSuffix(own, "]:") + "]:"
	for _, stack := range all {
		if strings.HasSuffix(head(stack), mark) {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}

func head(stack string) string {
	line, _, _ := strings.Cut(stack, "\n")
	return line
}
