// Package traffic makes what the server of a benchmark sends: blocks of frames
// in which only the numbers of the messages change, and what a client that
// skipped nothing must have counted at the end.
package traffic
