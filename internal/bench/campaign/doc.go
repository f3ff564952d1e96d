// Package campaign runs many cases side by side: a server on one CPU, and on
// another one client process after the other, in an order that is shuffled anew in
// each repeat, so that drift of the machine hits all alike.
package campaign
