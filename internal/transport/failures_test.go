package transport_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adic/adic-go/fallback"
	"github.com/stretchr/testify/assert"
)

// What libraries for these streams let a client walk into, and the tests which show
// that this one does not. Of WebSockets:
//
//	another library behind one's back                floors: TestForeignModulesStayWhereTheyBelong
//	endless redirects                                TestRedirectIsRefused
//	a body of a 101 that nobody may read             TestLeaveIsBounded, which closes it
//	a dial error without status; one that overruns   TestStatus, TestEndlessBody, TestBadHandshake
//	a limit of 32 KiB                                TestLargeFrames, TestFrameTooBig
//	a connection that is used after an error         TestFrameTooBig, TestInvalidUTF8
//	the end of a context that looks like a fault     TestContextEndsAtEveryStage, TestEnds
//	a ping whose failure ends nothing                TestDeadLinks
//	a Close that waits for ten seconds               TestLeaveIsBounded
//	garbage for each frame                           TestNextDoesNotAllocate
//	compression                                      TestNodeDialect asks for no extension
//	text that is no UTF-8                            TestInvalidUTF8
//
// and of SSE:
//
//	a stream that is not one                         TestSSEContentType
//	half an event at the end                         TestSSEEnds, TestServerIsCutOff
//	heartbeats that are events                       TestAnyByteIsLife; wire: TestSSERules
//	ids that poison every later request              TestLastEventID
//	a pause that the server asked for                client: TestAPauseThatAStreamAskedForIsKept
//	lines over 64 KiB; the same one again and again  TestSSEEventTooBig; client: TestAFrameOverTheLimitIsNoReconnectLoop
//	a time-out of the client that cuts the stream    TestUsersClient
//	a clean end that looks like success              TestSSEEnds; client: TestEveryEndOfAStreamIsADisconnect
//
// Waits: fallback, TestEveryWaitLiesBetweenAQuarterAndTheWholeOfItsCeiling (no jitter
// above the bound), TestADayWithoutServer (no end after a quarter of an hour),
// TestGoodIsTheSameBeforeAndAtTheEnd (no reset by a mere connect), TestHugeAttemptCounts.

// A stream whose events nobody reads ends when it is closed, and leaves nothing.
func TestCloseWithUnreadEvents(t *testing.T) {
	for _, tr := range append(streams, fallback.Polling) {
		bubble(t, tr.String(), func(t *testing.T) {
			network := start(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case tr == fallback.Polling:
					_, _ = w.Write([]byte(`{"tips":[],"count":0}`))
				case r.Header.Get("Upgrade") == "":
					for s := openStream(w); r.Context().Err() == nil; time.Sleep(time.Millisecond) {
						s.say(sseTips(1))
					}
				default:
					p := upgrade(t, w, r)
					defer p.conn.Close()
					p.answerOne()
					for p.text(tips(1)) {
						time.Sleep(time.Millisecond)
					}
				}
			})
			d := dialer(t, network, nil)
			s := open(t, d, tr, nil)
			time.Sleep(time.Minute)
			begun := time.Now()
			s.Close()
			assert.LessOrEqual(t, time.Since(begun), time.Second)
			time.Sleep(time.Second) // the server finds out
			synctest.Wait()
			if tr != fallback.Polling { // which keeps its connection for the next one
				assert.Zero(t, network.Conns("node"))
			}
		})
	}
}
