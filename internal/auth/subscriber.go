package auth

// What a link of a subscriber's is for: to choose among counties, or to end. The one that ends stands in the
// header of each invitation, where mail programs read it, and opens nothing else.
const (
	SubscriberManages = "manage"
	SubscriberEnds    = "end"
)

// SubscriberLink is the token of a link for the subscriber with this UID, which is as NewKey makes them.
func (k *Keys) SubscriberLink(uid, what string) string {
	raw, err := encoding.DecodeString(uid)
	if err != nil || len(raw) != keySize {
		panic("auth: no UID of a subscriber") // ours, from our own table
	}
	return encoding.EncodeToString(append(raw, k.subscriber.mac(linkMACSize, raw, []byte(what))...))
}

// ReadSubscriberLink is the UID that a link names; false where the link is not ours or is for something else.
// That a link is ours can be told when she it was made for has long been forgotten.
func (k *Keys) ReadSubscriberLink(token, what string) (uid string, ok bool) {
	b, err := encoding.DecodeString(token)
	if err != nil || len(b) != keySize+linkMACSize {
		return "", false
	}
	if !SameHash(b[keySize:], k.subscriber.mac(linkMACSize, b[:keySize], []byte(what))) {
		return "", false
	}
	return encoding.EncodeToString(b[:keySize]), true
}
