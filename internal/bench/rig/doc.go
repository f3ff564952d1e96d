// Package rig measures one client in a process of its own: it orders the stream
// from the server, and reads what the process has used before and after.
package rig
