package repair

// opens notes that e is known and not final.
func (f *finality) opens(e *entry) {
	if e.place == 0 {
		f.open = append(f.open, e)
		e.place = int32(len(f.open))
		f.calm = 0
	}
}

// forget removes a message that is forgotten, or final. The last one takes its
// place.
func (f *finality) forget(e *entry) {
	f.unhint(e)
	if e.place == 0 {
		return
	}
	end := len(f.open) - 1
	last := f.open[end]
	f.open[e.place-1], last.place = last, e.place
	f.open[end] = nil
	f.open, e.place = f.open[:end], 0
}

// hint notes that e, which is open, is probably final.
func (f *finality) hint(e *entry) {
	if !e.has(hinted) {
		e.state |= hinted
		f.hints++
	}
}

func (f *finality) unhint(e *entry) {
	if e.has(hinted) {
		e.state &^= hinted
		f.hints--
	}
}
