package wire

// Work returns how many bytes r has looked at for the end of a line or moved,
// each as often as it was.
func (r *SSEReader) Work() int64 { return r.work }
