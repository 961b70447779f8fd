package export

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
)

// Plain writes rows of text to out as CSV does: with a head, in UTF-8 with its mark, semicolons between, CRLF
// after, and no cell that is a formula. fill is called once, and calls row for each row.
func Plain(out io.Writer, head []string, fill func(row func(cells []string) error) error) error {
	b := bufio.NewWriter(out)
	if _, err := b.WriteString("\ufeff"); err != nil {
		return fmt.Errorf("export: csv: %w", err)
	}
	w := csv.NewWriter(b)
	w.Comma, w.UseCRLF = ';', true
	if err := w.Write(escaped(head)); err != nil {
		return fmt.Errorf("export: csv: %w", err)
	}
	if err := fill(func(cells []string) error { return w.Write(escaped(cells)) }); err != nil {
		return err
	}
	w.Flush()
	err := w.Error()
	if err == nil {
		err = b.Flush()
	}
	if err != nil {
		return fmt.Errorf("export: csv: %w", err)
	}
	return nil
}
