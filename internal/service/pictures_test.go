package service_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

// corners is a picture with another colour in each corner: red, green, blue and white, clockwise from the
// upper left one.
func corners(w, h int) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, w, h))
	colours := [2][2]color.NRGBA{{{255, 0, 0, 255}, {0, 255, 0, 255}}, {{255, 255, 255, 255}, {0, 0, 255, 255}}}
	for y := range h {
		for x := range w {
			p.SetNRGBA(x, y, colours[2*y/h][2*x/w])
		}
	}
	return p
}

func asJPEG(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, jpeg.Encode(&b, p, nil))
	return b.Bytes()
}

func asPNG(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, png.Encode(&b, p))
	return b.Bytes()
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// withEXIF puts a block of EXIF into a JPEG, with an orientation and a place that must not be told.
func withEXIF(content []byte, orientation int) []byte {
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	tiff = binary.BigEndian.AppendUint16(tiff, uint16(orientation))
	tiff = append(tiff, "\x00\x00\x00\x00\x00\x00GPS 65.584819,22.156703 Kanarie"...)
	part := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, byte((len(part)+2)>>8), byte(len(part)+2))
	return append(append(out, part...), content[2:]...)
}

func decoded(t testing.TB, content []byte) image.Image {
	t.Helper()
	p, _, err := image.Decode(bytes.NewReader(content))
	check(t, err)
	return p
}

// cornersOf are the colours of the corners, clockwise from the upper left one.
func cornersOf(p image.Image) string {
	b := p.Bounds()
	at := func(x, y int) string {
		r, g, bl, _ := p.At(x, y).RGBA()
		switch r, g, bl := r > 0x8000, g > 0x8000, bl > 0x8000; {
		case r && g && bl:
			return "W"
		case r:
			return "R"
		case g:
			return "G"
		case bl:
			return "B"
		}
		return "?"
	}
	l, r, u, d := b.Min.X+b.Dx()/8, b.Max.X-1-b.Dx()/8, b.Min.Y+b.Dy()/8, b.Max.Y-1-b.Dy()/8
	return at(l, u) + at(r, u) + at(r, d) + at(l, d)
}

func TestDrawPicture_sizes(t *testing.T) {
	for name, c := range map[string]struct {
		content []byte
		want    string // widths and heights with the endings
	}{
		"a large photograph":    {asJPEG(t, corners(3000, 2000)), "1600x1066.jpg 800x533.jpg"},
		"a tall one":            {asJPEG(t, corners(900, 2700)), "533x1600.jpg 266x800.jpg"},
		"one between the sizes": {asJPEG(t, corners(1200, 600)), "1200x600.jpg 800x400.jpg"},
		"a small one":           {asJPEG(t, corners(300, 200)), "300x200.jpg"},
		"a drawing":             {asPNG(t, corners(2000, 1000)), "1600x800.png 800x400.png"},
		"a point":               {asPNG(t, corners(1, 1)), "1x1.png"},
		"a line":                {asPNG(t, corners(9000, 1)), "1600x1.png 800x1.png"},
	} {
		p, bytes, err := service.DrawPicture(t.Context(), c.content)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, s := range p.Sizes {
			got = append(got, fmt.Sprintf("%dx%d%s", s.Width, s.Height, s.Name[strings.Index(s.Name, "."):]))
			if b := decoded(t, bytes[s.Name]).Bounds(); b.Dx() != s.Width || b.Dy() != s.Height {
				t.Errorf("%s: %v, told %dx%d", name, b, s.Width, s.Height)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

// A picture stands as the camera was held, and tells nothing of where that was. (The twin is the file as it
// came: it tells, and lies down.)
func TestDrawPicture_forgetsAndTurns(t *testing.T) {
	for orientation, want := range map[int]string{1: "RGBW", 2: "GRWB", 3: "BWRG", 4: "WBGR", 5: "RWBG", 6: "WRGB", 7: "BGRW", 8: "GBWR", 0: "RGBW", 9: "RGBW"} {
		content := withEXIF(asJPEG(t, corners(240, 160)), orientation)
		if !bytes.Contains(content, []byte("Kanarie")) || cornersOf(decoded(t, content)) != "RGBW" {
			t.Fatal("the file does not tell what it should hide: the test proves nothing")
		}
		p, sizes, err := service.DrawPicture(t.Context(), content)
		check(t, err)
		drawn := sizes[p.Sizes[0].Name]
		if got := cornersOf(decoded(t, drawn)); got != want {
			t.Errorf("held as %d it shows %s, want %s", orientation, got, want)
		}
		for _, told := range []string{"Exif", "GPS", "Kanarie", "65.584819"} {
			if bytes.Contains(drawn, []byte(told)) {
				t.Errorf("held as %d it tells %q", orientation, told)
			}
		}
	}
}

// The same picture has the same name, another one another.
func TestDrawPicture_names(t *testing.T) {
	name := func(content []byte) string {
		p, _, err := service.DrawPicture(t.Context(), content)
		check(t, err)
		return p.Sizes[0].Name
	}
	one, again, other := name(asPNG(t, corners(40, 40))), name(asPNG(t, corners(40, 40))), name(asPNG(t, corners(40, 42)))
	if one != again || one == other {
		t.Errorf("names %s, %s, %s", one, again, other)
	}
}

// pngOf is a PNG that says it is so large, with nothing, or little, behind it.
func pngOf(w, h uint32, depth, kind byte, data []byte) []byte {
	out := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(name string, body []byte) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(body)))
		whole := append([]byte(name), body...)
		out = append(out, whole...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(whole))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	chunk("IHDR", append(head, depth, kind, 0, 0, 0))
	chunk("IDAT", data)
	chunk("IEND", nil)
	return out
}

// manyScans is a JPEG that asks for the whole picture to be gone through again and again.
func manyScans(t testing.TB) []byte {
	content := asJPEG(t, corners(64, 64))
	scan := content[bytes.Index(content, []byte{0xff, 0xda}):]
	head := content[:len(content)-len(scan)]
	return append(append([]byte{}, head...), bytes.Repeat(scan[:len(scan)-2], 3000)...)
}

// hostile are files that are no picture to be shown, or want more than a picture may, with the key of what
// is said of each.
func hostile(t testing.TB) map[string]struct {
	content []byte
	want    string
} {
	photo, drawing := asJPEG(t, corners(600, 400)), asPNG(t, corners(600, 400))
	var animated bytes.Buffer
	check(t, gif.Encode(&animated, corners(60, 40), nil))
	huge := append([]byte{}, animated.Bytes()...)
	binary.LittleEndian.PutUint16(huge[6:], 65535)
	binary.LittleEndian.PutUint16(huge[8:], 65535)
	const kind, broken, pixels, large = "news.picture.kind", "news.picture.broken", "news.picture.pixels", "news.picture.large"
	out := map[string]struct {
		content []byte
		want    string
	}{
		"a drawing that is a program":            {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>`), kind},
		"a drawing with a declaration":           {[]byte(`<?xml version="1.0"?><!DOCTYPE svg><svg></svg>`), kind},
		"a page":                                 {[]byte("<!doctype html><script>alert(1)</script>"), kind},
		"a PDF":                                  {[]byte("%PDF-1.7\n1 0 obj"), kind},
		"an archive":                             {[]byte("PK\x03\x04aaaaaaaaaaaa"), kind},
		"a program":                              {[]byte("MZ\x90\x00aaaaaaaaaaaa"), kind},
		"a bitmap":                               {append([]byte("BM"), make([]byte, 60)...), kind},
		"an icon":                                {append([]byte("\x00\x00\x01\x00\x01\x00"), make([]byte, 60)...), kind},
		"a TIFF":                                 {append([]byte("II*\x00\x08\x00\x00\x00"), make([]byte, 60)...), kind},
		"a film":                                 {append([]byte("\x00\x00\x00\x20ftypheic"), make([]byte, 60)...), kind},
		"noise":                                  {bytes.Repeat([]byte{0x5a, 0xa5}, 5000), kind},
		"zeroes":                                 {make([]byte, 5000), kind},
		"a line of text":                         {[]byte("hej"), kind},
		"a page that says it is a GIF":           {[]byte("GIF89a/*<script>alert(1)</script>*/"), pixels},
		"a GIF that says it is enormous":         {huge, pixels},
		"a PNG that says it is enormous":         {pngOf(60_000, 60_000, 8, 6, nil), pixels},
		"a PNG as large as numbers go":           {pngOf(1<<31-1, 1<<31-1, 8, 6, nil), broken},
		"a PNG that is a strip":                  {pngOf(30_000, 1, 8, 6, nil), pixels},
		"a PNG without width":                    {pngOf(0, 10, 8, 6, nil), broken},
		"a deep PNG of half as many points":      {pngOf(6000, 6000, 16, 6, nil), pixels},
		"a PNG with nothing in it":               {pngOf(100, 100, 8, 6, nil), broken},
		"a PNG with noise in it":                 {pngOf(100, 100, 8, 6, []byte("noise")), broken},
		"a PNG of a kind that is none":           {pngOf(10, 10, 7, 9, nil), broken},
		"a PNG of 40 million points with a hole": {pngOf(8000, 5000, 8, 6, []byte{0x78, 0x9c, 0x03, 0x00}), broken},
		"a JPEG that never ends":                 {manyScans(t), broken},
		"a JPEG of two bytes":                    {[]byte{0xff, 0xd8, 0xff}, broken},
		"a WebP that is none":                    {[]byte("RIFF\x00\x01\x00\x00WEBPVP8 \xff\xff\xff\xff"), broken},
		"a WebP that says it is enormous":        {[]byte("RIFF\x24\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff"), broken},
		"more than may be sent":                  {append(photo, make([]byte, service.MaxPicture)...), large},
	}
	for _, share := range []int{2, 3, 10, 50, 90} {
		out[fmt.Sprintf("a JPEG cut at %d %%", share)] = struct {
			content []byte
			want    string
		}{photo[:len(photo)*share/100], broken}
		out[fmt.Sprintf("a PNG cut at %d %%", share)] = struct {
			content []byte
			want    string
		}{drawing[:len(drawing)*share/100], broken}
	}
	return out
}

func TestDrawPicture_refusesWhatIsHostile(t *testing.T) {
	for name, c := range hostile(t) {
		begun := time.Now()
		_, sizes, err := service.DrawPicture(t.Context(), c.content)
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		var invalid *domain.Invalid
		if !errors.As(err, &invalid) || len(invalid.Faults) != 1 || sizes != nil {
			t.Errorf("%s: %v, %d sizes", name, err, len(sizes))
			continue
		}
		if f := invalid.Faults[0]; f.Key != c.want || f.Field != "file" {
			t.Errorf("%s: %s at %s, want %s", name, f.Key, f.Field, c.want)
		}
	}
}

// What hides behind a picture does not come through. The twin: it is there in the file.
func TestDrawPicture_leavesBehindWhatHides(t *testing.T) {
	const canary = "<script>alert('Kanarie')</script>"
	photo := asJPEG(t, corners(64, 48))
	comment := append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, byte(len(canary) + 2)}, canary...)
	for name, content := range map[string][]byte{
		"behind a JPEG":  append(append([]byte{}, photo...), canary...),
		"behind a PNG":   append(asPNG(t, corners(64, 48)), "PK\x03\x04"+canary...),
		"in its comment": append(comment, photo[2:]...),
	} {
		if !bytes.Contains(content, []byte(canary)) {
			t.Fatal("nothing hides there: the test proves nothing")
		}
		_, sizes, err := service.DrawPicture(t.Context(), content)
		check(t, err)
		for _, drawn := range sizes {
			if bytes.Contains(drawn, []byte("Kanarie")) || bytes.Contains(drawn, []byte("script")) {
				t.Errorf("%s: it came through", name)
			}
		}
	}
}

// Whoever leaves does not keep the picture waiting.
func TestDrawPicture_ends(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := service.DrawPicture(ctx, asJPEG(t, corners(600, 400))); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func FuzzDrawPicture(f *testing.F) {
	f.Add(asJPEG(f, corners(20, 10)))
	f.Add(asPNG(f, corners(20, 10)))
	f.Add(withEXIF(asJPEG(f, corners(20, 10)), 6))
	for _, c := range hostile(f) {
		if len(c.content) < 4000 {
			f.Add(c.content)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		p, sizes, err := service.DrawPicture(t.Context(), content)
		if err == nil && (len(p.Sizes) == 0 || len(p.Sizes) != len(sizes)) {
			t.Errorf("%d sizes are told of, %d are there", len(p.Sizes), len(sizes))
		}
	})
}
