package repair

import "time"

// resumed is what a cursor said.
type resumed struct {
	on      bool
	horizon int64 // of the earlier run
	saved   int64
}

// Cursor returns the books in short.
func (b *Books) Cursor() []byte { return nil }

// Resume begins where a cursor ended.
func (b *Books) Resume(cursor []byte) (left int, saved time.Time, err error) {
	return 0, time.Time{}, &CursorError{Reason: "not yet"}
}

// A CursorError says why a cursor cannot be used.
type CursorError struct{ Reason string }

func (e *CursorError) Error() string { return "repair: cursor: " + e.Reason }
