package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/temadag/temadag/internal/domain"
)

type organiserRow struct {
	Code         string `db:"code"`
	SCB          string `db:"scb"`
	Slug         string `db:"slug"`
	County       string `db:"county"`
	Name         string `db:"name"`
	Short        string `db:"short"`
	Region       string `db:"region"`
	Town         string `db:"town"`
	Phone        string `db:"phone"`
	Email        string `db:"email"`
	DPO          string `db:"dpo"`
	OrgNumber    string `db:"org_number"`
	MinoritySv   string `db:"minority_sv"`
	MinorityEn   string `db:"minority_en"`
	LegalBasisSv string `db:"legal_basis_sv"`
	LegalBasisEn string `db:"legal_basis_en"`
}

const organiserColumns = `code, scb, slug, county, name, short, region, town, phone, email, dpo, org_number,
  minority_sv, minority_en, legal_basis_sv, legal_basis_en`

func (r organiserRow) organiser() domain.Organiser {
	return domain.Organiser{
		Code: domain.OrganiserCode(r.Code), SCB: r.SCB, Slug: r.Slug, County: r.County, Name: r.Name,
		Short: r.Short, Region: r.Region, Town: r.Town, Phone: r.Phone, Email: r.Email, DPO: r.DPO,
		OrgNumber:  r.OrgNumber,
		Minority:   domain.Text{Sv: r.MinoritySv, En: r.MinorityEn},
		LegalBasis: domain.Text{Sv: r.LegalBasisSv, En: r.LegalBasisEn},
	}
}

// Organisers are all organisers, by code.
func (q Queries) Organisers(ctx context.Context) ([]domain.Organiser, error) {
	var rows []organiserRow
	if err := q.list(ctx, &rows, `SELECT `+organiserColumns+` FROM organisers ORDER BY code LIMIT 1000`); err != nil {
		return nil, fmt.Errorf("store: organisers: %w", err)
	}
	out := make([]domain.Organiser, len(rows))
	for i, r := range rows {
		out[i] = r.organiser()
	}
	return out, nil
}

// PutOrganiser writes an organiser, replacing the one with its code.
func (tx *Tx) PutOrganiser(ctx context.Context, o domain.Organiser) error {
	tx.changes.programme = true
	_, err := tx.exec(ctx, `
INSERT INTO organisers (`+organiserColumns+`)
VALUES (`+marks(16)+`)
ON CONFLICT (code) DO UPDATE SET
  scb = excluded.scb, slug = excluded.slug, county = excluded.county, name = excluded.name, short = excluded.short,
  region = excluded.region, town = excluded.town, phone = excluded.phone, email = excluded.email, dpo = excluded.dpo,
  org_number = excluded.org_number, minority_sv = excluded.minority_sv, minority_en = excluded.minority_en,
  legal_basis_sv = excluded.legal_basis_sv, legal_basis_en = excluded.legal_basis_en`,
		string(o.Code), o.SCB, o.Slug, o.County, o.Name, o.Short, o.Region, o.Town, o.Phone, o.Email, o.DPO,
		o.OrgNumber, o.Minority.Sv, o.Minority.En, o.LegalBasis.Sv, o.LegalBasis.En)
	if err != nil {
		return fmt.Errorf("store: organiser %s: %w", o.Code, err)
	}
	return nil
}

// Setting is a value kept under a name, "" where there is none.
func (q Queries) Setting(ctx context.Context, name string) (string, error) {
	var v string
	err := q.get(ctx, &v, `SELECT value FROM settings WHERE name = ?`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("store: setting %s: %w", name, err)
	}
	return v, nil
}

// PutSetting keeps a value under a name.
func (tx *Tx) PutSetting(ctx context.Context, name, value string) error {
	_, err := tx.exec(ctx, `
INSERT INTO settings (name, value) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	if err != nil {
		return fmt.Errorf("store: setting %s: %w", name, err)
	}
	return nil
}
