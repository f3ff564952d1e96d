package soak

import (
	"bufio"
	"encoding/json"
	"io"
)

// A Sample is what was measured at a moment of a soak, after a garbage collection.
type Sample struct {
	Minute     float64 `json:"minute"`
	Heap       float64 `json:"heap_mib"` // of everything: the node, the client, and who counts
	Goroutines int     `json:"goroutines"`
	Events     int     `json:"events"` // that reached the handlers so far
	Messages   int     `json:"messages"`
	Owed       int     `json:"finalizations_owed"` // the node shows them, the handlers were not told
	Known      int64   `json:"finalizations_known_to_be_owed"`
}

// Read reads samples, one JSON object a line.
func Read(from io.Reader) ([]Sample, error) {
	var all []Sample
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		var s Sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return all, err
		}
		all = append(all, s)
	}
	return all, lines.Err()
}

// Slope returns by how much a figure rises in a minute, by least squares over the
// samples behind a minute.
func Slope(all []Sample, after float64, figure func(Sample) float64) float64 {
	var n, sx, sy, sxx, sxy float64
	for _, s := range all {
		if s.Minute < after {
			continue
		}
		x, y := s.Minute, figure(s)
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	if d := n*sxx - sx*sx; d != 0 {
		return (n*sxy - sx*sy) / d
	}
	return 0
}
