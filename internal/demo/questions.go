package demo

import "github.com/temadag/temadag/internal/domain"

// numbered hands out the provisional ids of the questions.
type numbered struct{ last int64 }

func (n *numbered) assign(questions []domain.Question) []domain.Question {
	for i := range questions {
		n.last++
		questions[i].ID = n.last
		questions[i].Position = i + 1
	}
	return questions
}

func askTakeHome() domain.Question {
	return domain.Question{
		Kind:  domain.QuestionLongText,
		Label: text("Vad vill du helst få med dig hem?", "What would you most like to take home?"),
		Hint:  text("Skriv inget som handlar om en enskild person.", "Do not write anything about an individual."),
	}
}

func askTopic() domain.Question {
	return domain.Question{
		Kind:  domain.QuestionText,
		Label: text("Har du en fråga som du vill att vi tar upp?", "Do you have a question you would like us to address?"),
		Hint:  text("Skriv inget som handlar om en enskild person.", "Do not write anything about an individual."),
	}
}

func askTravel() domain.Question {
	return domain.Question{
		Kind:  domain.QuestionChoice,
		Label: text("Hur tar du dig dit?", "How will you travel?"),
		Hint:  text("Svaren hjälper oss att lägga tiderna rätt.", "The answers help us set the right hours."),
		Choices: []domain.Choice{
			{Value: "train", Label: text("Tåg", "Train")},
			{Value: "bus", Label: text("Buss", "Bus")},
			{Value: "car", Label: text("Bil", "Car")},
			{Value: "shared_car", Label: text("Samåkning i bil", "Shared car")},
			{Value: "near", Label: text("Till fots eller med cykel", "On foot or by bicycle")},
		},
	}
}

func askParts() domain.Question {
	return domain.Question{
		Kind:  domain.QuestionChoices,
		Label: text("Vilka delar är viktigast för dig?", "Which parts matter most to you?"),
		Hint:  text("Du kan välja flera.", "You may choose several."),
		Choices: []domain.Choice{
			{Value: "research", Label: text("Forskningen om dem som köper", "Research on those who buy")},
			{Value: "talking", Label: text("Samtal med den som köper", "Talking with those who buy")},
			{Value: "support", Label: text("Stöd till den som är utsatt", "Support for those affected")},
			{Value: "law", Label: text("Lagen och sekretessen", "The law and confidentiality")},
			{Value: "network", Label: text("Att träffa andra i länet", "Meeting others in the county")},
		},
	}
}

func askOften() domain.Question {
	return domain.Question{
		Kind:     domain.QuestionChoice,
		Label:    text("Hur ofta möter du frågan i ditt arbete?", "How often do you meet the issue in your work?"),
		Required: true,
		Choices: []domain.Choice{
			{Value: "weekly", Label: text("Varje vecka", "Every week")},
			{Value: "sometimes", Label: text("Någon gång ibland", "Now and then")},
			{Value: "not_yet", Label: text("Inte än, vad jag vet", "Not yet, as far as I know")},
		},
	}
}

func askListed() domain.Question {
	return domain.Question{
		Kind:  domain.QuestionYesNo,
		Label: text("Vill du stå med i deltagarförteckningen som delas ut under dagen?", "Would you like to be in the list of participants handed out on the day?"),
		Hint:  text("Förteckningen visar namn, titel och arbetsplats. Du väljer själv, och kan ändra dig senare.", "The list shows name, title and workplace. It is your choice, and you can change your mind later."),
	}
}
