package service

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"image"
	"image/color"
	_ "image/gif" // only its first picture is read
	"image/jpeg"
	"image/png"
	"io"
	"time"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // as telephones and other sites hand them out

	"github.com/temadag/temadag/internal/domain"
)

// An uploaded picture is never shown. It is read and drawn anew, smaller, so that nothing of the file
// reaches a visitor: no place where it was taken, no hidden file behind it, no fault in it that a browser
// stumbles over.

// The limits of a picture that is uploaded.
const (
	MaxPicture = 10 << 20 // bytes

	maxPixels    = 40_000_000 // beyond that a small file can fill the memory
	maxSide      = 20_000
	maxScans     = 40 // a JPEG has a dozen; each more is work for the whole picture
	pictureTime  = 20 * time.Second
	wideSide     = 1600
	narrowSide   = 800
	jpegQuality  = 82
	largestPNG   = 600 << 10 // beyond that a drawing without holes is better as a photograph
	pictureField = "file"
)

// draw is a picture drawn anew in the sizes that pages show, with the bytes of each by its name. One at a
// time, since one takes memory. Faults, for "file": "news.picture.large", "news.picture.kind" (not a picture
// that we read), "news.picture.pixels" and "news.picture.broken".
func (s *News) draw(ctx context.Context, content []byte) (domain.Picture, map[string][]byte, error) {
	select {
	case s.pictures <- struct{}{}:
		defer func() { <-s.pictures }()
	case <-ctx.Done():
		return domain.Picture{}, nil, ctx.Err()
	}
	return DrawPicture(ctx, content)
}

// DrawPicture is draw without waiting for others.
func DrawPicture(ctx context.Context, content []byte) (domain.Picture, map[string][]byte, error) {
	none := func(key string) (domain.Picture, map[string][]byte, error) {
		v := &domain.Invalid{}
		v.Add(pictureField, key, map[string]any{"max": MaxPicture >> 20, "pixels": maxPixels / 1_000_000})
		return domain.Picture{}, nil, v.Err()
	}
	if len(content) > MaxPicture {
		return none("news.picture.large")
	}
	config, kind, err := image.DecodeConfig(bytes.NewReader(content))
	switch {
	case errors.Is(err, image.ErrFormat):
		return none("news.picture.kind")
	case err != nil || config.Width < 1 || config.Height < 1:
		return none("news.picture.broken")
	case config.Width > maxSide || config.Height > maxSide || config.Width*config.Height > maxPixels/deep(config.ColorModel):
		return none("news.picture.pixels")
	case kind == "jpeg" && bytes.Count(content, []byte{0xff, 0xda}) > maxScans:
		return none("news.picture.broken")
	}
	timed, cancel := context.WithTimeout(ctx, pictureTime)
	defer cancel()
	read, _, err := image.Decode(&patient{timed, bytes.NewReader(content)})
	switch {
	case ctx.Err() != nil:
		return domain.Picture{}, nil, ctx.Err()
	case err != nil:
		return none("news.picture.broken")
	}
	turn := 1
	if kind == "jpeg" {
		turn = orientation(content)
	}
	return inSizes(read, turn, kind != "jpeg")
}

// deep is how many times more memory a pixel takes than usual.
func deep(m color.Model) int {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model, color.Gray16Model:
		return 2
	}
	return 1
}

// patient reads until its time is over.
type patient struct {
	ctx context.Context
	r   io.Reader
}

// Read is of the reader below while there is time.
func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

func inSizes(read image.Image, turn int, drawn bool) (domain.Picture, map[string][]byte, error) {
	var p domain.Picture
	sizes := make(map[string][]byte)
	from := read
	for _, side := range []int{wideSide, narrowSide} {
		small := shrink(from, side)
		if from == read {
			small = turned(small, turn)
		} else if small.Bounds().Dx() == from.Bounds().Dx() {
			break // it was narrow already
		}
		from = small
		content, ending, err := encoded(small, drawn)
		if err != nil {
			return domain.Picture{}, nil, err
		}
		sum := sha256.Sum256(content)
		size := domain.PictureSize{Name: hex.EncodeToString(sum[:16]) + ending, Width: small.Bounds().Dx(), Height: small.Bounds().Dy()}
		p.Sizes, sizes[size.Name] = append(p.Sizes, size), content
	}
	p.Width, p.Height = p.Sizes[0].Width, p.Sizes[0].Height
	return p, sizes, nil
}

// shrink is the picture at most so many pixels wide and high.
func shrink(from image.Image, side int) *image.NRGBA {
	b := from.Bounds()
	w, h := b.Dx(), b.Dy()
	if long := max(w, h); long > side {
		w, h = max(1, w*side/long), max(1, h*side/long)
	}
	to := image.NewNRGBA(image.Rect(0, 0, w, h))
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(to, to.Bounds(), from, b.Min, draw.Src)
		return to
	}
	from = coarse(from, min(b.Dx(), b.Dy(), max(b.Dx(), b.Dy())/side))
	draw.BiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Src, nil)
	return to
}

// coarse is the picture with each square of n by n pixels as one: what is left for the finer way takes less
// memory by far.
func coarse(from image.Image, n int) image.Image {
	if n < 2 {
		return from
	}
	b := from.Bounds()
	w, h := b.Dx()/n, b.Dy()/n
	to, rows := image.NewRGBA(image.Rect(0, 0, w, h)), image.NewRGBA(image.Rect(0, 0, b.Dx(), n))
	for y := range h {
		draw.Draw(rows, rows.Bounds(), from, image.Pt(b.Min.X, b.Min.Y+y*n), draw.Src)
		for x := range w {
			var sum [4]int
			for row := range n {
				at := rows.PixOffset(x*n, row)
				for i, v := range rows.Pix[at : at+4*n] {
					sum[i%4] += int(v)
				}
			}
			for i, v := range sum {
				to.Pix[to.PixOffset(x, y)+i] = uint8(v / (n * n))
			}
		}
	}
	return to
}

// turned is the picture as the camera was held (the eight orientations of EXIF; 1 is upright).
func turned(from *image.NRGBA, orientation int) *image.NRGBA {
	if orientation < 2 || orientation > 8 {
		return from
	}
	w, h := from.Bounds().Dx(), from.Bounds().Dy()
	to := image.NewNRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		to = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(to.Pix[to.PixOffset(tx, ty):][:4], from.Pix[from.PixOffset(x, y):][:4])
		}
	}
	return to
}

// encoded is the picture as a file: a drawing as PNG, where it has holes or is small so, everything else
// as JPEG.
func encoded(p *image.NRGBA, drawn bool) (content []byte, ending string, err error) {
	var b bytes.Buffer
	if drawn {
		if err := png.Encode(&b, p); err != nil {
			return nil, "", err
		}
		if !p.Opaque() || b.Len() <= largestPNG {
			return b.Bytes(), ".png", nil
		}
		b.Reset()
	}
	err = jpeg.Encode(&b, p, &jpeg.Options{Quality: jpegQuality})
	return b.Bytes(), ".jpg", err
}

// orientation is how the camera was held, as a JPEG tells it; 1 where it does not.
func orientation(content []byte) int {
	for rest := content[min(2, len(content)):]; len(rest) >= 4 && rest[0] == 0xff; {
		kind, length := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		if kind == 0xda || length < 2 || len(rest) < 2+length {
			return 1
		}
		part := rest[4 : 2+length]
		if tiff, ok := bytes.CutPrefix(part, []byte("Exif\x00\x00")); kind == 0xe1 && ok {
			return turnIn(tiff)
		}
		rest = rest[2+length:]
	}
	return 1
}

// turnIn finds the orientation in the first directory of an EXIF block.
func turnIn(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 1
		}
		const tag = 0x0112
		if order.Uint16(entries) == tag {
			return int(order.Uint16(entries[8:]))
		}
		entries = entries[12:]
	}
	return 1
}
