// Package web carries the templates, the texts and the static files inside the program. It has no
// behaviour: internal/view, internal/i18n and internal/mail read what is here.
//
// A folder pattern leaves out names that begin with a full stop or an underscore, so no file here
// has such a name.
package web

import (
	"embed"
	"io/fs"
)

//go:embed templates locales static
var files embed.FS

// Templates is the folder of the page and letter templates.
func Templates() fs.FS { return sub("templates") }

// Locales is the folder of the catalogues, one folder per language.
func Locales() fs.FS { return sub("locales") }

// Static is the folder of the style sheets, fonts, pictures and scripts.
func Static() fs.FS { return sub("static") }

func sub(name string) fs.FS {
	f, err := fs.Sub(files, name)
	if err != nil {
		panic("web: " + err.Error()) // the name is a constant above
	}
	return f
}
