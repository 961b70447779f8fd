package domain_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

func TestParseOrgNumber(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ typed, number, fault string }{
		"a county administration":       {"202100-2478", "202100-2478", ""},
		"a city":                        {"212000-0142", "212000-0142", ""},
		"a company":                     {"556036-0793", "556036-0793", ""},
		"without the hyphen":            {"5560360793", "556036-0793", ""},
		"with a prefix":                 {"165560360793", "556036-0793", ""},
		"with spaces and a dash":        {" 556036 – 0793 ", "556036-0793", ""},
		"with spaces that do not break": {"556036\u00a00793", "556036-0793", ""},
		"a wrong check figure":          {"202100-2479", "", "wrong"},
		"too short":                     {"202100-247", "", "wrong"},
		"too long":                      {"202100-24780", "", "wrong"},
		"letters":                       {"202100-247A", "", "wrong"},
		"other figures":                 {"٢٠٢١٠٠-٢٤٧٨", "", "wrong"},
		"a personal number":             {"811218-9876", "", "personal"},
		"a personal number, long":       {"19811218-9876", "", "personal"},
		"one of this century":           {"20121212-1212", "", "personal"},
		"a coordination number":         {"811278-9873", "", "personal"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			number, fault := domain.ParseOrgNumber(tt.typed)
			if number != tt.number || fault != tt.fault {
				t.Errorf("ParseOrgNumber(%q) = %q, %q; want %q, %q", tt.typed, number, fault, tt.number, tt.fault)
			}
		})
	}
}

// Each figure that is changed by one, and each two neighbours that change places, is found out: what
// the check figure is for.
func TestParseOrgNumber_findsSlips(t *testing.T) {
	t.Parallel()
	const good = "5560360793"
	for i := range good {
		slip := []byte(good)
		slip[i] = '0' + (slip[i]-'0'+1)%10
		if _, fault := domain.ParseOrgNumber(string(slip)); fault == "" {
			t.Errorf("%s was taken", slip)
		}
	}
	for i := range len(good) - 1 {
		a, b := good[i], good[i+1]
		if a == b || a+b == '0'+'9' { // 09 and 90 is the one swap that the sum cannot see
			continue
		}
		slip := []byte(good)
		slip[i], slip[i+1] = b, a
		if _, fault := domain.ParseOrgNumber(string(slip)); fault == "" {
			t.Errorf("%s was taken", slip)
		}
	}
}

func TestEventReadEntry_invoice(t *testing.T) {
	t.Parallel()
	fee := domain.Event{NoShowFee: 500}
	tests := map[string]struct {
		event domain.Event
		in    domain.InvoiceEntry
		want  domain.Invoice
		told  []string
	}{
		"no fee, nothing is asked or kept": {domain.Event{}, domain.InvoiceEntry{OrgNumber: "x", Reference: "A12"}, domain.Invoice{}, nil},
		"a reference is enough":            {fee, domain.InvoiceEntry{Reference: " A12 "}, domain.Invoice{Reference: "A12"}, nil},
		"everything": {
			fee,
			domain.InvoiceEntry{OrgNumber: "2021002478", Reference: "A12", PeppolID: "0007:2021002478", Address: "Box 1, 971 86 Luleå"},
			domain.Invoice{OrgNumber: "202100-2478", Reference: "A12", PeppolID: "0007:2021002478", Address: "Box 1, 971 86 Luleå"},
			nil,
		},
		"no reference":       {fee, domain.InvoiceEntry{}, domain.Invoice{}, []string{"invoice_reference field.invoice_reference.missing"}},
		"too long":           {fee, domain.InvoiceEntry{Reference: "A", Address: strings.Repeat("å", 121)}, domain.Invoice{}, []string{"invoice_address field.invoice_address.too_long"}},
		"a slip":             {fee, domain.InvoiceEntry{Reference: "A", OrgNumber: "202100-2479"}, domain.Invoice{}, []string{"invoice_org_number field.invoice_org_number.wrong"}},
		"a person's number":  {fee, domain.InvoiceEntry{Reference: "A", OrgNumber: "811218-9876"}, domain.Invoice{}, []string{"invoice_org_number field.invoice_org_number.personal"}},
		"one as a reference": {fee, domain.InvoiceEntry{Reference: "811218-9876"}, domain.Invoice{}, []string{"invoice_reference field.personal_number"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := entry()
			in.Invoice = tt.in
			got, err := tt.event.ReadEntry(in)
			if told := faults(err); !slices.Equal(told, tt.told) {
				t.Fatalf("faults = %q, want %q", told, tt.told)
			}
			if got.Invoice != tt.want {
				t.Errorf("invoice = %+v, want %+v", got.Invoice, tt.want)
			}
		})
	}
}
