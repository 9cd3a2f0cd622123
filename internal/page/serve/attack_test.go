package serve

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func chmod(file string, mode os.FileMode) error { return os.Chmod(file, mode) }

func age(file string, by time.Duration) error {
	then := time.Now().Add(-by)
	return os.Chtimes(file, then, then)
}

func cut(file string) error { return os.Truncate(file, 1) }

// An attack turns a request that would be answered into one that must not be.
type attack struct {
	name   string
	change func(*Server, *call)
	status int
	only   []string // methods; nil for all
}

func header(lines ...string) func(*Server, *call) {
	return func(_ *Server, c *call) {
		for _, line := range lines {
			name, _, _ := strings.Cut(line, ":")
			c.header = slices.DeleteFunc(c.header, func(h string) bool { return strings.HasPrefix(h, name+":") })
		}
		c.header = append(c.header, lines...)
	}
}

func port(s *Server) string {
	_, p, _ := net.SplitHostPort(s.hosts[0])
	return p
}

var attacks = []attack{
	{"rebound name", func(s *Server, c *call) { c.host = "evil.example:" + port(s) }, 421, nil},
	{"rebound name that ends like ours", func(s *Server, c *call) { c.host = "evil.127.0.0.1:" + port(s) }, 421, nil},
	{"rebound name, its own origin", func(s *Server, c *call) {
		c.host = "evil.example:" + port(s)
		header("Origin: http://evil.example:"+port(s), "Sec-Fetch-Site: same-origin")(s, c)
	}, 421, nil},
	{"another port", func(_ *Server, c *call) { c.host = "127.0.0.1:1" }, 421, nil},
	{"no port", func(_ *Server, c *call) { c.host = "127.0.0.1" }, 421, nil},
	{"another address of this machine", func(s *Server, c *call) { c.host = "0.0.0.0:" + port(s) }, 421, nil},
	{"empty host", func(_ *Server, c *call) { c.host = "" }, 421, nil},
	{"origin of another site", header("Origin: http://evil.example"), 403, nil},
	{"origin of another port", header("Origin: http://127.0.0.1:1"), 403, nil},
	{"opaque origin", header("Origin: null", "Sec-Fetch-Site: cross-site"), 403, nil},
	{"opaque origin of who knows where", func(_ *Server, c *call) { c.header = []string{"Origin: null"} }, 403, nil},
	{"origin of the other name", func(s *Server, c *call) { header("Origin: http://"+s.hosts[1])(s, c) }, 403, nil},
	{"two origins", func(s *Server, c *call) {
		c.header = append(c.header, "Origin: http://"+s.hosts[0], "Origin: http://evil.example")
	}, 403, nil},
	{"asked for by another site", header("Sec-Fetch-Site: cross-site"), 403, nil},
	{"asked for by another port", header("Sec-Fetch-Site: same-site"), 403, nil},
	{"asked for by nobody knows whom", header("Sec-Fetch-Site: elsewhere"), 403, nil},
	{"post that does not say where from", func(_ *Server, c *call) { c.header = c.header[2:] }, 403, []string{"POST"}},
	{"post out of the address bar", func(_ *Server, c *call) {
		c.header = append(c.header[2:], "Sec-Fetch-Site: none")
	}, 403, []string{"POST"}},
	{"no key", func(_ *Server, c *call) { c.cookie = "" }, 403, nil},
	{"wrong key", func(s *Server, c *call) { c.cookie = s.cookie + "=" + newKey() }, 403, nil},
	{"empty key", func(s *Server, c *call) { c.cookie = s.cookie + "=" }, 403, nil},
	{"beginning of the key", func(s *Server, c *call) { c.cookie = s.cookie + "=" + s.key[:len(s.key)-1] }, 403, nil},
	{"key and more", func(s *Server, c *call) { c.cookie = s.cookie + "=" + s.key + "A" }, 403, nil},
	{"key of another server", func(s *Server, c *call) { c.cookie = s.cookie + "=" + other.key }, 403, nil},
	{"cookie of another server", func(_ *Server, c *call) { c.cookie = other.cookie + "=" + other.key }, 403, nil},
	{"wrong key in the address", func(_ *Server, c *call) { c.target += sep(c.target) + "k=" + newKey() }, 403, nil},
	{"key of another server in the address", func(_ *Server, c *call) { c.target += sep(c.target) + "k=" + other.key }, 403, nil},
	{"key as a header", func(s *Server, c *call) {
		c.cookie = ""
		c.header = append(c.header, "Authorization: Bearer "+s.key)
	}, 403, nil},
	{"absolute address", func(s *Server, c *call) { c.target = "http://" + s.hosts[0] + c.target }, 400, nil},
	{"absolute address of another host", func(_ *Server, c *call) { c.target = "http://evil.example" + c.target }, 400, nil},
	{"websocket", header("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), 400, nil},
	{"HTTP/2 in the clear", header("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"), 400, nil},
	{"huge header", header("X: " + strings.Repeat("x", 64<<10)), 431, nil},
	{"many headers", func(_ *Server, c *call) {
		for i := range 4000 {
			c.header = append(c.header, fmt.Sprintf("X-%d: x", i))
		}
	}, 431, nil},
	{"huge address", func(_ *Server, c *call) { c.target += sep(c.target) + strings.Repeat("x", 64<<10) }, 431, nil},
	{"huge body", func(_ *Server, c *call) { c.body += "&x=" + strings.Repeat("y", 4<<20) }, 413, []string{"POST"}},
	{"endless body", func(_ *Server, c *call) {
		c.header = append(c.header, "Transfer-Encoding: chunked", "", "100000\r\n"+strings.Repeat("x", 1<<20))
		c.body = ""
	}, 413, []string{"POST"}},
	{"reason of many lines", func(_ *Server, c *call) { c.body = strings.Replace(c.body, "on+purpose", "a%0Ab", 1) }, 400, []string{"POST"}},
	{"reason that turns the text", func(_ *Server, c *call) { c.body = strings.Replace(c.body, "on+purpose", "a%E2%80%AEb", 1) }, 400, []string{"POST"}},
	{"reason of 10 kB", func(_ *Server, c *call) { c.body = strings.Replace(c.body, "on+purpose", strings.Repeat("x", 5000), 1) }, 400, []string{"POST"}},
	{"finding of no run", func(_ *Server, c *call) { c.body = "fingerprint=zzz&reason=x" }, 404, []string{"POST"}},
	{"form in the address", func(_ *Server, c *call) { c.target, c.body = c.target+"?"+c.body, "" }, 400, []string{"POST"}},
	{"TRACE", func(_ *Server, c *call) { c.method = "TRACE" }, 405, nil},
	{"CONNECT", func(_ *Server, c *call) { c.method = "CONNECT" }, 405, nil},
	{"OPTIONS", func(_ *Server, c *call) { c.method = "OPTIONS" }, 405, nil},
	{"DELETE", func(_ *Server, c *call) { c.method = "DELETE" }, 405, nil},
	{"PUT", func(_ *Server, c *call) { c.method = "PUT" }, 405, nil},
	{"made-up method", func(_ *Server, c *call) { c.method = "PROPFIND" }, 405, nil},
	{"post to what is read", func(s *Server, c *call) {
		*c = s.of("POST", c.target)
		c.body = "reason=x"
	}, 405, []string{"GET"}},
	{"get of what writes", func(s *Server, c *call) { *c = s.of("GET", c.target+"?"+c.body) }, 405, []string{"POST"}},
	{"method in a header", func(s *Server, c *call) {
		*c = s.of("GET", c.target)
		c.header = append(c.header, "X-HTTP-Method-Override: POST")
	}, 405, []string{"POST"}},
}

// other is a server that these attacks have the key of.
var other = &Server{key: newKey(), cookie: "nnvet-1"}

func sep(target string) string {
	if strings.Contains(target, "?") {
		return "&"
	}
	return "?"
}

// TestAttacks sends every attack on every route: each is denied with the status
// that says why, without a byte of data, and changes nothing.
func TestAttacks(t *testing.T) {
	f := &shelf{}
	s := start(t, f, Options{})
	for _, a := range attacks {
		for _, o := range open {
			if a.only != nil && !slices.Contains(a.only, o.method) {
				continue
			}
			c := s.of(o.method, o.target)
			c.body = o.body
			a.change(s, &c)
			res, body := s.send(t, c.String())
			if res.StatusCode != a.status {
				t.Errorf("%s, %s %s: got %d, want %d: %.80s", a.name, o.method, o.target, res.StatusCode, a.status, body)
			}
			if leaks(s, res, body) {
				t.Errorf("%s, %s %s: it tells %.200q", a.name, o.method, o.target, body)
			}
		}
	}
	if f.waivers() > 0 {
		t.Errorf("%d findings were dismissed by attacks", f.waivers())
	}
}

// leaks reports whether an answer holds data, the key, or leads elsewhere.
func leaks(s *Server, res *http.Response, body string) bool {
	const sentence = 300 // bytes: a denial is one
	var head strings.Builder
	_ = res.Header.Write(&head) // to memory
	return strings.Contains(body, secret) || len(body) > sentence || strings.Contains(body+head.String(), s.key) ||
		res.Header.Get("Location") != "" || len(res.Cookies()) > 0
}

// TestTraversal holds that names of runs lead nowhere else, also for who has
// the key.
func TestTraversal(t *testing.T) {
	f := &shelf{}
	s := start(t, f, Options{})
	for _, id := range []string{
		"..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%2fetc%2fpasswd", "..%5c..", ".hidden", "aaaaaa%00", "aaaaaa%2f..%2fbbbbbb", "aaaaaa%0a",
		"cccccc", "%ff%fe", "aaaaaa.", "AAAAAA", strings.Repeat("a", 5000), "file:%2f%2f%2fetc%2fpasswd", "con", "~", "-rf", "*", "a%20b", "%E2%80%AE",
	} {
		for _, route := range []string{"/run/%s", "/run/%s/report.html", "/run/%s/diagnosis.json", "/events/%s", "/api/runs/%s/series", "/compare/%s/aaaaaa", "/compare/aaaaaa/%s"} {
			target := fmt.Sprintf(route, id)
			res, body := s.send(t, s.of("GET", target).String())
			// net/http itself sends ".." on to the clean address, on this server.
			if on := res.Header.Get("Location"); on != "" && strings.HasPrefix(on, "/") && !strings.HasPrefix(on, "//") && !strings.Contains(body, secret) {
				continue
			}
			if res.StatusCode != http.StatusNotFound || leaks(s, res, body) {
				t.Errorf("%.60s: got %d %.100q, want 404", target, res.StatusCode, body)
			}
		}
	}
	for _, id := range f.asked { // none that could be a path
		if strings.ContainsAny(id, "/\\\x00\n ~*:") || strings.HasPrefix(id, ".") || strings.HasPrefix(id, "-") || len(id) > 100 {
			t.Errorf("%.60q: the store was asked for it", id)
		}
	}
	for _, target := range []string{"/etc/passwd", "/run/aaaaaa/meta.json", "/run/aaaaaa/r0-1.jsonl", "/run/aaaaaa/../../key", "/key", "/run/", "/debug/pprof/", "/%2e%2e/key"} {
		res, body := s.send(t, s.of("GET", target).String())
		if res.StatusCode == http.StatusOK || strings.Contains(body, secret) {
			t.Errorf("%s: got %d %.100q", target, res.StatusCode, body)
		}
	}
	for since, want := range map[string]int{"-2": 400, "x": 400, "1e9": 400, "99999999999999999999": 400, "5%0a": 400, "9223372036854775807": 200} {
		if res, _ := s.send(t, s.of("GET", "/api/runs/aaaaaa/series?since="+since).String()); res.StatusCode != want {
			t.Errorf("since %s: got %d, want %d", since, res.StatusCode, want)
		}
	}
}

// TestNoWayOut holds that the key does not send a browser to another host.
func TestNoWayOut(t *testing.T) {
	f := &shelf{}
	s := start(t, f, Options{})
	for _, p := range []string{"//evil.example/", "/%2fevil.example/", "/\\evil.example", "/%5cevil.example", "///evil.example", "/./%2f/evil.example"} {
		res, _ := s.send(t, call{method: "GET", target: p + "?k=" + s.key, host: s.hosts[0]}.String())
		to := res.Header.Get("Location")
		if res.StatusCode != 303 || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/\\") || strings.Contains(to, s.key) {
			t.Errorf("%s: got %d to %q", p, res.StatusCode, to)
		}
	}
}

// TestMalformed holds that what is no request is answered with nothing but that.
func TestMalformed(t *testing.T) {
	f := &shelf{}
	s := start(t, f, Options{})
	for name, text := range map[string]string{
		"no host":           "GET / HTTP/1.1\r\nCookie: " + s.cookie + "=" + s.key + "\r\n\r\n",
		"two hosts":         "GET / HTTP/1.1\r\nHost: " + s.hosts[0] + "\r\nHost: evil.example\r\nCookie: " + s.cookie + "=" + s.key + "\r\n\r\n",
		"line in the host":  "GET / HTTP/1.1\r\nHost: " + s.hosts[0] + "\x01\r\n\r\n",
		"two lengths":       "POST /run/aaaaaa/ignore HTTP/1.1\r\nHost: " + s.hosts[0] + "\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
		"smuggled request":  "POST /run/aaaaaa/ignore HTTP/1.1\r\nHost: " + s.hosts[0] + "\r\nContent-Length: 5\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
		"TLS":               "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
		"HTTP/2":            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"path with a blank": "GET /run/ aaaaaa HTTP/1.1\r\nHost: " + s.hosts[0] + "\r\n\r\n",
	} {
		res, body := s.send(t, text)
		if res.StatusCode < 400 || leaks(s, res, body) {
			t.Errorf("%s: got %d %.100q", name, res.StatusCode, body)
		}
	}
}

// TestSlow holds that clients that say nothing, or never end, are hung up on,
// and that no number of them keeps a page from being served.
func TestSlow(t *testing.T) {
	f := &shelf{}
	s := start(t, f, Options{})
	for name, text := range map[string]string{
		"nothing":      "",
		"half a line":  "GET / HT",
		"half a head":  "GET / HTTP/1.1\r\nHost: " + s.hosts[0] + "\r\nCookie: ",
		"half a body":  strings.Replace(s.of("POST", "/run/aaaaaa/ignore").String(), "\r\n\r\n", "\r\nContent-Length: 100\r\n\r\nfinger", 1),
		"half a chunk": strings.Replace(s.of("POST", "/run/aaaaaa/ignore").String(), "\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nfinger", 1),
	} {
		conn, err := net.Dial("tcp4", s.hosts[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(conn)
		if err != nil {
			t.Errorf("%s: the server still waits: %v", name, err)
		}
		if strings.Contains(string(got), secret) || strings.Contains(string(got), s.key) {
			t.Errorf("%s: it tells %.100q", name, got)
		}
		conn.Close()
	}
	var idle []net.Conn
	for range 3 * maxConns {
		conn, err := net.Dial("tcp4", s.hosts[0])
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		idle = append(idle, conn)
	}
	for deadline := time.Now().Add(5 * time.Second); ; { // they lose their slots within the time for a head
		if answered(s) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d silent connections keep the page from being served", len(idle))
		}
	}
	if f.waivers() > 0 {
		t.Error("half a form dismissed a finding")
	}
}

// TestCrowded holds that a connection more than there are slots is closed at
// once, and that one that ends makes room.
func TestCrowded(t *testing.T) {
	f := &shelf{}
	s, err := Start(f.source(), Options{}) // as patient as it is
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var all []net.Conn
	for range maxConns {
		conn, err := net.Dial("tcp4", s.hosts[0])
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		all = append(all, conn)
	}
	more, err := net.Dial("tcp4", s.hosts[0])
	if err != nil {
		t.Fatal(err)
	}
	defer more.Close()
	if err := more.SetReadDeadline(time.Now().Add(headerWithin / 2)); err != nil {
		t.Fatal(err)
	}
	if n, err := more.Read(make([]byte, 1)); n > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %d bytes and %v of a connection too many, want it closed", n, err)
	}
	all[0].Close()
	for end := time.Now().Add(headerWithin / 2); !answered(s); {
		if time.Now().After(end) {
			t.Fatal("a connection that ended makes no room")
		}
	}
}

// answered reports whether the server answers a page.
func answered(s *Server) bool {
	conn, err := net.Dial("tcp4", s.hosts[0])
	if err != nil {
		return false
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, s.of("GET", "/").String()); err != nil {
		return false
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	return err == nil && res.StatusCode == http.StatusOK
}

// TestLoopback holds that no other machine can connect.
func TestLoopback(t *testing.T) {
	f := &shelf{}
	s, err := Start(f.source(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Skip(err)
	}
	outside := 0
	for _, a := range addrs {
		n, ok := a.(*net.IPNet)
		if !ok || n.IP.IsLoopback() || n.IP.To4() == nil {
			continue
		}
		outside++
		if conn, err := net.DialTimeout("tcp4", net.JoinHostPort(n.IP.String(), port(s)), time.Second); err == nil {
			conn.Close()
			t.Errorf("%s reaches the server", n.IP)
		}
	}
	if outside == 0 {
		t.Skip("this machine has no address but its loopback's")
	}
}
