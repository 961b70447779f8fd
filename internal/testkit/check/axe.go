package check

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Axe is axe-core as three JavaScript expressions for a page in a browser. Leave them to the browser's own
// evaluation, which no Content-Security-Policy stops. In a page without timers (JavaScript off) axe-core would
// wait for ever; judge with it on.
type Axe struct {
	Load    string // puts axe-core into the page, and gives true; once for each page, before the others
	Run     string // judges by every rule of WCAG 2.2 A and AA and the best practices, target-size among them
	Colours string // judges by the rules about colour alone
}

// AxeIn is the axe-core of this machine. Run and Colours each give a promise of an AxeResult.
func AxeIn(t testing.TB) Axe {
	t.Helper()
	source, err := os.ReadFile(module(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return Axe{
		Load: string(source) + ";\ntrue",
		Run: axeRun(`
	runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]},
	rules: {"target-size": {enabled: true}},`),
		Colours: axeRun(`runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]},`),
	}
}

// AxeScript is Load and Run in one.
func AxeScript(t testing.TB) string {
	t.Helper()
	axe := AxeIn(t)
	return axe.Load + ";\n" + axe.Run
}

// AxeColours is Load and Colours in one: for a page that has been judged by every rule already, in other
// colours.
func AxeColours(t testing.TB) string {
	t.Helper()
	axe := AxeIn(t)
	return axe.Load + ";\n" + axe.Colours
}

func axeRun(rules string) string {
	return `axe.run(document, {` + rules + `
	resultTypes: ["violations", "incomplete"],
}).then(r => {
	const short = list => list.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.map(n => ({
		Target: n.target.join(" "), HTML: n.html.slice(0, 200), Summary: n.failureSummary || ""}))}));
	return {Violations: short(r.violations), Incomplete: short(r.incomplete), Passes: r.passes.length};
})`
}

// AxeResult is what axe-core said of a page. Incomplete holds what a person must look at.
type AxeResult struct {
	Violations, Incomplete []AxeRule
	Passes                 int
}

// AxeRule is one rule with the elements it concerns.
type AxeRule struct {
	ID, Help string
	Nodes    []struct{ Target, HTML, Summary string }
}

// String is the rule with each element, one a line.
func (r AxeRule) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)", r.ID, r.Help)
	for _, n := range r.Nodes {
		fmt.Fprintf(&b, "\n      %s  %s\n        %s", n.Target, n.HTML, strings.Join(strings.Fields(n.Summary), " "))
	}
	return b.String()
}
