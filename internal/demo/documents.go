package demo

import (
	"embed"

	"github.com/temadag/temadag/internal/domain"
)

//go:embed files/*.pdf
var embedded embed.FS

// themeDayDocuments are the papers beside a theme day. Each event has its own slugs, since a
// document belongs to one event.
func themeDayDocuments(event string) []domain.Document {
	return []domain.Document{
		document(event+"-forbered-dig", "forbered-dig.pdf", domain.Swedish, text(
			`Förbered dig: frågor att ta med till dagen`,
			`Prepare yourself: questions to bring to the day`)),
		document(event+"-prepare", "prepare-yourself.pdf", domain.English, text(
			`Förbered dig: frågor att ta med till dagen`,
			`Prepare yourself: questions to bring to the day`)),
	}
}

func document(slug, file string, lang domain.Lang, title domain.Text) domain.Document {
	return domain.Document{
		Slug:     slug,
		Title:    title,
		Filename: file,
		MIME:     "application/pdf",
		Size:     int64(len(bytesOf(file))),
		Lang:     lang,
	}
}

// files gathers the bytes of every document that c offers.
func files(c Content) map[string][]byte {
	out := map[string][]byte{}
	add := func(documents []domain.Document) {
		for _, d := range documents {
			out[d.Slug] = bytesOf(d.Filename)
		}
	}
	for _, e := range c.AllEvents() {
		add(e.Documents)
	}
	for _, n := range c.News {
		add(n.Documents)
	}
	return out
}

func bytesOf(file string) []byte {
	b, err := embedded.ReadFile("files/" + file)
	if err != nil {
		panic("demo: " + err.Error())
	}
	return b
}
