package service

import (
	"context"
	"strconv"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Templates are the ways of handing out lists that a county has kept, in the order of their names, for
// those who hand out lists there; domain.ErrNotFound for everyone else.
func (s *Exports) Templates(ctx context.Context, a domain.Actor, c domain.OrganiserCode) ([]domain.ListTemplate, error) {
	if !a.MayIn(domain.PermExport, c) {
		return nil, domain.NotFound("list.not_found")
	}
	return s.Store.ListTemplates(ctx, c)
}

// Template is one of them; domain.ErrNotFound where the actor hands out no lists in its county.
func (s *Exports) Template(ctx context.Context, a domain.Actor, id int64) (domain.ListTemplate, error) {
	if err := a.Require(domain.PermExport); err != nil {
		return domain.ListTemplate{}, err
	}
	t, err := s.Store.ListTemplate(ctx, id)
	if err == nil && !a.MayIn(domain.PermExport, t.County) {
		err = domain.NotFound("template.not_found")
	}
	if err != nil {
		return domain.ListTemplate{}, err
	}
	return t, nil
}

const maxTemplateName = 80

// KeepTemplate keeps a spec under a name, in place of the county's earlier one of that name, and answers its
// id. Columns of questions belong to one event and are left out. Errors: domain.ErrNotFound for a county
// where the actor hands out no lists; *domain.Invalid for the field "name" ("field.name.missing",
// "field.name.too_long") and those of domain.ExportSpec.Read.
func (s *Exports) KeepTemplate(ctx context.Context, a domain.Actor, c domain.OrganiserCode, name string, spec domain.ExportSpec) (int64, error) {
	if !a.MayIn(domain.PermExport, c) {
		return 0, domain.NotFound("list.not_found")
	}
	name, ok := domain.CleanLine(name)
	v := &domain.Invalid{}
	switch {
	case !ok:
		v.Add("name", "field.encoding", nil)
	case name == "":
		v.Add("name", "field.name.missing", nil)
	case utf8.RuneCountInString(name) > maxTemplateName:
		v.Add("name", "field.name.too_long", map[string]any{"max": maxTemplateName})
	}
	if err := v.Err(); err != nil {
		return 0, err
	}
	spec.Columns = general(spec.Columns)
	spec.Filter.Session, spec.Filter.Question = 0, 0
	spec, err := spec.Read(nil)
	if err != nil {
		return 0, err
	}
	t := domain.ListTemplate{County: c, Name: name, Spec: spec, UpdatedAt: s.Now(), UpdatedBy: a.Name}
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if t.ID, err = tx.PutListTemplate(ctx, t); err != nil {
			return err
		}
		return tx.Audit(ctx, s.templateLine(a, t, domain.AuditTemplateKept))
	})
	return t.ID, err
}

// general are the columns that every list can have.
func general(columns []domain.ExportColumn) (out []domain.ExportColumn) {
	for _, c := range columns {
		for _, known := range domain.ExportColumns(nil) {
			if c == known {
				out = append(out, c)
			}
		}
	}
	return out
}

// RemoveTemplate removes a county's template; domain.ErrNotFound where the actor hands out no lists there.
func (s *Exports) RemoveTemplate(ctx context.Context, a domain.Actor, id int64) error {
	if err := a.Require(domain.PermExport); err != nil {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		t, err := tx.ListTemplate(ctx, id)
		if err != nil {
			return err
		}
		if !a.MayIn(domain.PermExport, t.County) {
			return domain.NotFound("template.not_found")
		}
		if err := tx.DeleteListTemplate(ctx, id); err != nil {
			return err
		}
		return tx.Audit(ctx, s.templateLine(a, t, domain.AuditTemplateGone))
	})
}

func (s *Exports) templateLine(a domain.Actor, t domain.ListTemplate, what domain.AuditAction) domain.AuditEntry {
	return domain.AuditEntry{
		At: s.Now(), User: a.User, Actor: a.Name, County: t.County, Action: what, Object: auditList,
		ObjectID: strconv.FormatInt(t.ID, 10), Details: map[string]string{"columns": t.Spec.Words()},
	}
}
