package events

// Predicted reports whether a generated decoder reads data into what into points
// to, without encoding/json.
func Predicted(data []byte, into any) bool { return predicted(data, into) }
