package office

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
)

// rowAct is what a button beside a row does, as its value says: "up session 3", "add question 2 choice",
// "remove session 1 speaker 2". Rows are counted from 1.
type rowAct struct {
	what string // "up", "down", "remove", "add", or "kind": only show the row anew
	list string // "session", "speaker" or "question"
	row  int    // 0 for the list itself
	sub  string // "speaker" of a session, "choice" of a question; "" for none
	item int
}

func readRowAct(value string) (a rowAct, ok bool) {
	parts := strings.Fields(value)
	if len(parts) < 2 || len(parts) > 5 {
		return a, false
	}
	a.what, a.list = parts[0], parts[1]
	at := func(i int) int {
		if i >= len(parts) {
			return 0
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 1 {
			n = -1
		}
		return n
	}
	a.row, a.item = at(2), at(4)
	if len(parts) > 3 {
		a.sub = parts[3]
	}
	known := slices.Contains([]string{"up", "down", "remove", "add", "kind"}, a.what) && slices.Contains([]string{"session", "speaker", "question"}, a.list)
	return a, known && a.row >= 0 && a.item >= 0
}

// at is the id of the row that the page is to be shown at afterwards.
func (a rowAct) at() string {
	row := a.row
	switch {
	case a.sub != "" || a.what == "add" || a.what == "kind":
	case a.what == "up":
		row--
	case a.what == "down":
		row++
	default:
		return map[string]string{"session": "programme", "speaker": "speakers", "question": "questions"}[a.list]
	}
	if row < 1 {
		row = 1
	}
	return a.list + "_" + strconv.Itoa(row)
}

// do changes the list. It answers where the page is to be shown; a row that is not there is left alone.
func (a rowAct) do(in *domain.EventEntry) string {
	where := a.at()
	switch {
	case a.list == "session" && a.sub == "speaker":
		if a.row <= len(in.Programme) {
			s := &in.Programme[a.row-1]
			s.Speakers = shifted(s.Speakers, a.what, a.item)
		}
	case a.list == "question" && a.sub == "choice":
		if a.row <= len(in.Questions) {
			q := &in.Questions[a.row-1]
			q.Choices = shifted(q.Choices, a.what, a.item)
		}
	case a.list == "session":
		in.Programme = shifted(in.Programme, a.what, a.row)
		if a.what == "add" {
			where = "session_" + strconv.Itoa(continueProgramme(in.Programme))
		}
	case a.list == "speaker":
		in.Speakers = shifted(in.Speakers, a.what, a.row)
		if a.what == "add" {
			where = "speakers"
		}
	case a.list == "question":
		in.Questions = shifted(in.Questions, a.what, a.row)
		if a.what == "add" {
			n := len(in.Questions)
			in.Questions[n-1].Kind, where = string(domain.QuestionText), "question_"+strconv.Itoa(n)
		}
	}
	return where
}

func shifted[T any](list []T, what string, row int) []T {
	list = slices.Clone(list)
	switch {
	case what == "add":
		var empty T
		return append(list, empty)
	case row < 1 || row > len(list):
	case what == "up":
		domain.Shift(list, row-1, -1)
	case what == "down":
		domain.Shift(list, row-1, 1)
	case what == "remove":
		return slices.Delete(list, row-1, row)
	}
	return list
}

// continueProgramme lets a new item begin when the one before it ends, and is how many there are.
func continueProgramme(sessions []domain.SessionEntry) int {
	n := len(sessions)
	if n > 1 {
		sessions[n-1].Starts, sessions[n-1].Day = sessions[n-2].Ends, sessions[n-2].Day
	}
	return n
}

// takeKnown puts whom the form names beside a list into it, with what is known of her since before. Nothing
// that was typed there is lost, whichever button was pressed.
func (o *Office) takeKnown(c *gin.Context, in url.Values, to *domain.EventEntry) error {
	for i, typed := range in["session_known"] {
		if strings.TrimSpace(typed) == "" || i >= len(to.Programme) {
			continue
		}
		s, err := o.known(c.Request.Context(), signedIn(c).Actor, typed)
		if err != nil {
			return err
		}
		to.Programme[i].Speakers = append(to.Programme[i].Speakers, s)
	}
	if typed := in.Get("speaker_known"); strings.TrimSpace(typed) != "" {
		s, err := o.known(c.Request.Context(), signedIn(c).Actor, typed)
		if err != nil {
			return err
		}
		to.Speakers = append(to.Speakers, s)
	}
	return nil
}

// known is someone by her line in the suggestions, or by her name where only one has it; else whoever the
// name says.
func (o *Office) known(ctx context.Context, a domain.Actor, typed string) (domain.SpeakerEntry, error) {
	typed = strings.TrimSpace(typed)
	name, _, _ := strings.Cut(typed, ",")
	found, err := o.Events.KnownSpeakers(ctx, a, name)
	if err != nil {
		return domain.SpeakerEntry{}, err
	}
	var named []domain.Speaker
	for _, s := range found {
		if speakerLine(s) == typed {
			named = []domain.Speaker{s}
			break
		}
		if strings.EqualFold(s.Name, typed) {
			named = append(named, s)
		}
	}
	if len(named) != 1 {
		return domain.SpeakerEntry{Name: typed}, nil
	}
	return domain.SpeakerEntry{Name: named[0].Name, Title: named[0].Title, Organisation: named[0].Organisation}, nil
}

// speakerLine is someone as the suggestions show her.
func speakerLine(s domain.Speaker) string {
	line := s.Name
	for _, more := range []string{s.Title.Sv, s.Organisation.Sv} {
		if more != "" {
			line += ", " + more
		}
	}
	return line
}

// takeVenue puts a house used before in place of what is typed of one, with what was found out of access.
func (o *Office) takeVenue(c *gin.Context, slug, chosen string, to *domain.EventEntry) error {
	venues, err := o.Events.KnownVenues(c.Request.Context(), signedIn(c).Actor, slug)
	if err != nil {
		return err
	}
	for _, v := range venues {
		if venueLine(v) == chosen {
			to.Venue = domain.VenueEntry{Name: v.Name, Address: v.Address, PostalCode: v.PostalCode, Town: v.Town, Access: v.Access, Travel: v.Travel}
			if to.Town == "" {
				to.Town = v.Town
			}
			return nil
		}
	}
	return nil
}

// venueLine is a house as the list of houses shows it.
func venueLine(v domain.Venue) string {
	line := v.Name
	for _, more := range []string{v.Address, v.Town} {
		if more != "" {
			line += ", " + more
		}
	}
	return line
}
