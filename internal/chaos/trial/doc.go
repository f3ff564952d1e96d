// Package trial follows a node over real sockets while things go wrong on the way,
// and counts what was told against what there was.
package trial
