package demo

import "github.com/temadag/temadag/internal/domain"

// network is the knowledge network that invites to the theme days together with the counties.
const network = "Kunskapsnätverket hiv/STI Norr"

func organisers() []domain.Organiser {
	return []domain.Organiser{
		organiser("BD", "0980-319 200", text(
			`Vill du kontakta oss på finska, meänkieli eller samiska? Ring växeln och säg vilket språk du vill tala.`,
			`Would you like to contact us in Finnish, Meänkieli or Sámi? Call the switchboard and say which language you would like to speak.`)),
		organiser("Z", "08-465 004 20", text(
			`Vill du kontakta oss på samiska? Ring växeln och säg att du vill tala samiska, så ordnar vi det.`,
			`Would you like to contact us in Sámi? Call the switchboard, say that you would like to speak Sámi, and we will arrange it.`)),
		organiser("AC", "08-465 004 30", text(
			`Vill du kontakta oss på finska eller samiska? Ring växeln och säg vilket språk du vill tala.`,
			`Would you like to contact us in Finnish or Sámi? Call the switchboard and say which language you would like to speak.`)),
		organiser("Y", "08-465 004 40", text(
			`Vill du kontakta oss på finska eller samiska? Ring växeln och säg vilket språk du vill tala.`,
			`Would you like to contact us in Finnish or Sámi? Call the switchboard and say which language you would like to speak.`)),
		organiser("AB", "08-465 004 50", text(
			`Vill du kontakta oss på finska, meänkieli eller samiska? Ring växeln och säg vilket språk du vill tala.`,
			`Would you like to contact us in Finnish, Meänkieli or Sámi? Call the switchboard and say which language you would like to speak.`)),
	}
}

func organiser(code domain.OrganiserCode, phone string, minority domain.Text) domain.Organiser {
	c, ok := domain.CountyOf(code)
	if !ok {
		panic("demo: there is no county " + string(code))
	}
	return domain.Organiser{
		Code:     c.Code,
		SCB:      c.SCB,
		Slug:     c.Slug,
		County:   c.Name,
		Name:     c.Authority(),
		Short:    c.Short(),
		Region:   c.Region,
		Town:     c.Town,
		Phone:    phone,
		Email:    "temadagar." + c.Slug + "@example.se",
		DPO:      "dataskyddsombud." + c.Slug + "@example.se",
		Minority: minority,
		LegalBasis: text(
			`uppgift av allmänt intresse (artikel 6.1 e i dataskyddsförordningen)`,
			`a task in the public interest (Article 6(1)(e) of the General Data Protection Regulation)`),
	}
}

func organiserOf(code domain.OrganiserCode) domain.Organiser {
	for _, o := range organisers() {
		if o.Code == code {
			return o
		}
	}
	panic("demo: no organiser has the code " + string(code))
}

// contact is whom to ask about an event of the organiser, on a line of its own.
func contact(o domain.Organiser, phone string) domain.Contact {
	return domain.Contact{
		Name:  "Anmälningsgruppen, " + o.Short,
		Phone: phone,
		Email: o.Email,
	}
}
