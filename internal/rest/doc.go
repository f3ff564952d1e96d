// Package rest reads a node's REST interface: one typed call for each answer
// that the SDK has a use for.
//
// # How a call goes
//
//	Tips, Since, Bulk, KCore …   what is asked, and what the answer must hold
//	Client.do                    /v1 first; on 404 the guide's path without it, once
//	Client.attempt               one request: budget, time-out, status, clock
//	body                         the answer, never read beyond Config.MaxBody
//
// The client does not open connections: it is handed a Doer. It keeps three
// things between calls, all learnt from answers: the server's clock (the Date
// header, carried on by the monotonic clock), how many messages fit into one
// answer, and which paths the server has.
//
// # Errors
//
// A call fails with one of
//
//	*StatusError    the answer was not 200; Missing tells whether the server has such answers at all
//	*BodyError      it was 200 and not what it should be, a captive portal's HTML for one
//	*TooLargeError  it was larger than Config.MaxBody
//	*RequestError   there was no whole answer: dial, TLS, time-out, reset
//	*CoolingError   it was not asked: the server wants to be left alone for longer than a request may take
//
// A node answers bad requests in four ways: nothing at all, {"error"},
// {"error","message"}, or plain text; StatusError.Reason reads them all.
//
// # Budget
//
// All readers of one endpoint share a Budget: requests a minute, bytes a second,
// and an order of precedence. A server that answers 429 is obeyed.
package rest
