package view

import (
	"bytes"
	"embed"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

//go:embed fonts/*.ttf
var fontFiles embed.FS

// SocialPicture is the picture that shared links to a page show: a PNG of 1200 × 630 with the mark,
// the title, the day, the town and who invites. An empty line leaves no gap. A line that is wide is
// set smaller, and past the smallest size told on two lines: of the day, town and organiser nothing
// is left out. It takes some tens of milliseconds, so callers keep it.
func SocialPicture(title, dateLine, townLine, organiser string) ([]byte, error) {
	c, err := newCanvas()
	if err != nil {
		return nil, err
	}
	if err := c.compose(title, dateLine, townLine, organiser); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, c.image); err != nil {
		return nil, fmt.Errorf("view: social picture: %w", err)
	}
	return b.Bytes(), nil
}

const (
	socialWidth  = 1200
	socialHeight = 630
	socialMargin = 84
)

// palette is the light side of the style sheet.
type palette struct{ paper, ink, quiet, accent, faint color.RGBA }

func socialPalette() palette {
	return palette{
		paper: color.RGBA{0xfa, 0xf8, 0xf4, 0xff}, ink: color.RGBA{0x1c, 0x21, 0x27, 0xff},
		quiet: color.RGBA{0x52, 0x5a, 0x63, 0xff}, accent: color.RGBA{0x0a, 0x5c, 0x4a, 0xff},
		faint: color.RGBA{0xdd, 0xe7, 0xe0, 0xff},
	}
}

// canvas is a picture being drawn, with the two families as stacks: a letter the first font lacks
// is taken from the second.
type canvas struct {
	image *image.RGBA
	palette
	serif []*opentype.Font
	sans  []*opentype.Font
}

func newCanvas() (*canvas, error) {
	c := &canvas{image: image.NewRGBA(image.Rect(0, 0, socialWidth, socialHeight)), palette: socialPalette()}
	var err error
	if c.serif, err = readFonts("serif", "serif-ext"); err != nil {
		return nil, err
	}
	if c.sans, err = readFonts("sans", "sans-ext"); err != nil {
		return nil, err
	}
	draw.Draw(c.image, c.image.Bounds(), image.NewUniform(c.paper), image.Point{}, draw.Src)
	return c, nil
}

func readFonts(names ...string) ([]*opentype.Font, error) {
	var fonts []*opentype.Font
	for _, name := range names {
		data, err := fontFiles.ReadFile("fonts/" + name + ".ttf")
		if err != nil {
			return nil, fmt.Errorf("view: social picture: %w", err)
		}
		f, err := opentype.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("view: social picture: %s: %w", name, err)
		}
		fonts = append(fonts, f)
	}
	return fonts, nil
}

func (c *canvas) compose(title, dateLine, townLine, organiser string) error {
	c.horizon(socialWidth-430, 404, 346)
	c.mark(socialMargin, 70, 58)
	name, err := c.face(c.serif, 40)
	if err != nil {
		return err
	}
	c.write(name, c.ink, socialMargin+76, 113, "Temadag")

	const width = socialWidth - 2*socialMargin
	face, lines, size, err := c.fit(strings.TrimSpace(title), width)
	if err != nil {
		return err
	}
	lineHeight := size * 112 / 100
	y := 216 + size*70/100
	for _, line := range lines {
		c.write(face, c.ink, socialMargin, y, line)
		y += lineHeight
	}
	return c.facts([]factLine{
		{organiser, c.sans, 34, c.quiet}, {townLine, c.sans, 34, c.ink}, {dateLine, c.serif, 42, c.accent},
	}, width)
}

// factLine is one line at the foot of the picture.
type factLine struct {
	text  string
	fonts []*opentype.Font
	size  int // where there is room; less where there is not
	color color.RGBA
}

// facts writes the lines at the foot, from the lowest up, so that a missing one leaves no gap. A
// line that would reach over the sun is set smaller, and one that is still wide runs over it.
func (c *canvas) facts(lines []factLine, width int) error {
	y := socialHeight - 66
	for _, line := range lines {
		text := strings.TrimSpace(line.text)
		if text == "" {
			continue
		}
		face, rows, size, err := c.fitFact(line, text, width)
		if err != nil {
			return err
		}
		for i := len(rows) - 1; i >= 0; i-- {
			c.write(face, line.color, socialMargin, y, rows[i])
			y -= size*14/10 + 2
		}
		y -= 4
	}
	return nil
}

// besideTheSun is the width at the foot that the sun leaves free.
const besideTheSun = socialWidth - 2*socialMargin - 400

// smallestFact is the size of letters below which a line is told on two rows instead.
const smallestFact = 24

// fitFact is the line whole: on one row beside the sun if it can be, then over it, then on several.
func (c *canvas) fitFact(line factLine, text string, width int) (*stack, []string, int, error) {
	for _, room := range []int{besideTheSun, width} {
		for size := line.size; size >= smallestFact; size -= 2 {
			face, err := c.face(line.fonts, float64(size))
			if err != nil {
				return nil, nil, 0, err
			}
			if face.width(text) <= room && (room == width || size >= line.size*7/10) {
				return face, []string{text}, size, nil
			}
		}
	}
	face, err := c.face(line.fonts, smallestFact)
	if err != nil {
		return nil, nil, 0, err
	}
	return face, face.wrap(text, width), smallestFact, nil
}

// fit finds the largest size at which the title takes no more room than there is.
func (c *canvas) fit(title string, width int) (*stack, []string, int, error) {
	var face *stack
	var lines []string
	size := 0
	for _, try := range []struct{ size, lines int }{{76, 2}, {64, 3}, {54, 3}, {46, 4}} {
		var err error
		if face, err = c.face(c.serif, float64(try.size)); err != nil {
			return nil, nil, 0, err
		}
		size, lines = try.size, face.wrap(title, width)
		if len(lines) <= try.lines {
			return face, lines, size, nil
		}
	}
	const most = 4
	lines = lines[:most]
	lines[most-1] = face.shorten(lines[most-1]+" …", width)
	return face, lines, size, nil
}

// stack is a family at a size.
type stack struct {
	fonts []*opentype.Font
	faces []font.Face
}

func (c *canvas) face(fonts []*opentype.Font, size float64) (*stack, error) {
	s := &stack{fonts: fonts}
	for _, f := range fonts {
		face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return nil, fmt.Errorf("view: social picture: %w", err)
		}
		s.faces = append(s.faces, face)
	}
	return s, nil
}

// of is the first face that has the letter, or the first of all.
func (s *stack) of(r rune) font.Face {
	for i, f := range s.fonts {
		if g, err := f.GlyphIndex(nil, r); err == nil && g != 0 {
			return s.faces[i]
		}
	}
	return s.faces[0]
}

// each goes through the letters of text with the place where each stands.
func (s *stack) each(text string, visit func(face font.Face, r rune, at fixed.Int26_6)) fixed.Int26_6 {
	var x fixed.Int26_6
	var last font.Face
	var before rune
	for _, r := range text {
		face := s.of(r)
		if face == last {
			x += face.Kern(before, r)
		}
		visit(face, r, x)
		if advance, ok := face.GlyphAdvance(r); ok {
			x += advance
		}
		last, before = face, r
	}
	return x
}

func (s *stack) width(text string) int {
	return s.each(text, func(font.Face, rune, fixed.Int26_6) {}).Ceil()
}

// nbsp is the space that no line is broken at.
const nbsp = '\u00a0'

// wrap breaks text into lines no wider than width, at spaces; a word that is wider stands alone.
func (s *stack) wrap(text string, width int) []string {
	var lines []string
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r != nbsp && unicode.IsSpace(r) }) {
		if n := len(lines); n > 0 && s.width(lines[n-1]+" "+word) <= width {
			lines[n-1] += " " + word
			continue
		}
		lines = append(lines, s.shorten(word, width))
	}
	return lines
}

// shorten is text, or as much of its beginning as there is room for.
func (s *stack) shorten(text string, width int) string {
	if s.width(text) <= width {
		return text
	}
	letters := []rune(text)
	for len(letters) > 0 && s.width(string(letters)+"…") > width {
		letters = letters[:len(letters)-1]
	}
	return strings.TrimSpace(string(letters)) + "…"
}

func (c *canvas) write(s *stack, ink color.RGBA, x, y int, text string) {
	source := image.NewUniform(ink)
	s.each(text, func(face font.Face, r rune, at fixed.Int26_6) {
		dot := fixed.Point26_6{X: fixed.I(x) + at, Y: fixed.I(y)}
		box, mask, corner, _, ok := face.Glyph(dot, r)
		if ok {
			draw.DrawMask(c.image, box, source, image.Point{}, mask, corner, draw.Over)
		}
	})
}

// mark draws the mark of icons/mark.svg, size pixels wide.
func (c *canvas) mark(x, y, size int) {
	p := c.pen(x, y, float32(size)/32)
	p.leaf(2, 2, 28, 6, 5, 0)
	p.leaf(2, 10.2, 28, 19.8, 0, 5)
	p.fill(c.accent)
	p.sun(16, 21.6, 7.5)
	p.box(5.5, 23.8, 21, 2.1)
	p.fill(c.paper)
}

// horizon draws the sun of the mark over its horizon, large and faint.
func (c *canvas) horizon(x, y, width int) {
	p := c.pen(x, y, float32(width)/336)
	p.sun(168, 100, 90)
	p.box(0, 116, 336, 14)
	p.box(48, 143, 240, 10)
	p.box(104, 166, 128, 6)
	p.fill(c.faint)
}

// pen gathers shapes and fills them.
type pen struct {
	c     *canvas
	r     *vector.Rasterizer
	x, y  float32
	scale float32
}

func (c *canvas) pen(x, y int, scale float32) *pen {
	return &pen{c: c, r: vector.NewRasterizer(socialWidth, socialHeight), x: float32(x), y: float32(y), scale: scale}
}

func (p *pen) at(x, y float32) (float32, float32) { return p.x + x*p.scale, p.y + y*p.scale }

func (p *pen) box(x, y, w, h float32) {
	p.r.MoveTo(p.at(x, y))
	p.r.LineTo(p.at(x+w, y))
	p.r.LineTo(p.at(x+w, y+h))
	p.r.LineTo(p.at(x, y+h))
	p.r.ClosePath()
}

// leaf is a box whose upper and lower corners are rounded by so much.
func (p *pen) leaf(x, y, w, h, upper, lower float32) {
	const k = 1 - 0.5522848
	p.r.MoveTo(p.at(x+upper, y))
	p.r.LineTo(p.at(x+w-upper, y))
	p.cube(x+w-upper*k, y, x+w, y+upper*k, x+w, y+upper)
	p.r.LineTo(p.at(x+w, y+h-lower))
	p.cube(x+w, y+h-lower*k, x+w-lower*k, y+h, x+w-lower, y+h)
	p.r.LineTo(p.at(x+lower, y+h))
	p.cube(x+lower*k, y+h, x, y+h-lower*k, x, y+h-lower)
	p.r.LineTo(p.at(x, y+upper))
	p.cube(x, y+upper*k, x+upper*k, y, x+upper, y)
	p.r.ClosePath()
}

// sun is the upper half of a disc whose middle is x, y.
func (p *pen) sun(x, y, radius float32) {
	const k = 0.5522848 // a quarter of a circle as one cubic curve
	p.r.MoveTo(p.at(x-radius, y))
	p.cube(x-radius, y-k*radius, x-k*radius, y-radius, x, y-radius)
	p.cube(x+k*radius, y-radius, x+radius, y-k*radius, x+radius, y)
	p.r.ClosePath()
}

func (p *pen) cube(bx, by, cx, cy, dx, dy float32) {
	bx, by = p.at(bx, by)
	cx, cy = p.at(cx, cy)
	dx, dy = p.at(dx, dy)
	p.r.CubeTo(bx, by, cx, cy, dx, dy)
}

func (p *pen) fill(ink color.RGBA) {
	p.r.Draw(p.c.image, p.c.image.Bounds(), image.NewUniform(ink), image.Point{})
	p.r.Reset(socialWidth, socialHeight)
}
