package domain

import "regexp"

var (
	foodWords   = regexp.MustCompile(`(?i)(?:\b(?:lunch|middag|frukost|mat|buffé)\b[^.]{0,40}\b(?:ingår|serveras)|bjuder på (?:\p{L}+ ){0,3}(?:lunch|middag|mat)\b|specialkost|allergi|matönskemål|\b(?:lunch|dinner)\b[^.]{0,40}\bincluded|dietary|special diet)`)
	accessWords = regexp.MustCompile(`(?i)(?:teckenspråk|skrivtolk|tillgänglighet|hörslinga|hörselslinga|rullstol|ledsagare|sign language|accessib|wheelchair|hearing loop)`)
	chargeWords = regexp.MustCompile(`(?i)(?:debiter|fakturer|\bcharged?\b|\binvoiced?\b)`)
	photoWords  = regexp.MustCompile(`(?i)\b(?:fotograf|filma|foton?\b|bilder tas|spelas in|photograph|will be filmed|recorded)`)
	photoGoesOn = regexp.MustCompile(`(?i)(?:\bbild|fotograf|filma|\bfoto|photo|picture|film)`)
)

// readAsks finds what the registration would ask or tell because of what the text says: about food and access,
// that it binds, and that photographs are taken. None of these but a word for binding is sure.
func (r *invReader) readAsks() {
	if b := r.out.Binding; b.Found() {
		r.out.Bound = guess(true, b.Source, b.Confidence, b.Doubt)
	}
	for i, l := range r.lines {
		switch l.section {
		case secHeader, secSignature, secSubject, secTitle, secSpeakers:
			continue
		}
		if l.section != secProgramme && foodWords.MatchString(l.text) {
			r.ask(&r.out.Food, i)
		}
		if l.section != secProgramme && accessWords.MatchString(l.text) {
			r.ask(&r.out.Access, i)
		}
		if chargeWords.MatchString(l.text) && (noShowWords.MatchString(l.text) || cancelWords.MatchString(l.text)) {
			r.ask(&r.out.Bound, i)
		}
		if l.section != secProgramme && !r.out.PhotoNote.Found() && photoTold(l.text) {
			r.readPhotoNote(i)
		}
	}
}

func (r *invReader) ask(into *Guess[bool], i int) {
	if !into.Found() {
		*into = guess(true, r.takeLine(i), Unsure, "")
	}
}

// photoTold reports whether a sentence tells that people are photographed, and not that a photographer speaks.
func photoTold(s string) bool { return photoWords.MatchString(s) && photoVerb.MatchString(s) }

var photoVerb = regexp.MustCompile(`(?i)(?:kommer att|\bvi (?:fotograf|film)|fotograferas|filmas|fotografering|spelas in|\bwill\b|we take|taken|förekommer)`)

// readPhotoNote takes the sentence, and what follows in its paragraph about the same.
func (r *invReader) readPhotoNote(i int) {
	note := r.takeLine(i)
	for k := i + 1; k < len(r.lines) && r.lines[k].para == r.lines[i].para && photoGoesOn.MatchString(r.lines[k].text); k++ {
		note += " " + r.takeLine(k)
	}
	r.out.PhotoNote = guess(note, note, Likely, "")
}
