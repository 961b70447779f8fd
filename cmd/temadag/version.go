package main

import (
	"fmt"
	"runtime"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// Stamped by the linker from git; see the Makefile.
var (
	version = "unknown"
	commit  = "unknown"
	date    = "unknown"
)

type versionCommand struct{}

// Run prints the version of the program and of what it is built with.
func (versionCommand) Run() error {
	engine, _, _ := sqlite3.Version()
	fmt.Printf("temadag %s\ncommit  %s, %s\n%s, SQLite %s\n", version, commit, date, runtime.Version(), engine)
	return nil
}
