// Package netns makes a network of two namespaces and a router between them, which
// can lose packets, forget addresses and be unplugged. It needs root, ip and iptables.
package netns
