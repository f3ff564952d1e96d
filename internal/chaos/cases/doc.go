// Package cases are the scenarios that need real sockets: what each does to the way
// between a client and a node, and what has to hold.
package cases
