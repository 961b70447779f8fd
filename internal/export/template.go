package export

import (
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// textCells is the number format of cells that stay as they are typed: telephone numbers keep their zero.
const textCells = 49

// Template writes a workbook to be filled in: one sheet with the heads, and every column as text.
func Template(w io.Writer, sheet string, heads []string) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := fillTemplate(f, sheet, heads); err != nil {
		return fmt.Errorf("export: template: %w", err)
	}
	return f.Write(w)
}

func fillTemplate(f *excelize.File, sheet string, heads []string) error {
	if err := f.SetSheetName(f.GetSheetName(0), sheet); err != nil {
		return err
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: textCells})
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{NumFmt: textCells, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	for i, head := range heads {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err == nil {
			err = errors.Join(f.SetColStyle(sheet, column, text), f.SetColWidth(sheet, column, column, 24),
				f.SetCellStr(sheet, column+"1", head), f.SetCellStyle(sheet, column+"1", column+"1", bold))
		}
		if err != nil {
			return err
		}
	}
	return f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}
