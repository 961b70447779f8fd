package demo

import "github.com/temadag/temadag/internal/domain"

// answers are what someone answers to the questions: those that may be left are sometimes left.
func answers(d *dice, questions []domain.Question) map[int64][]string {
	out := map[int64][]string{}
	for _, q := range questions {
		if !q.Required && d.chance(35) {
			continue
		}
		out[q.ID] = answer(d, q)
	}
	return out
}

func answer(d *dice, q domain.Question) []string {
	switch q.Kind {
	case domain.QuestionLongText:
		return []string{pick(d, wishes())}
	case domain.QuestionText:
		return []string{pick(d, topics())}
	case domain.QuestionYesNo:
		if d.chance(68) {
			return []string{"yes"}
		}
		return []string{"no"}
	case domain.QuestionChoice:
		return []string{pick(d, q.Choices).Value}
	case domain.QuestionChoices:
		return some(d, q.Choices)
	}
	panic("demo: unknown kind of question " + string(q.Kind))
}

// some is one or more of the choices, in the order they are offered.
func some(d *dice, choices []domain.Choice) []string {
	var out []string
	for _, c := range choices {
		if d.chance(40) {
			out = append(out, c.Value)
		}
	}
	if len(out) == 0 {
		return []string{pick(d, choices).Value}
	}
	return out
}

func wishes() []string {
	return []string{
		"Sätt att ställa frågan utan att det blir stelt.",
		"Något konkret att ta upp på nästa arbetsplatsträff.",
		"Vem jag kan ringa när jag är osäker.",
		"Mer kunskap om männen som köper. Vi pratar nästan aldrig om dem.",
		"Hur vi samarbetar med polisen utan att tappa förtroendet.",
		"Ett gemensamt språk med kollegorna i grannkommunen.",
		"Hur man märker det på nätet.\nOch vad vi får göra när vi märker det.",
		"Exempel från andra små kommuner.",
		"Mod att fråga.",
		"Vad som faktiskt hjälper på lång sikt.",
		"Hur vi pratar med unga killar om sexköp innan det händer.",
		"Underlag till vår handlingsplan.",
		"Sekretessen mellan skola och socialtjänst: vad får jag säga till vem?",
		"How other services talk about this with people who do not speak Swedish.",
	}
}

func topics() []string {
	return []string{
		"Hur gör man när den utsatta inte vill anmäla?",
		"Vad gäller för sekretess mellan oss och polisen?",
		"Finns det behandling för män som köper sex i vårt län?",
		"Hur frågar man en ung person?",
		"Vad gör vi med annonser som vi hittar på nätet?",
		"Hur ser stödet ut efter 18 år?",
		"Tolk i känsliga samtal: vad ska man tänka på?",
		"Hur når vi dem som köper sex utomlands?",
		"Vad kostar det en kommun att inte göra något?",
		"Hur orkar man som personal?",
	}
}
