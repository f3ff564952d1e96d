// Package rivals has the clients that are compared: ours, and those that others
// made. Each connects to the server of package source and counts what comes in a
// traffic.Tally, one file per library.
package rivals
