package main

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"
)

func TestReportWrite(t *testing.T) {
	tests := map[string]struct {
		figure figure
		aim    aim
		want   string
	}{
		"a rate with a floor and an aim that is met": {
			figure{Name: "a", Value: 150.04, Unit: "x/s", Floor: 200},
			aim{AtLeast: 0.6},
			`{"name":"a","value":150,"unit":"x/s","floor":200,"ratio":0.7502,"aim":"ratio at least 0.6","met":true}`,
		},
		"seconds beside a floor that is much faster": {
			figure{Name: "b", Value: 3, Unit: "s", Floor: 1},
			aim{AtMost: 2},
			`{"name":"b","value":3,"unit":"s","floor":1,"ratio":3,"aim":"ratio at most 2","met":false}`,
		},
		"a value without a floor": {
			figure{Name: "c", Value: 20, Unit: "MB"},
			aim{AtMost: 40, Plain: true},
			`{"name":"c","value":20,"unit":"MB","aim":"value at most 40","met":true}`,
		},
		"nothing asked": {figure{Name: "d", Value: 1, Unit: "s"}, aim{}, `{"name":"d","value":1,"unit":"s"}`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			tc.figure.judge(tc.aim)
			if err := newReport(&b).write(&tc.figure); err != nil {
				t.Fatal(err)
			}
			if got := b.String(); got != tc.want+"\n" {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if !json.Valid(b.Bytes()) {
				t.Error("the line is no JSON")
			}
		})
	}
}

func TestRounded(t *testing.T) {
	for in, want := range map[float64]float64{
		0: 0, 12345.6: 12350, 0.0012349: 0.001235, -9876.5: -9877, math.Inf(1): 0,
	} {
		if got := rounded(in); math.Abs(got-want) > math.Abs(want)*1e-9 {
			t.Errorf("rounded(%v) = %v, want %v", in, got, want)
		}
	}
}

func TestMedian(t *testing.T) {
	tests := map[string]struct {
		in   []float64
		want float64
	}{
		"none": {nil, 0}, "one": {[]float64{7}, 7}, "odd": {[]float64{9, 1, 5}, 5}, "even": {[]float64{1, 9, 3, 5}, 4},
	}
	for name, tc := range tests {
		if got := median(tc.in); got != tc.want {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
}

func TestPercentile(t *testing.T) {
	var r loadResult
	for i := range 100 {
		r.Waits = append(r.Waits, time.Duration(i+1))
	}
	for p, want := range map[float64]time.Duration{0: 1, 0.5: 51, 0.99: 100, 1: 100} {
		if got := r.percentile(p); got != want {
			t.Errorf("percentile(%v) = %v, want %v", p, got, want)
		}
	}
}

func TestChoose(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range benchmarks() {
		if seen[b.name] || b.run == nil {
			t.Errorf("the figure %q stands twice or cannot be taken", b.name)
		}
		seen[b.name] = true
	}
	if _, err := choose("no such figure"); err == nil {
		t.Error("a pattern that no figure has is no error")
	}
	if got, err := choose("^list_"); err != nil || len(got) != 4 {
		t.Errorf("choose(^list_) = %d figures, %v", len(got), err)
	}
}
