package serve

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
)

// keyBytes is the size of a key: 256 bits, which nobody guesses.
const keyBytes = 32

// newKey returns a random key as text that an address can hold.
func newKey() string {
	b := make([]byte, keyBytes)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// keptFor is how long a kept secret serves, from when it was made (convention).
const keptFor = 7 * 24 * time.Hour

// keptKey returns the key of a server that a page shall find again after it was
// started anew: it is derived from a secret in a file that only its owner can
// read, and from the server's address, so that no two servers share one.
func keptKey(file, host string) (string, error) {
	secret, err := keptSecret(file)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(host))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), nil
}

// keptSecret reads the secret, or makes one where there is none that is fresh,
// whole and private.
func keptSecret(file string) ([]byte, error) {
	if fi, err := os.Lstat(file); err == nil && fi.Mode().IsRegular() && fi.Mode().Perm()&0o077 == 0 &&
		fi.Size() == keyBytes && time.Since(fi.ModTime()) < keptFor {
		return os.ReadFile(file)
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	secret := make([]byte, keyBytes)
	rand.Read(secret)
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the page's key: %w", err)
	}
	_, err = f.Write(secret)
	return secret, errors.Join(err, f.Close())
}

// same compares in constant time.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// ticketFor is how long a ticket opens the page: a slow browser's start (convention).
const ticketFor = time.Minute

// tickets open a page once. The command that starts a browser shows its
// arguments to every user of the machine, so it is given one of these and not
// the key.
type tickets struct {
	mu   sync.Mutex
	ends map[string]time.Time
}

func (t *tickets) make(now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ends == nil {
		t.ends = make(map[string]time.Time)
	}
	k := newKey()
	t.ends[k] = now.Add(ticketFor)
	return k
}

// take uses a ticket up, and reports whether it was good. A ticket is as long
// and as random as a key, so looking it up tells nothing of others.
func (t *tickets) take(k string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	end, ok := t.ends[k]
	delete(t.ends, k)
	return ok && now.Before(end)
}
