// Command temadag is the whole of Temadag in one program: the web server, the worker that sends the
// letters, and the commands for whoever runs it.
//
// It is the only composition root: configuration, flags, signals and the real clock are known here
// and nowhere else, and every room is wired to the others by hand.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

const about = `Registration for theme days, seminars and conferences.

Settings are read from the environment (TEMADAG_*) and may be given as flags. "temadag serve --help"
names them all. Data is kept in the data directory; nothing else is needed.`

// commands are the subcommands with the settings they share.
type commands struct {
	Config

	Serve    serveCommand    `cmd:"" help:"Serve the pages and send the letters."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database's schema up to date. (serve does it too.)"`
	Demo     demoCommand     `cmd:"" help:"Load the demonstration programme with made-up participants."`
	Export   exportCommand   `cmd:"" help:"Write an attendee list to an Excel workbook."`
	User     userCommand     `cmd:"" help:"Make, list and close accounts, and let people in who have lost their way."`
	Copy     copyCommand     `cmd:"" help:"Copy the database from a SQLite file to PostgreSQL, or back, and prove it row by row."`
	Fsck     fsckCommand     `cmd:"" help:"Check that every promise of the database holds."`
	Returned returnedCommand `cmd:"" help:"Read one message that came back, from standard input: for a pipe of the mail server."`
	Doctor   doctorCommand   `cmd:"" help:"Check settings, database, disk and mail server, and say in words what is wrong."`
	Backup   backupCommand   `cmd:"" help:"Copy the database while it is in use, check the copy, and keep it."`
	Restore  restoreCommand  `cmd:"" help:"Bring the database back from a backup, with everything erased since erased again."`
	Held     heldCommand     `cmd:"" help:"Letters that may have gone before a return from a backup: tell, send or drop them."`
	Health   healthCommand   `cmd:"" help:"Ask the server on this machine whether it takes visitors: for the health check of a container."`
	Print    printCommand    `cmd:"" help:"Print what a real installation needs: unit, socket, containerfile or nginx."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first signal ends the program politely; from then on a second one ends it at once.
	context.AfterFunc(ctx, stop)
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "temadag:", err)
		os.Exit(1)
	}
}

// run carries out one command line.
func run(ctx context.Context, args []string) error {
	var c commands
	parser, err := kong.New(&c,
		kong.Name("temadag"), kong.Description(about), kong.ShortUsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.ValueFormatter(withDefault),
	)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		return err
	}
	k.BindTo(ctx, (*context.Context)(nil))
	return k.Run(&c.Config)
}

// withDefault adds to the help of a flag what it is when it is not given.
func withDefault(v *kong.Value) string {
	help := kong.DefaultHelpValueFormatter(v)
	if v.HasDefault {
		help += " Default: " + v.Default + "."
	}
	return help
}
