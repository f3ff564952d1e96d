// Package report writes rows as tables, for a terminal, the documentation and
// programs.
package report
