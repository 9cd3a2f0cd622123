package serve

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/nnvet/nnvet/internal/page"
)

// A denial is the answer to a request that nothing is told to. Its text is
// constant: it repeats nothing of the request.
type denial struct {
	status int
	text   string
}

var (
	denyForm   = &denial{http.StatusBadRequest, "nnvet answers plain requests for its pages alone.\n"}
	denyHost   = &denial{http.StatusMisdirectedRequest, "This server answers to 127.0.0.1 and localhost alone, with its own port. Through a tunnel, forward the same port.\n"}
	denySite   = &denial{http.StatusForbidden, "Another site asked for this page. Paste the address that nnvet printed into a new tab.\n"}
	denyKey    = &denial{http.StatusForbidden, "This page needs its key: open the address that nnvet printed.\n"}
	denyMethod = &denial{http.StatusMethodNotAllowed, "This address does not know this method.\n"}
)

func (d *denial) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(d.status)
	_, _ = w.Write([]byte(d.text)) // whoever was denied may have left
}

// guard stands before every route. Who passes is a browser that was shown the
// key, on a page of this server's own, or a program that brings the cookie.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		harden(w.Header())
		if d := s.deny(r); d != nil {
			d.write(w)
			return
		}
		key := r.URL.Query().Get(keyParameter)
		switch {
		case key == "" && s.knows(r):
			next.ServeHTTP(w, r)
		case key != "" && (same(key, s.key) || s.tickets.take(key, time.Now())):
			s.admit(w, r)
		default:
			denyKey.write(w)
		}
	})
}

// keyParameter is the parameter of an address that holds the key.
const keyParameter = "k"

// harden sets what every answer says to a browser.
func harden(h http.Header) {
	h.Set("Content-Security-Policy", page.Policy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// deny returns why a request is not even asked for its key.
func (s *Server) deny(r *http.Request) *denial {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost:
		return denyMethod
	case !strings.HasPrefix(r.RequestURI, "/") || r.URL.Host != "" || r.Header.Get("Upgrade") != "":
		return denyForm // a proxy's request, or one to speak another protocol
	case !slices.Contains(s.hosts, r.Host):
		return denyHost // a foreign name that leads here: DNS rebinding
	case !s.own(r):
		return denySite
	}
	return nil
}

// own reports whether a request comes from a page of this server, from the
// address bar, or from no browser at all. What changes something must show that
// it comes from a page of this server. A form of a page that sends no referrer
// names the origin "null"; there the other header, which no page can set,
// decides alone.
func (s *Server) own(r *http.Request) bool {
	site, origins := r.Header.Get("Sec-Fetch-Site"), r.Header.Values("Origin")
	here := len(origins) == 1 && (origins[0] == "http://"+r.Host || // r.Host is one of ours
		origins[0] == "null" && site == "same-origin")
	switch {
	case len(origins) > 0 && !here, site != "" && site != "none" && site != "same-origin":
		return false
	case r.Method == http.MethodPost:
		return site == "same-origin" || site == "" && here
	}
	return true
}

// knows reports whether a request has the cookie.
func (s *Server) knows(r *http.Request) bool {
	c, err := r.Cookie(s.cookie)
	return err == nil && same(c.Value, s.key)
}

// admit gives a browser the cookie and sends it to the same address without
// the key, so that no history, screen or copied link shows it.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		denyKey.write(w)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookie, Value: s.key, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	w.Header().Set("Location", local(r.URL.Path))
	w.WriteHeader(http.StatusSeeOther)
}

// local returns an address of this server: a path that begins with one slash,
// escaped, so that it cannot be read as another host.
func local(p string) string {
	return (&url.URL{Path: path.Clean("/" + p)}).String()
}
