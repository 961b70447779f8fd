package domain

import "strings"

// Invoice is where a fee for someone who stays away would be sent. It is asked only where
// the event has such a fee.
type Invoice struct {
	OrgNumber string `json:"org_number,omitempty"` // NNNNNN-NNNN, checked
	Reference string `json:"reference,omitempty"`
	PeppolID  string `json:"peppol_id,omitempty"`
	Address   string `json:"address,omitempty"`
}

// InvoiceEntry is an invoice block as it was typed.
type InvoiceEntry struct {
	OrgNumber string
	Reference string
	PeppolID  string
	Address   string
}

// AsksInvoice reports whether the event can lead to an invoice.
func (e Event) AsksInvoice() bool { return e.NoShowFee > 0 }

// MaxInvoice is the longest line of an invoice block.
const MaxInvoice = 120

// readInvoice checks what was typed where the event asks for it. A reference is required; a company
// number that looks like a personal number is refused: sole traders give a reference alone.
func (e Event) readInvoice(v *Invalid, in InvoiceEntry) Invoice {
	if !e.AsksInvoice() {
		return Invoice{}
	}
	out := Invoice{
		Reference: readLine(v, "invoice_reference", in.Reference, MaxInvoice, true),
		PeppolID:  readLine(v, "invoice_peppol", in.PeppolID, MaxInvoice, false),
		Address:   readLine(v, "invoice_address", in.Address, MaxInvoice, false),
	}
	if strings.TrimSpace(in.OrgNumber) == "" {
		return out
	}
	var fault string
	if out.OrgNumber, fault = ParseOrgNumber(in.OrgNumber); fault != "" {
		v.Add("invoice_org_number", "field.invoice_org_number."+fault, nil)
	}
	return out
}

// ParseOrgNumber is a Swedish organisation number written NNNNNN-NNNN, with or without hyphen and
// the prefix 16. The fault is "wrong", or "personal" where the third digit tells that it is a
// person's number; "" where there is none.
func ParseOrgNumber(s string) (number, fault string) {
	s, _ = CleanLine(s) // a number is often pasted, with spaces and hyphens of every kind
	s = strings.NewReplacer("-", "", " ", "", "–", "", "\u2010", "", "\u2011", "", "\u2212", "").Replace(s)
	if len(s) == 12 && strings.HasPrefix(s, "16") {
		s = s[2:]
	}
	if len(s) == 12 && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20")) {
		return "", "personal"
	}
	if len(s) != 10 || strings.Trim(s, "0123456789") != "" {
		return "", "wrong"
	}
	if s[2] < '2' {
		return "", "personal"
	}
	sum := 0
	for i, c := range s {
		d := int(c - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	if sum%10 != 0 {
		return "", "wrong"
	}
	return s[:6] + "-" + s[6:], ""
}
