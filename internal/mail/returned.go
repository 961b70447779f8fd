package mail

import (
	"bufio"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"net/textproto"
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// MostReturned is how much is read of a message that came back, in bytes. Whoever can send mail to us can
// send this.
const MostReturned = 1 << 20

const (
	mostParts  = 20
	mostBlocks = 50
)

// ErrNoReturn is the error for a message that tells nothing of a letter of ours.
var ErrNoReturn = errors.New("mail: the message tells nothing of a letter")

// ReadReturned reads a message that came to the address for what comes back: a delivery status notification
// (RFC 3464) or an automatic reply (RFC 3834). It is read by its fields alone, never by its wording. To is
// every address that it may have been sent to; whether one of them is ours the caller finds out. A message
// that is neither, or is more than can be read, is ErrNoReturn.
func ReadReturned(r io.Reader) (domain.Returned, error) {
	m, err := netmail.ReadMessage(io.LimitReader(bufio.NewReader(r), MostReturned))
	if err != nil {
		return domain.Returned{}, ErrNoReturn
	}
	out := domain.Returned{To: addressees(m.Header)}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	report := kind == "multipart/report" && strings.EqualFold(params["report-type"], "delivery-status")
	if err == nil && (report || kind == "multipart/mixed") { // OpenSMTPD calls it mixed
		if out.Kind, out.Status = deliveryStatus(m.Body, params["boundary"]); out.Kind != "" {
			return out, nil
		}
		if report {
			return out, ErrNoReturn
		}
	}
	if auto, _, _ := strings.Cut(m.Header.Get("Auto-Submitted"), ";"); strings.EqualFold(strings.TrimSpace(auto), "auto-replied") {
		out.Kind = domain.ReturnReply
		return out, nil
	}
	return out, ErrNoReturn
}

// addressees are the addresses in the header fields that tell where a message was delivered.
func addressees(h netmail.Header) []string {
	var out []string
	for _, name := range []string{"X-Original-To", "Delivered-To", "Envelope-To", "To"} {
		for _, value := range h[textproto.CanonicalMIMEHeaderKey(name)] {
			list, err := netmail.ParseAddressList(value)
			if err != nil {
				continue
			}
			for _, a := range list {
				out = append(out, a.Address)
			}
		}
		if len(out) > 20 {
			break
		}
	}
	return out[:min(len(out), 20)]
}

// deliveryStatus is what the part for machines says of the one recipient of each of our letters; "" where
// it says nothing that matters.
func deliveryStatus(body io.Reader, boundary string) (domain.ReturnKind, string) {
	if boundary == "" {
		return "", ""
	}
	parts := multipart.NewReader(body, boundary)
	for range mostParts {
		p, err := parts.NextRawPart()
		if err != nil {
			return "", ""
		}
		kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil || kind != "message/delivery-status" && kind != "message/global-delivery-status" {
			continue
		}
		return statusBlocks(textproto.NewReader(bufio.NewReader(p)))
	}
	return "", ""
}

// statusBlocks reads the block about the message, and then those about its recipients.
func statusBlocks(r *textproto.Reader) (domain.ReturnKind, string) {
	for range mostBlocks {
		block, err := r.ReadMIMEHeader()
		status := statusOf(strings.TrimSpace(block.Get("Status")))
		switch strings.ToLower(strings.TrimSpace(block.Get("Action"))) {
		case "failed":
			if !strings.HasPrefix(status, "5.") && !strings.HasPrefix(status, "4.") { // 4.x: given up after trying for days
				return "", ""
			}
			return domain.ReturnFailed, status
		case "delayed":
			return domain.ReturnDelayed, status
		}
		if err != nil {
			return "", ""
		}
	}
	return "", ""
}
