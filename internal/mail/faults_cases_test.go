package mail_test

import (
	"crypto/tls"
	"strings"
	"testing"
	"time"
)

func at(phase, what string) script { return script{do: map[string]string{phase: what}} }

// faultsBefore are those before the first letter, on a connection that is not encrypted.
func faultsBefore(t *testing.T) map[string]outcomeOf {
	t.Helper()
	const (
		greeting = "the mail server refuses to talk to us"
		silent   = "the mail server does not greet us"
		signIn   = "the mail server refuses the sign-in"
		inSignIn = "the connection broke during sign-in"
	)
	signing := func(what string) script {
		return script{do: map[string]string{"AUTH": what}, ehlo: []string{"AUTH PLAIN", "PIPELINING"}}
	}
	return map[string]outcomeOf{
		"connect: refused":                 {off: true, fate: again, reason: "the mail server cannot be reached"},
		"banner: 421":                      {script: at("banner", "421 4.3.2 too busy"), fate: again, reason: greeting + " for now", code: 421, status: "4.3.2"},
		"banner: 421, once":                {script: script{do: map[string]string{"banner": "421 4.3.2 too busy"}, times: 1}, fate: again, reason: greeting + " for now", code: 421, status: "4.3.2"},
		"banner: 450":                      {script: at("banner", "450 not now"), fate: again, reason: greeting + " for now", code: 450},
		"banner: 554":                      {script: at("banner", "554 5.7.1 you are on a list"), fate: everything, reason: greeting, code: 554, status: "5.7.1"},
		"banner: dropped":                  {script: at("banner", drop), fate: again, reason: silent},
		"banner: silence":                  {script: at("banner", hang), fate: again, reason: silent},
		"banner: another protocol":         {script: at("banner", garbage), fate: again, reason: silent},
		"banner: not a greeting":           {script: at("banner", "250 hello"), fate: again, reason: "the mail server answers out of turn", code: 250},
		"banner: slow":                     {script: script{slow: "banner", lateBy: 30 * time.Millisecond}, fate: taken, copies: 1},
		"EHLO: 421":                        {script: at("EHLO", "421 4.7.0 too many connections"), fate: again, reason: greeting + " for now", code: 421, status: "4.7.0"},
		"EHLO: 451":                        {script: at("EHLO", "451 4.3.0 later"), fate: again, reason: greeting + " for now", code: 451, status: "4.3.0"},
		"EHLO: 550":                        {script: at("EHLO", "550 5.7.1 bad name"), fate: everything, reason: greeting, code: 550, status: "5.7.1"},
		"EHLO: 502, only HELO":             {script: script{do: map[string]string{"EHLO": "502 5.5.1 what?"}, times: 1}, fate: taken, copies: 1},
		"EHLO: dropped":                    {script: at("EHLO", drop), fate: again, reason: silent},
		"EHLO: silence":                    {script: at("EHLO", hang), fate: again, reason: silent},
		"EHLO: another protocol":           {script: at("EHLO", garbage), fate: again, reason: silent},
		"EHLO: slow":                       {script: script{slow: "EHLO", lateBy: 30 * time.Millisecond}, fate: taken, copies: 1},
		"AUTH: 535":                        {script: signing("535 5.7.8 bad credentials"), user: true, fate: everything, reason: signIn, code: 535, status: "5.7.8"},
		"AUTH: 534":                        {script: signing("534 5.7.9 too weak"), user: true, fate: everything, reason: signIn, code: 534, status: "5.7.9"},
		"AUTH: 538":                        {script: signing("538 5.7.11 encrypt first"), user: true, fate: everything, reason: signIn, code: 538, status: "5.7.11"},
		"AUTH: 454":                        {script: signing("454 4.7.0 the directory is away"), user: true, fate: again, reason: signIn + " for now", code: 454, status: "4.7.0"},
		"AUTH: 421":                        {script: signing("421 4.7.0 too many tries"), user: true, fate: again, reason: signIn + " for now", code: 421, status: "4.7.0"},
		"AUTH: 500":                        {script: signing("500 5.5.6 line"), user: true, fate: everything, reason: signIn, code: 500, status: "5.5.6"},
		"AUTH: dropped":                    {script: signing(drop), user: true, fate: again, reason: inSignIn},
		"AUTH: silence":                    {script: signing(hang), user: true, fate: again, reason: inSignIn},
		"AUTH: another protocol":           {script: signing(garbage), user: true, fate: again, reason: inSignIn},
		"AUTH: not offered":                {script: script{ehlo: []string{"PIPELINING"}}, user: true, fate: everything, reason: "the mail server offers no way to sign in that we know", next: everything},
		"AUTH: none that we know":          {script: script{ehlo: []string{"AUTH GSSAPI NTLM"}}, user: true, fate: everything, reason: "the mail server offers no way to sign in that we know", next: everything},
		"AUTH: not asked for, but needed":  {script: at("MAIL", "530 5.7.0 sign in first"), fate: everything, reason: "the mail server refuses the sender", code: 530, status: "5.7.0"},
		"AUTH: needed, said to the RCPT":   {script: at("RCPT", "530 5.7.0 sign in first"), fate: everything, reason: "the mail server refuses the recipient", code: 530, status: "5.7.0"},
		"AUTH: needed, said with no 5.7.0": {script: at("RCPT", "530 sign in first"), fate: everything, reason: "the mail server refuses the recipient", code: 530},
	}
}

// faultsInTLS are those of encryption, begun by STARTTLS or from the first byte.
func faultsInTLS(t *testing.T) map[string]outcomeOf {
	t.Helper()
	const (
		untrusted = "the mail server cannot be trusted: its certificate or encryption does not hold"
		refuses   = "the mail server refuses encryption"
		broke     = "the connection broke while encryption began"
	)
	day := 24 * time.Hour
	good, roots := selfSigned(t, "127.0.0.1", time.Now().Add(-day), time.Now().Add(day))
	other, otherRoots := selfSigned(t, "other.example.se", time.Now().Add(-day), time.Now().Add(day))
	expired, expiredRoots := selfSigned(t, "127.0.0.1", time.Now().Add(-2*day), time.Now().Add(-day))
	early, earlyRoots := selfSigned(t, "127.0.0.1", time.Now().Add(day), time.Now().Add(2*day))
	old := good.Clone()
	old.MaxVersion = tls.VersionTLS11
	starting := func(phase, what string) script { return script{do: map[string]string{phase: what}, tls: good} }
	both := func(out map[string]outcomeOf, name string, c outcomeOf) {
		out["STARTTLS: "+name] = c
		c.script.implicit = true
		out["TLS: "+name] = c
	}
	out := map[string]outcomeOf{
		"STARTTLS: 454":                    {script: starting("STARTTLS", "454 4.7.0 not now"), roots: roots, fate: again, reason: refuses + " for now", code: 454, status: "4.7.0"},
		"STARTTLS: 421":                    {script: starting("STARTTLS", "421 4.3.2 closing"), roots: roots, fate: again, reason: refuses + " for now", code: 421, status: "4.3.2"},
		"STARTTLS: 502":                    {script: starting("STARTTLS", "502 5.5.1 what?"), roots: roots, fate: everything, reason: refuses, code: 502, status: "5.5.1"},
		"STARTTLS: 554":                    {script: starting("STARTTLS", "554 5.7.3 no"), roots: roots, fate: everything, reason: refuses, code: 554, status: "5.7.3"},
		"STARTTLS: dropped":                {script: starting("STARTTLS", drop), roots: roots, fate: again, reason: broke},
		"STARTTLS: silence":                {script: starting("STARTTLS", hang), roots: roots, fate: again, reason: broke},
		"STARTTLS: another protocol":       {script: starting("STARTTLS", garbage), roots: roots, fate: again, reason: broke},
		"STARTTLS: well":                   {script: script{tls: good}, roots: roots, fate: taken, copies: 1},
		"TLS: well":                        {script: script{tls: good, implicit: true}, roots: roots, fate: taken, copies: 1},
		"EHLO again: 421":                  {script: starting("EHLO again", "421 4.3.2 closing"), roots: roots, fate: again, reason: refuses + " for now", code: 421, status: "4.3.2"},
		"EHLO again: 550":                  {script: starting("EHLO again", "550 5.7.1 no"), roots: roots, fate: everything, reason: refuses, code: 550, status: "5.7.1"},
		"EHLO again: dropped":              {script: starting("EHLO again", drop), roots: roots, fate: again, reason: broke},
		"EHLO again: silence":              {script: starting("EHLO again", hang), roots: roots, fate: again, reason: broke},
		"EHLO again: another protocol":     {script: starting("EHLO again", garbage), roots: roots, fate: again, reason: broke},
		"TLS: only a protocol of old":      {script: script{tls: old, implicit: true}, roots: roots, fate: everything, reason: untrusted, next: everything},
		"STARTTLS: only a protocol of old": {script: script{tls: old}, roots: roots, fate: everything, reason: untrusted, next: everything},
	}
	both(out, "handshake dropped", outcomeOf{script: script{tls: good, handTLS: drop}, roots: roots, fate: again, reason: broke})
	both(out, "handshake not answered", outcomeOf{script: script{tls: good, handTLS: hang}, roots: roots, fate: again, reason: broke})
	both(out, "handshake in the clear", outcomeOf{script: script{tls: good, handTLS: garbage}, roots: roots, fate: everything, reason: untrusted})
	both(out, "nobody's certificate", outcomeOf{script: script{tls: good}, roots: otherRoots, fate: everything, reason: untrusted, next: everything})
	both(out, "another's name", outcomeOf{script: script{tls: other}, roots: otherRoots, fate: everything, reason: untrusted, next: everything})
	both(out, "expired", outcomeOf{script: script{tls: expired}, roots: expiredRoots, fate: everything, reason: untrusted, next: everything})
	both(out, "not valid yet", outcomeOf{script: script{tls: early}, roots: earlyRoots, fate: everything, reason: untrusted, next: everything})
	return out
}

// faultsInTheLetter are those from MAIL to the final dot, each with and without pipelining.
func faultsInTheLetter() map[string]outcomeOf {
	const (
		from, to, message = "the mail server refuses the sender", "the mail server refuses the recipient", "the mail server refuses the message"
		before            = "the connection broke before the message"
		unknown           = "no answer after the message: it may have arrived"
	)
	cases := map[string]outcomeOf{
		"MAIL: 421":                     {script: at("MAIL", "421 4.3.2 closing"), fate: again, reason: from + " for now", code: 421, status: "4.3.2"},
		"MAIL: 451":                     {script: at("MAIL", "451 4.3.0 later"), fate: again, reason: from + " for now", code: 451, status: "4.3.0"},
		"MAIL: 452, disk full":          {script: at("MAIL", "452 4.3.1 no room"), fate: again, reason: from + " for now", code: 452, status: "4.3.1"},
		"MAIL: 550 5.7.1":               {script: at("MAIL", "550 5.7.1 not from here"), fate: everything, reason: from, code: 550, status: "5.7.1"},
		"MAIL: 553 5.1.8":               {script: at("MAIL", "553 5.1.8 no such sender"), fate: everything, reason: from, code: 553, status: "5.1.8"},
		"MAIL: 550 5.1.1":               {script: at("MAIL", "550 5.1.1 no such sender"), fate: everything, reason: from, code: 550, status: "5.1.1"},
		"MAIL: 552, too large":          {script: at("MAIL", "552 5.3.4 too large"), fate: fails, reason: from, code: 552, status: "5.3.4"},
		"MAIL: 555":                     {script: at("MAIL", "555 5.5.4 parameters"), fate: fails, reason: from, code: 555, status: "5.5.4"},
		"MAIL: dropped":                 {script: at("MAIL", drop), fate: again, reason: before},
		"MAIL: silence":                 {script: at("MAIL", hang), fate: again, reason: before},
		"MAIL: another protocol":        {script: at("MAIL", garbage), fate: again, reason: before},
		"RCPT: greylisted, then taken":  {script: script{do: map[string]string{"RCPT": "450 4.7.1 greylisted"}, times: 1}, fate: again, reason: to + " for now", code: 450, status: "4.7.1"},
		"RCPT: 421":                     {script: at("RCPT", "421 4.7.0 too fast"), fate: again, reason: to + " for now", code: 421, status: "4.7.0"},
		"RCPT: 450, no status":          {script: at("RCPT", "450 busy"), fate: again, reason: to + " for now", code: 450},
		"RCPT: 452, mailbox full":       {script: at("RCPT", "452 4.2.2 full"), fate: again, reason: to + " for now", code: 452, status: "4.2.2"},
		"RCPT: 550 5.1.1":               {script: at("RCPT", "550 5.1.1 unknown"), fate: noAddress, reason: to, code: 550, status: "5.1.1"},
		"RCPT: 550 5.1.2":               {script: at("RCPT", "550 5.1.2 no such domain"), fate: noAddress, reason: to, code: 550, status: "5.1.2"},
		"RCPT: 550 5.1.10":              {script: at("RCPT", "556 5.1.10 null MX"), fate: noAddress, reason: to, code: 556, status: "5.1.10"},
		"RCPT: 553 5.1.3":               {script: at("RCPT", "553 5.1.3 bad address"), fate: noAddress, reason: to, code: 553, status: "5.1.3"},
		"RCPT: 550 5.2.1":               {script: at("RCPT", "550 5.2.1 disabled"), fate: noAddress, reason: to, code: 550, status: "5.2.1"},
		"RCPT: 552 5.2.2":               {script: at("RCPT", "552 5.2.2 full"), fate: fails, reason: to, code: 552, status: "5.2.2"},
		"RCPT: 550, no status":          {script: at("RCPT", "550 no such user"), fate: fails, reason: to, code: 550},
		"RCPT: 550 5.7.1":               {script: at("RCPT", "550 5.7.1 not from you"), fate: policy, reason: to, code: 550, status: "5.7.1"},
		"RCPT: 550 5.7.133":             {script: at("RCPT", "550 5.7.133 members only"), fate: policy, reason: to, code: 550, status: "5.7.133"},
		"RCPT: 550 5.1.8":               {script: at("RCPT", "550 5.1.8 sender's domain"), fate: everything, reason: to, code: 550, status: "5.1.8"},
		"RCPT: dropped":                 {script: at("RCPT", drop), fate: again, reason: before},
		"RCPT: silence":                 {script: at("RCPT", hang), fate: again, reason: before},
		"RCPT: another protocol":        {script: at("RCPT", garbage), fate: again, reason: before},
		"DATA: 421":                     {script: at("DATA", "421 4.3.2 closing"), fate: again, reason: message + " for now", code: 421, status: "4.3.2"},
		"DATA: 451":                     {script: at("DATA", "451 4.3.0 later"), fate: again, reason: message + " for now", code: 451, status: "4.3.0"},
		"DATA: 554":                     {script: at("DATA", "554 5.5.1 no recipients"), fate: fails, reason: message, code: 554, status: "5.5.1"},
		"DATA: 550 5.7.1":               {script: at("DATA", "550 5.7.1 policy"), fate: policy, reason: message, code: 550, status: "5.7.1"},
		"DATA: 250":                     {script: at("DATA", "250 what?"), fate: again, reason: "the mail server answers out of turn", code: 250},
		"DATA: dropped":                 {script: at("DATA", drop), fate: again, reason: before},
		"DATA: silence":                 {script: at("DATA", hang), fate: again, reason: before},
		"in DATA: dropped at once":      {script: script{cutBody: 1}, fate: again, reason: unknown},
		"in DATA: dropped in the text":  {script: script{cutBody: 100}, fate: again, reason: unknown},
		"in DATA: dropped, much to say": {script: script{cutBody: 5000}, body: identified + strings.Repeat("Rad efter rad.\r\n", 200_000), fate: again, reason: unknown},
		"in DATA: 421":                  {script: script{cutBody: 20, cutSays: "421 4.3.2 closing"}, fate: again, reason: message + " for now", code: 421, status: "4.3.2"},
		"in DATA: 552":                  {script: script{cutBody: 20, cutSays: "552 5.3.4 too large"}, fate: fails, reason: message, code: 552, status: "5.3.4"},
		"dot: dropped":                  {script: at("dot", drop), fate: again, reason: unknown, copies: 1},
		"dot: silence":                  {script: at("dot", hang), fate: again, reason: unknown, copies: 1},
		"dot: another protocol":         {script: at("dot", garbage), fate: again, reason: unknown, copies: 1},
		"dot: slow":                     {script: script{dotDelay: 50 * time.Millisecond}, fate: taken, copies: 1},
		"dot: 421":                      {script: at("dot", "421 4.3.2 closing"), fate: again, reason: message + " for now", code: 421, status: "4.3.2"},
		"dot: greylisted, then taken":   {script: script{do: map[string]string{"dot": "451 4.7.1 greylisted"}, times: 1}, fate: again, reason: message + " for now", code: 451, status: "4.7.1"},
		"dot: 452":                      {script: at("dot", "452 4.3.1 no room"), fate: again, reason: message + " for now", code: 452, status: "4.3.1"},
		"dot: 554":                      {script: at("dot", "554 5.6.0 not so"), fate: fails, reason: message, code: 554, status: "5.6.0"},
		"dot: 554 5.7.1":                {script: at("dot", "554 5.7.1 unwanted"), fate: policy, reason: message, code: 554, status: "5.7.1"},
		"dot: 550 5.1.1":                {script: at("dot", "550 5.1.1 unknown"), fate: noAddress, reason: message, code: 550, status: "5.1.1"},
	}
	out := make(map[string]outcomeOf, 2*len(cases))
	for name, c := range cases {
		out[name] = c
		c.script.ehlo = []string{"8BITMIME"}
		out[name+", one command at a time"] = c
	}
	return out
}

// faultsAfter are those that come when the letter has been decided, and those that the server need not be
// asked for.
func faultsAfter() map[string]outcomeOf {
	out := map[string]outcomeOf{
		"SMTPUTF8: not offered, not needed": {script: script{ehlo: []string{"8BITMIME"}}, to: "anna@sjö.example.se", fate: taken, copies: 1},
		"SMTPUTF8: not offered, needed":     {script: script{ehlo: []string{"8BITMIME"}}, to: "bjö@example.se", fate: fails, reason: "the mail server cannot carry addresses with other letters than a to z before the at sign", status: "5.6.7", next: fails},
		"SMTPUTF8: offered":                 {script: script{ehlo: []string{"8BITMIME", "SMTPUTF8"}}, to: "bjö@example.se", fate: taken, copies: 1},
		"SIZE: too large":                   {script: script{ehlo: []string{"SIZE 40"}}, fate: fails, reason: "the message is larger than the mail server allows", status: "5.3.4", next: fails},
		"SIZE: just fits":                   {script: script{ehlo: []string{"SIZE 4000"}}, fate: taken, copies: 1},
		"8BITMIME: not offered, needed":     {script: script{ehlo: []string{"PIPELINING"}}, body: identified + "å\r\n", fate: fails, reason: "the mail server cannot carry the message unencoded", status: "5.6.3", next: fails},
		"an address that is none":           {to: "anna@", fate: noAddress, reason: "the recipient's address is no address", status: "5.1.3", next: noAddress},
	}
	for name, what := range map[string]string{"dropped": drop, "silence": hang, "another protocol": garbage, "421": "421 4.3.2 closing", "500": "500 5.5.2 what?"} {
		out["RSET after a refusal: "+name] = outcomeOf{
			script: script{do: map[string]string{"RCPT": "450 4.2.1 busy", "RSET": what}}, fate: again,
			reason: "the mail server refuses the recipient for now", code: 450, status: "4.2.1",
		}
		out["QUIT: "+name] = outcomeOf{script: at("QUIT", what), fate: taken, copies: 1}
	}
	return out
}
