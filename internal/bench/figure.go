package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// figure is one measured number. Ratio is always Value divided by Floor, so that more is better for
// rates and less is better for seconds and bytes; the aim says which.
type figure struct {
	Name  string
	Value float64
	Unit  string
	Floor float64 // 0 where no floor is measured
	Extra map[string]any
}

func (f *figure) ratio() float64 {
	if f.Floor == 0 {
		return 0
	}
	return f.Value / f.Floor
}

// extra notes a further field of the line.
func (f *figure) extra(key string, value any) {
	if f.Extra == nil {
		f.Extra = map[string]any{}
	}
	f.Extra[key] = value
}

// aim is what a figure is hoped to reach: a bound on its ratio, or on its value where Plain is set.
// The zero aim asks nothing.
type aim struct {
	AtLeast float64
	AtMost  float64
	Plain   bool
}

// judge notes the aim and whether it is met.
func (f *figure) judge(a aim) {
	got, what := f.ratio(), "ratio"
	if a.Plain {
		got, what = f.Value, "value"
	}
	switch {
	case a.AtLeast > 0:
		f.extra("aim", fmt.Sprintf("%s at least %g", what, a.AtLeast))
		f.extra("met", got >= a.AtLeast)
	case a.AtMost > 0:
		f.extra("aim", fmt.Sprintf("%s at most %g", what, a.AtMost))
		f.extra("met", got <= a.AtMost)
	}
}

// report writes figures as JSON lines.
type report struct{ w io.Writer }

func newReport(w io.Writer) *report { return &report{w: w} }

// write prints one figure: the fixed fields first, then the others by name.
func (r *report) write(f *figure) error {
	line := []byte(`{"name":`)
	add := func(prefix string, v any) error {
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("figure %s: %w", f.Name, err)
		}
		line = append(append(line, prefix...), b...)
		return nil
	}
	fields := []struct {
		key   string
		value any
	}{{"", f.Name}, {"value", rounded(f.Value)}, {"unit", f.Unit}}
	if f.Floor != 0 {
		fields = append(fields, struct {
			key   string
			value any
		}{"floor", rounded(f.Floor)}, struct {
			key   string
			value any
		}{"ratio", rounded(f.ratio())})
	}
	for _, k := range slices.Sorted(maps.Keys(f.Extra)) {
		v := f.Extra[k]
		if n, ok := v.(float64); ok {
			v = rounded(n)
		}
		fields = append(fields, struct {
			key   string
			value any
		}{k, v})
	}
	for i, field := range fields {
		prefix := ""
		if i > 0 {
			prefix = `,"` + field.key + `":`
		}
		if err := add(prefix, field.value); err != nil {
			return err
		}
	}
	_, err := r.w.Write(append(line, '}', '\n'))
	return err
}

// rounded keeps four figures: more would promise what a measurement cannot.
func rounded(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// median is the middle of the values, or the mean of the two middle ones; 0 for none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	mid := len(v) / 2
	if len(v)%2 == 1 {
		return v[mid]
	}
	return (v[mid-1] + v[mid]) / 2
}

func roundedAll(values []float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = rounded(v)
	}
	return out
}
