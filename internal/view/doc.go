// Package view turns what a handler knows into a page: it parses the templates once for each
// language, gives them their functions, puts the frame around each page, and serves the static
// files. It must not load anything, decide anything or know of requests beyond static files; what a
// page shows is in Page.Body.
//
// # Pages
//
// A page is a file below pages/, named without its ending: "public/home". It defines "content",
// whose dot is the Page with .Lang; what the handler gave is .Body. A page of running text is one
// file per language, pages/public/privacy.sv.html and privacy.en.html, because translators need
// paragraphs; Information is its Body. An error in a template or an escape that html/template
// refuses stops the program at start.
//
//	{{define "content"}}
//	{{template "back" (crumb (path "home") (t "event.back"))}}
//	<h1 {{langof .Body.Event.Title}}>{{in .Body.Event.Title}}</h1>
//	{{end}}
//
// # Functions
//
//	t KEY NAME VALUE …      text of the catalogues; VALUE may be a day, an hour, a number, a Text
//	has KEY                 whether the catalogues have the key
//	lang                    language of the page
//	date dateshort datenoweekday month weekday week    of a Date
//	days FIRST LAST · when EVENT · hours FROM TO · span FROM TO · clock C · instant T · num N
//	newsday TIME            the day of an instant in Stockholm, "29 september 2016"
//	day "2016-12-01"        a Date
//	iso DATE · isoat DATE CLOCK · isoinstant TIME      for datetime attributes
//	in TEXT                 wording in the language of the page, or in Swedish
//	langof TEXT             lang="sv" where the wording is not in the language of the page, else nothing
//	text TEXT               in, inside a span with that lang where needed
//	markdown TEXT [LEVEL]   safe HTML; its highest heading gets LEVEL, 2 where none is given
//	numbers STRING          its telephone, regulation and street numbers kept on one line
//	join LIST               "Luleå, Umeå och Östersund"
//	static NAME             hashed address of a static file
//	path NAME ARG …         address of a route in the language of the page; pathin LANG NAME ARG …
//	abs ADDRESS             with the base address; webcal ADDRESS for calendar subscriptions
//	tel NUMBER · mailto ADDRESS · filesize BYTES
//	icon NAME               drawing of icons/NAME.svg
//	dict NAME VALUE … · crumb URL LABEL · crumbs CRUMB … · notice KIND TITLE TEXT
//
// # Partials
//
//	errors []Fault          summary on top of a page with faults, above the h1
//	form-parts []…          parts of a form: heading, why it is asked, fields
//	person-fields []Field   given and family name beside each other, then the rest
//	field Field             label, hint, error and input, or a fieldset for radios and checkboxes
//	breadcrumbs []Crumb · back Crumb · notice Notice · pages Pages
//	bigdate Event           the large date
//	place Event             venue and street in one line, or that it is to be announced
//	programme Event · speakers []Speaker · venue Venue · access Access
//	terms Event             the binding terms
//	contact Event           whom to ask
//	organiser Organiser     the authority with its phone and mailbox
//	documents []Document
//	feed DICT               a calendar to subscribe to: "path" and "label"
//	header footer           used by the layout alone
//
// The classes that pages may use are told on top of web/static/css/1-base.css. No page has style
// attributes or scripts of its own: the Content-Security-Policy allows neither.
//
// The storybook, testdata/pages/story, shows every part on sample pages. Its test renders them in
// both languages and looks at them in a browser; -story DIR keeps pages and prints, and the
// environment variable TEMADAG_SHOTS names a folder for pictures.
package view
