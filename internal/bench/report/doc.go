// Package report makes tables and plots of results.
package report
