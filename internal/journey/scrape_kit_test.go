package journey_test

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// scrape is what Prometheus is told, read by its text format (version 0.0.4) and nothing that wrote it.
type scrape struct {
	kinds   map[string]string  // type by the family's name
	samples map[string]float64 // by name{label="value",…}, labels in order
}

var (
	metricName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
	sampleLine = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$`)
	labelPart  = regexp.MustCompile(`^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)`)
)

// readScrape is strict: a family has one HELP and one TYPE before its samples, which stand together; nothing is told
// twice; counters are whole, positive and named _total; buckets of a histogram rise, up to its count.
func readScrape(text string) (*scrape, error) {
	s := &scrape{kinds: map[string]string{}, samples: map[string]float64{}}
	helped, closed, family := map[string]bool{}, map[string]bool{}, ""
	if !strings.HasSuffix(text, "\n") {
		return nil, fmt.Errorf("the last line is cut")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		words := strings.SplitN(line, " ", 4)
		if words[0] == "#" {
			if len(words) < 4 || !metricName.MatchString(words[2]) {
				return nil, fmt.Errorf("neither HELP nor TYPE: %s", line)
			}
			if name := words[2]; name != family {
				if closed[family] = true; closed[name] {
					return nil, fmt.Errorf("%s comes in two places", name)
				}
				family = name
			}
			switch {
			case words[1] == "HELP" && !helped[family] && s.kinds[family] == "":
				helped[family] = true
			case words[1] == "TYPE" && s.kinds[family] == "" && slices.Contains([]string{"counter", "gauge", "histogram", "summary"}, words[3]):
				s.kinds[family] = words[3]
			default:
				return nil, fmt.Errorf("out of place: %s", line)
			}
			continue
		}
		if err := s.sample(family, line); err != nil {
			return nil, err
		}
	}
	for name, kind := range s.kinds {
		if !helped[name] {
			return nil, fmt.Errorf("%s has no HELP", name)
		}
		if kind == "histogram" {
			if err := s.rises(name); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

func (s *scrape) sample(family, line string) error {
	m := sampleLine.FindStringSubmatch(line)
	if m == nil {
		return fmt.Errorf("no sample: %s", line)
	}
	name, kind := m[1], s.kinds[family]
	value, err := strconv.ParseFloat(m[3], 64)
	if err != nil || math.IsNaN(value) {
		return fmt.Errorf("no number: %s", line)
	}
	ends := []string{""}
	switch kind {
	case "histogram":
		ends = []string{"_bucket", "_sum", "_count"}
	case "summary":
		ends = []string{"", "_sum", "_count"}
	}
	if rest, ok := strings.CutPrefix(name, family); family == "" || kind == "" || !ok || !slices.Contains(ends, rest) {
		return fmt.Errorf("a sample of something else than %q: %s", family, line)
	}
	if kind == "counter" && (value < 0 || !strings.HasSuffix(name, "_total")) {
		return fmt.Errorf("no counter: %s", line)
	}
	var labels []string
	for rest := m[2]; rest != ""; {
		part := labelPart.FindStringSubmatch(rest)
		if part == nil {
			return fmt.Errorf("no labels: %s", line)
		}
		labels, rest = append(labels, part[1]+`="`+part[2]+`"`), rest[len(part[0]):]
	}
	slices.Sort(labels)
	key := name
	if len(labels) > 0 {
		key += "{" + strings.Join(labels, ",") + "}"
	}
	if _, twice := s.samples[key]; twice {
		return fmt.Errorf("told twice: %s", key)
	}
	s.samples[key] = value
	return nil
}

var lastBucket = regexp.MustCompile(`le="([^"]*)",?`)

// rises judges the buckets of a histogram.
func (s *scrape) rises(name string) error {
	type bucket struct{ le, n float64 }
	series := map[string][]bucket{}
	for key, n := range s.samples {
		if !strings.HasPrefix(key, name+"_bucket{") {
			continue
		}
		le, err := strconv.ParseFloat(lastBucket.FindStringSubmatch(key)[1], 64)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		labels := strings.TrimSuffix(lastBucket.ReplaceAllString(strings.TrimPrefix(key, name+"_bucket"), ""), ",}")
		labels = strings.TrimSuffix(labels, "}") + "}"
		if labels == "{}" {
			labels = ""
		}
		series[labels] = append(series[labels], bucket{le, n})
	}
	for labels, all := range series {
		slices.SortFunc(all, func(a, b bucket) int { return int(math.Copysign(1, a.le-b.le)) })
		for i, b := range all {
			if i > 0 && b.n < all[i-1].n {
				return fmt.Errorf("%s%s: fewer at most %g than at most %g", name, labels, b.le, all[i-1].le)
			}
		}
		count, told := s.samples[name+"_count"+labels]
		if last := all[len(all)-1]; !math.IsInf(last.le, 1) || !told || last.n != count {
			return fmt.Errorf("%s%s: the last bucket (%g) holds %g of %g", name, labels, last.le, last.n, count)
		}
		if _, told := s.samples[name+"_sum"+labels]; !told {
			return fmt.Errorf("%s%s has no sum", name, labels)
		}
	}
	return nil
}

func TestScrape_parserIsStrict(t *testing.T) {
	t.Parallel()
	const fine = `# HELP a_total A.
# TYPE a_total counter
a_total{x="1",y="a\"b"} 3
# HELP h H.
# TYPE h histogram
h_bucket{r="x",le="1"} 1
h_bucket{r="x",le="+Inf"} 2
h_sum{r="x"} 3.5
h_count{r="x"} 2
`
	if s, err := readScrape(fine); err != nil || s.samples[`a_total{x="1",y="a\"b"}`] != 3 {
		t.Fatalf("%+v, %v", s, err)
	}
	for name, change := range map[string][2]string{
		"no TYPE":               {"# TYPE a_total counter\n", ""},
		"no HELP":               {"# HELP a_total A.\n", ""},
		"another's sample":      {"a_total{", "b_total{"},
		"no number":             {"} 3\n", "} three\n"},
		"a negative counter":    {"} 3\n", "} -3\n"},
		"a counter by name":     {"a_total", "a"},
		"an open quote":         {`x="1",`, `x="1,`},
		"told twice":            {"h_sum", "h_count"},
		"a falling histogram":   {`le="1"} 1`, `le="1"} 5`},
		"a count beside it":     {`h_count{r="x"} 2`, `h_count{r="x"} 3`},
		"no last bucket":        {"+Inf", "2"},
		"two places":            {"h_count{r=\"x\"} 2\n", "h_count{r=\"x\"} 2\n# HELP a_total A.\n"},
		"cut in the last line":  {"h_count{r=\"x\"} 2\n", "h_count{r=\"x\"} 2"},
		"a line of another art": {"# HELP h H.\n", "# HELP h H.\nhello\n"},
	} {
		if _, err := readScrape(strings.ReplaceAll(fine, change[0], change[1])); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
