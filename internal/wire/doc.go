// Package wire is the only place that knows the two dialects of the stream.
//
// The public integration guide and the node disagree: on how events are named
// in a filter, on how a payload is wrapped, on how a time is written. Servers
// built from the guide speak the guide dialect, a node (0.1.9 to 0.3.0) speaks
// the node dialect. This package asks in a way that both understand, and reads
// both without being told which one it has before it:
//
//	                 guide dialect                            node dialect
//	in a filter      TipsUpdated                              tips.update
//	WebSocket frame  {"type":"Event","event":{"type":T,…}}    {"type":"Event","event":{"type":T,"data":{…}}}
//	SSE event        event: T        data: {…}                event: dotted   data: {"type":T,"data":{…}}
//	time             "2024-01-15T10:30:00Z"                   1705314600
//
// It is bytes in, values out: no clock, no goroutine, no connection.
//
//	request.go    what to ask for, in which spelling
//	message.go    Parse, ParseSSE: what came, as a Message
//	envelope.go   which form an event has, and so where its payload is
//	scan.go       the JSON scanner beneath: one pass, no allocation
//	sse.go        the event-stream format: from a byte stream to events
//	beat.go       what a node sends whatever happens
//
// Everything but an SSEReader is safe for concurrent use.
package wire
