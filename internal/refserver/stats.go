package refserver

// Stats count what the streams of a server did. A node 0.3.0 calls the
// deliveries "emitted"; the guide means the events.
type Stats struct {
	Emitted           uint64 // events that went to the bus
	Delivered         uint64 // events that went to a client, once for each client
	WebSocketMessages uint64 // frames written to WebSockets
	SSEMessages       uint64 // events written to SSE streams
	WebSockets        int    // open now
	SSEs              int    // open now
}
