// Package sheet holds what a run of a fault says: one Row, in the form in which
// the tests of package client and the real runs both write it.
package sheet
