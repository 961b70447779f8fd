// Package auth makes and reads everything that is secret or signed: the tokens of forms, the links
// to personal pages, and the bytes that are kept sealed. It is the only maker of tokens.
//
// It must not know of HTTP or of the database. All of it hangs on one secret, which lives outside
// the database: whoever has read the database alone can open no personal page and read no letter.
package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"sync"
	"time"
)

// SecretSize is the least number of bytes New takes.
const SecretSize = 32

// Keys signs and seals. It is safe for use by several goroutines.
type Keys struct {
	form, link, letter *signer
	seal               cipher.AEAD
	returns, address   *signer
	subscriber         *signer
}

// signer makes MACs with one key. Making the state for a key costs more than using it, so states are
// used again.
type signer struct{ states sync.Pool }

func newSigner(key []byte) *signer {
	return &signer{states: sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

// New derives the keys of each purpose from one secret of at least SecretSize bytes (HKDF, RFC
// 5869), so that a token made for one purpose means nothing to another.
func New(secret []byte) (*Keys, error) {
	if len(secret) < SecretSize {
		return nil, fmt.Errorf("auth: the secret has %d bytes, at least %d are needed", len(secret), SecretSize)
	}
	derive := func(purpose string) []byte {
		key, err := hkdf.Key(sha256.New, secret, nil, "temadag "+purpose, 32)
		if err != nil {
			panic("auth: hkdf: " + err.Error()) // 32 bytes of SHA-256 are always to be had
		}
		return key
	}
	block, err := aes.NewCipher(derive("seal"))
	if err != nil {
		return nil, fmt.Errorf("auth: cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("auth: gcm: %w", err)
	}
	return &Keys{
		form: newSigner(derive("form")), link: newSigner(derive("link")), letter: newSigner(derive("letter")), seal: aead,
		returns: newSigner(derive("returns")), address: newSigner(derive("address")),
		subscriber: newSigner(derive("subscriber")),
	}, nil
}

// NewSecret is a fresh random secret.
func NewSecret() []byte {
	b := make([]byte, SecretSize)
	fill(b)
	return b
}

// encoding has neither padding nor capitals, so that a token survives being typed and mailed.
var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func fill(b []byte) {
	if _, err := rand.Read(b); err != nil {
		panic("auth: no randomness: " + err.Error())
	}
}

// mac signs the parts, each with its length, so that no two lists of parts read the same.
func (s *signer) mac(size int, parts ...[]byte) []byte {
	h := s.states.Get().(hash.Hash)
	defer s.states.Put(h)
	h.Reset()
	for _, p := range parts {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(p)))
		h.Write(n[:])
		h.Write(p)
	}
	return h.Sum(nil)[:size]
}

// Form tokens.

const (
	keySize     = 16
	formMACSize = 16
	formSize    = keySize + 8 + formMACSize
	// FormLife is how long a form may lie open before it is shown once more with a new token. It is
	// long on purpose: people are called away (WCAG 2.2.1).
	FormLife = 24 * time.Hour
)

// The two ways in which a form token can fail.
var (
	ErrForged  = errors.New("auth: the form token is not ours")
	ErrExpired = errors.New("auth: the form token is too old")
)

// FormToken is a signed token for one visit to the form of the named event. It carries a fresh
// submission key, which makes repeats of the same form harmless, and the time it was made.
func (k *Keys) FormToken(event string, now time.Time) string {
	var b [formSize]byte
	fill(b[:keySize])
	return k.signForm(&b, event, now)
}

// RenewFormToken is a token with the same submission key and a new time.
func (k *Keys) RenewFormToken(event, key string, now time.Time) (string, error) {
	raw, err := encoding.DecodeString(key)
	if err != nil || len(raw) != keySize {
		return "", ErrForged
	}
	var b [formSize]byte
	copy(b[:], raw)
	return k.signForm(&b, event, now), nil
}

func (k *Keys) signForm(b *[formSize]byte, event string, now time.Time) string {
	binary.BigEndian.PutUint64(b[keySize:], uint64(now.Unix()))
	copy(b[keySize+8:], k.form.mac(formMACSize, b[:keySize+8], []byte(event)))
	return encoding.EncodeToString(b[:])
}

// ReadFormToken is the submission key of a token and the time it was made. The error is ErrForged
// or, with the key and time still told, ErrExpired.
func (k *Keys) ReadFormToken(event, token string, now time.Time) (key string, made time.Time, err error) {
	b, err := encoding.DecodeString(token)
	if err != nil || len(b) != formSize {
		return "", time.Time{}, ErrForged
	}
	if subtle.ConstantTimeCompare(b[keySize+8:], k.form.mac(formMACSize, b[:keySize+8], []byte(event))) != 1 {
		return "", time.Time{}, ErrForged
	}
	made = time.Unix(int64(binary.BigEndian.Uint64(b[keySize:])), 0)
	key = encoding.EncodeToString(b[:keySize])
	if now.Sub(made) > FormLife || made.Sub(now) > time.Minute {
		return key, made, ErrExpired
	}
	return key, made, nil
}

// Keys of submissions and links to personal pages.

const (
	uidSize     = 16
	linkMACSize = 20 // 160 bits, unguessable
)

// UID is what the database knows a submission by: a hash, so that the database does not open the
// receipt. Any string may be a submission key.
func UID(key string) []byte {
	h := sha256.Sum256([]byte("temadag submission " + key))
	return h[:uidSize]
}

// NewKey is a fresh submission key, for registrations that do not come from a form.
func NewKey() string {
	var b [keySize]byte
	fill(b[:])
	return encoding.EncodeToString(b[:])
}

// Link is the unguessable token of the personal page of the registration with this UID. Raising
// the version kills every earlier link. It is derived, never stored: the database holds LinkHash.
func (k *Keys) Link(uid []byte, version int) string {
	return encoding.EncodeToString(append(append([]byte{}, uid...), k.linkMAC(uid, version)...))
}

func (k *Keys) linkMAC(uid []byte, version int) []byte {
	var v [8]byte
	binary.BigEndian.PutUint64(v[:], uint64(version))
	return k.link.mac(linkMACSize, uid, v[:])
}

// ReadLink is the UID that a link names and the hash of the link, to be compared with the stored
// one by SameHash; false where it is no link at all.
func ReadLink(token string) (uid, hash []byte, ok bool) {
	b, err := encoding.DecodeString(token)
	if err != nil || len(b) != uidSize+linkMACSize {
		return nil, nil, false
	}
	return b[:uidSize], LinkHash(token), true
}

// LinkHash is what the database keeps of a link.
func LinkHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// SameHash compares two hashes in time that does not depend on them.
func SameHash(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// MessageID is the local part of a letter's Message-ID: opaque, and the same each time it is asked
// for the same registration and kind.
func (k *Keys) MessageID(uid []byte, kind string, version int) string {
	var v [8]byte
	binary.BigEndian.PutUint64(v[:], uint64(version))
	return encoding.EncodeToString(k.letter.mac(15, uid, []byte(kind), v[:]))
}

// Seal encrypts bytes that are kept at rest (AES-256-GCM). The context binds them to their place;
// Open with another context fails.
func (k *Keys) Seal(plain []byte, context string) []byte {
	nonce := make([]byte, k.seal.NonceSize(), k.seal.NonceSize()+len(plain)+k.seal.Overhead())
	fill(nonce)
	return k.seal.Seal(nonce, nonce, plain, []byte(context))
}

// Open is what Seal was given, or an error where the bytes, the context or the secret differ.
func (k *Keys) Open(sealed []byte, context string) ([]byte, error) {
	n := k.seal.NonceSize()
	if len(sealed) < n {
		return nil, errors.New("auth: sealed bytes are too short")
	}
	plain, err := k.seal.Open(nil, sealed[:n], sealed[n:], []byte(context))
	if err != nil {
		return nil, fmt.Errorf("auth: open: %w", err)
	}
	return plain, nil
}

// Fingerprint tells secrets apart without telling anything of them.
func (k *Keys) Fingerprint() string {
	return encoding.EncodeToString(k.letter.mac(10, []byte("fingerprint")))
}
