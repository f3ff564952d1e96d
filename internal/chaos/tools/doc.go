// Package tools runs the programs that stand between a client and a node: one file
// for each, and an own proxy that is slow on purpose. None of them has to be
// there; what needs an absent one is not run.
package tools
