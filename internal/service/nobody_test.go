package service_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// everyService is all that takes an actor, over one database.
func everyService(t *testing.T) (*desk, []any) {
	t.Helper()
	d := newDesk(t)
	k := d.kit
	return d, []any{
		d.Accounts, d.outbox, k.Registrations, k.Editing, k.Lists, k.Programme,
		&service.People{Store: k.Store, Registrations: k.Registrations, Now: k.Clock.Now},
		&service.Desk{Store: k.Store, Now: k.Clock.Now},
		&service.Events{Store: k.Store, Registrations: k.Registrations, Now: k.Clock.Now},
		&service.Importing{Store: k.Store, Registrations: k.Registrations, Now: k.Clock.Now},
		&service.Exports{Store: k.Store, Programme: k.Programme, Now: k.Clock.Now},
		&service.Audit{Store: k.Store, Now: k.Clock.Now},
		service.NewNews(k.Store, k.Clock.Now),
		&service.Subscribers{Store: k.Store, Keys: k.Keys, Now: k.Clock.Now},
		&service.Mailings{Store: k.Store, Registrations: k.Registrations, Outbox: d.outbox, Now: k.Clock.Now},
		&service.Automatics{Store: k.Store, Now: k.Clock.Now},
	}
}

// Whoever holds no role gets nothing out of any use case, though every name, link and number is right: each
// begins by asking who it is. The use cases are found by what they take, so that a new one is here from its
// first day.
func TestEveryUseCase_refusesWhoHoldsNoRole(t *testing.T) {
	d, services := everyService(t)
	e := d.kit.AddEvent(t, forGroups("lulea", 20))
	in := testkit.Input(e, testkit.Person(1))
	if _, err := d.kit.Registrations.Register(t.Context(), domain.Visitor(), in); err != nil {
		t.Fatal(err)
	}
	own, err := d.kit.Store.LiveRegistration(t.Context(), e.ID, domain.EmailKey("person1@example.se"))
	if err != nil {
		t.Fatal(err)
	}
	party := several(e, domain.GroupAll, 3, 10)
	if _, err := d.kit.Registrations.RegisterGroup(t.Context(), domain.Visitor(), party); err != nil {
		t.Fatal(err)
	}
	if _, err := d.AddUser(t.Context(), domain.Operator(), service.NewUser{
		Email: "eva@example.se", Name: "Eva", Grants: []domain.Grant{{Role: domain.RoleReader, County: "BD"}}, Silent: true,
	}); err != nil {
		t.Fatal(err)
	}
	words := []string{e.Slug, d.kit.Keys.Link(own.UID, 1), groupLink(d.kit, party), "eva@example.se", own.Ref}
	tried := 0
	for _, s := range services {
		for i := range reflect.TypeOf(s).NumMethod() {
			m := reflect.ValueOf(s).Method(i)
			name := fmt.Sprintf("%T.%s", s, reflect.TypeOf(s).Method(i).Name)
			at := actorAt(m.Type())
			if at < 0 || name == "*service.Programme.Event" {
				continue
			}
			for _, word := range words {
				for _, a := range []domain.Actor{{}, {AllCounties: true}, {County: "BD"}} {
					for _, number := range []int64{1, 2} { // her own registration, and a place of the group
						tried++
						if err := tryAs(t.Context(), m, a, word, number, e); !errors.Is(err, domain.ErrNotFound) {
							t.Errorf("%s answers %+v: %v", name, a, err)
						}
					}
				}
			}
		}
	}
	if tried < 1000 {
		t.Errorf("only %d calls were made", tried)
	}
}

// actorAt is the place of the actor among what a method takes, -1 where it takes none or answers no error.
func actorAt(m reflect.Type) int {
	if m.NumOut() == 0 || m.Out(m.NumOut()-1) != reflect.TypeFor[error]() {
		return -1
	}
	for i := range m.NumIn() {
		if m.In(i) == reflect.TypeFor[domain.Actor]() {
			return i
		}
	}
	return -1
}

// tryAs calls a use case as someone, with a word wherever words are asked for, and a number wherever
// numbers are.
func tryAs(ctx context.Context, m reflect.Value, a domain.Actor, word string, number int64, e domain.Event) error {
	args := make([]reflect.Value, m.Type().NumIn())
	for i := range args {
		typ := m.Type().In(i)
		v := reflect.New(typ).Elem()
		switch {
		case typ == reflect.TypeFor[context.Context]():
			v = reflect.ValueOf(ctx)
		case typ == reflect.TypeFor[domain.Actor]():
			v = reflect.ValueOf(a)
		case typ == reflect.TypeFor[domain.ListScope]():
			v = reflect.ValueOf(domain.ListScope{Event: e.Slug})
		case typ.Kind() == reflect.String:
			v.SetString(word)
		case typ.Kind() == reflect.Int64:
			v.SetInt(number)
		}
		args[i] = v
	}
	call := m.Call
	if m.Type().IsVariadic() {
		call = m.CallSlice
	}
	out := call(args)
	err, _ := out[len(out)-1].Interface().(error)
	return err
}
