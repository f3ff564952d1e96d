// Package source is the server of the benchmarks: a process of its own that does
// the handshake of each protocol, and then writes whole blocks of frames, as fast
// as they are taken or at a pace. It says by REST what it said on the stream, so
// that a client which checks finds nothing that is missing.
//
//	control.go  orders of the client under test     rest.go    what a node answers
//	session.go  one client: what was sent to it     socket.go  WebSocket
//	write.go    blocks, paces                       rpc.go     geth, CometBFT, Discord
//	nats.go     NATS' own protocol                  sse.go     server-sent events
package source
