package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

// childWord is the first argument of this command when it runs as its own child, with the layer
// below its SQLite.
const childWord = "child"

// runChild lets people register in the real use case on the real store, eight at a time, and writes
// for each who was acknowledged how many operations on the files were over by then.
// args: database file, control file, synchronous ("" as the program does), number of people.
func runChild(ctx context.Context, args []string) error {
	if len(args) != 4 {
		return errors.New("usage: child DATABASE CONTROL SYNCHRONOUS PEOPLE")
	}
	people, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	c, err := openControl(args[1])
	if err != nil {
		return err
	}
	keys, err := auth.New([]byte(secret))
	if err != nil {
		return err
	}
	data, err := store.Open(ctx, store.Options{
		Path: args[0], Migrations: db.Migrations, Chain: keys.Chain, Synchronous: args[2], Unsafe: args[2] != "",
	})
	if err != nil {
		return err
	}
	err = registerAll(ctx, data, keys, c, people)
	return errors.Join(err, data.Close(), c.close())
}

func registerAll(ctx context.Context, data *store.Store, keys *auth.Keys, c *control, people int) error {
	programme := &service.Programme{Store: data, Now: time.Now}
	registrations := &service.Registrations{Store: data, Programme: programme, Keys: keys, Now: time.Now}
	event, err := programme.Event(ctx, slug)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	var said sync.Mutex
	var next atomic.Int64
	var faults [8]error
	var all sync.WaitGroup
	for client := range faults {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= people || faults[client] != nil {
					return
				}
				_, faults[client] = registrations.Register(ctx, domain.Visitor(), service.RegisterInput{
					EventSlug: slug, Key: auth.NewKey(), Entry: entry(i), TermsID: event.Terms.ID, Lang: domain.Swedish, Channel: domain.ChannelWeb,
				})
				over := c.get(slotRecords)
				if faults[client] == nil {
					said.Lock()
					fmt.Fprintf(out, "%d %s\n", over, email(i))
					said.Unlock()
				}
				if i%30 == 29 { // so that the record holds checkpoints too; one that meets a reader is tried again later
					_ = data.FoldLog(ctx)
				}
			}
		})
	}
	all.Wait()
	return errors.Join(append(faults[:], out.Flush())...)
}

func entry(i int) domain.Entry {
	return domain.Entry{
		GivenName: "Åsa", FamilyName: "Öberg-" + letters(i), Email: email(i), Phone: "070-174 06 05", Organisation: "Luleå kommun",
		OrganisationType: string(domain.OrgSocialServices), Title: "socialsekreterare", Municipality: "Luleå",
	}
}
