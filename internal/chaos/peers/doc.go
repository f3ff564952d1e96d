// Package peers has clients that are not ours read the reference server: ws and
// eventsource of npm, aiohttp, curl and Chromium. What they read right is evidence
// that the server which our tests rest on speaks the protocols of the world. The other
// way round, servers that are not ours (r3labs/sse, nhooyr/websocket) feed our
// transports in the tests of internal/transport.
package peers
