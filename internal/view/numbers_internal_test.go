package view

import "testing"

// TestNumbersAreKeptWhole also shows what is no such number and stays as it is.
func TestNumbersAreKeptWhole(t *testing.T) {
	keep := numbers()
	const open, end = `<span class="nowrap">`, `</span>`
	tests := map[string]string{
		"Ring 070-174 06 30 innan":         "Ring " + open + "070-174 06 30" + end + " innan",
		"ring +46 70 174 06 30.":           "ring " + open + "+46 70 174 06 30" + end + ".",
		"enligt RA-FS 2021:6, beslut":      "enligt " + open + "RA-FS 2021:6" + end + ", beslut",
		"dnr 801-4183-2026.":               "dnr " + open + "801-4183-2026" + end + ".",
		"Clarion Sense, Prästgatan 16 B":   "Clarion Sense, " + open + "Prästgatan 16 B" + end,
		"raderas 23 februari 2017 & sedan": "raderas 23 februari 2017 &amp; sedan",
	}
	for text, want := range tests {
		if got := string(keep(text)); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
