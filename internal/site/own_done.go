package site

import (
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// The words in the address of the personal page that tell what was done a moment ago.
const (
	doneCancelledPlace = "avbokad"
	doneLeft           = "lamnat"
	doneTakenBack      = "atertagen"
	doneAsked          = "fragat"
	doneAccepted       = "plats"
	doneRefused        = "nej"
	doneWaits          = "vantar"
	doneHandedOver     = "overlaten"
	doneMoved          = "bytt"
	doneChanged        = "andrad"
	doneSame           = "oforandrad"
	doneNeeds          = "behov"
	doneErased         = "raderade"
	doneLeftOther      = "annan"
)

// doneCancelled is the word for what someone with the status gave up.
func doneCancelled(was domain.RegistrationStatus) string {
	switch was {
	case domain.Waitlisted:
		return doneLeft
	case domain.Pending:
		return doneTakenBack
	}
	return doneCancelledPlace
}

// shows reports whether what the word tells is so. A word that is not one of ours, or that someone
// has kept while things went on, tells nothing.
func shows(done string, own domain.OwnRegistration) bool {
	status := own.Registration.Status
	switch done {
	case doneCancelledPlace, doneLeft, doneTakenBack:
		return status == domain.Cancelled && own.MovedTo == nil
	case doneRefused:
		return status == domain.Cancelled && own.MovedTo == nil
	case doneAsked:
		return own.Asked
	case doneComing:
		return status == domain.Confirmed && !own.Registration.Coming.IsZero()
	case doneAccepted:
		return status == domain.Confirmed
	case doneWaits:
		return status == domain.Waitlisted && own.Registration.Together
	case doneHandedOver:
		return status == domain.Transferred
	case doneMoved:
		return status.Live() && (own.Registration.Follows != 0 || own.Keeps != nil)
	case doneChanged, doneSame, doneLeftOther:
		return status.Live()
	case doneNeeds:
		return !own.Needs.Empty()
	case doneInvited:
		return own.Registration.Email != ""
	case doneErased:
		return own.Needs.Empty()
	}
	return false
}

// doneNotice tells what was done a moment ago; nil where nothing was.
func doneNotice(p *i18n.Printer, done string, own domain.OwnRegistration) *view.Notice {
	if !shows(done, own) {
		return nil
	}
	key := "own.done." + done
	if done == doneMoved && own.Keeps != nil {
		key += "_waiting"
	}
	args := map[string]any{"email": own.Registration.Email, "town": townOrTitle(p.Lang(), own.Event)}
	n := &view.Notice{Kind: "done", Title: p.T(key+".title", args), Text: p.T(key+".text", args)}
	return n
}
