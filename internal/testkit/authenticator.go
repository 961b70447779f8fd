package testkit

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"
)

// Authenticator is a device that makes passkeys and signs with them (WebAuthn level 3), in software. Its
// fields may be changed to make it lie.
type Authenticator struct {
	Origin  string
	RPID    string // "" for the one that is asked for
	Counter uint32
	Absent  bool // nobody touches it
	Unasked bool // it does not ask who holds it

	key    *ecdsa.PrivateKey
	id     []byte
	handle []byte
}

type asked struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		RPID      string `json:"rpId"`
		RP        struct {
			ID string `json:"id"`
		} `json:"rp"`
		User struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"publicKey"`
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Create answers navigator.credentials.create: a new passkey.
func (a *Authenticator) Create(t testing.TB, options []byte) []byte {
	t.Helper()
	var o asked
	if err := json.Unmarshal(options, &o); err != nil {
		t.Fatal(err)
	}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	a.id = make([]byte, 24)
	if _, err := rand.Read(a.id); err != nil {
		t.Fatal(err)
	}
	if a.handle, err = base64.RawURLEncoding.DecodeString(o.PublicKey.User.ID); err != nil {
		t.Fatal(err)
	}
	data := a.data(o.PublicKey.RP.ID, 0x40)
	data = append(data, make([]byte, 16)...) // a make of device that does not tell its name
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.id)))
	data = append(append(data, a.id...), a.cose(t)...)
	object := []byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58")
	object = append(append(object, byte(len(data))), data...)
	return a.answer(t, map[string]string{
		"clientDataJSON": b64(a.client(t, "webauthn.create", o.PublicKey.Challenge)), "attestationObject": b64(object),
	})
}

// Get answers navigator.credentials.get with the passkey it has made.
func (a *Authenticator) Get(t testing.TB, options []byte) []byte {
	t.Helper()
	var o asked
	if err := json.Unmarshal(options, &o); err != nil {
		t.Fatal(err)
	}
	a.Counter++
	data := a.data(o.PublicKey.RPID, 0)
	client := a.client(t, "webauthn.get", o.PublicKey.Challenge)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return a.answer(t, map[string]string{
		"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(a.handle),
	})
}

func (a *Authenticator) data(rpID string, flags byte) []byte {
	if a.RPID != "" {
		rpID = a.RPID
	}
	hash := sha256.Sum256([]byte(rpID))
	if !a.Absent {
		flags |= 0x01
	}
	if !a.Unasked {
		flags |= 0x04
	}
	return binary.BigEndian.AppendUint32(append(hash[:], flags), a.Counter)
}

func (a *Authenticator) client(t testing.TB, kind, challenge string) []byte {
	t.Helper()
	b, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.Origin, "crossOrigin": false})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// cose is the public key as RFC 9053 writes it: ES256 on P-256.
func (a *Authenticator) cose(t testing.TB) []byte {
	t.Helper()
	point, err := a.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	out := append([]byte("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"), point[1:33]...)
	return append(append(out, "\x22\x58\x20"...), point[33:]...)
}

func (a *Authenticator) answer(t testing.TB, response map[string]string) []byte {
	t.Helper()
	b, err := json.Marshal(map[string]any{
		"id": b64(a.id), "rawId": b64(a.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
