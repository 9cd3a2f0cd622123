package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/nnvet/nnvet/internal/page"
)

// A Source is where a server finds what it shows. Its functions are called by
// many goroutines.
type Source struct {
	Runs   func() ([]page.Run, error)          // the newest first
	Has    func(id string) bool                // whether there is a run of that name
	Read   func(id string) (page.Input, error) // of a run that there is
	Live   func(id string) *Live               // of a run that goes on; else nil
	Ignore func(id string, w Waiver) error     // notes that a finding is no fault here
}

// Options say how a server is reached.
type Options struct {
	Port int    // 0: any that is free
	Keep string // file of a secret from which the key is derived; "" for a new key
	Home string // the run that "/" shows; "" for the list
}

// A Server shows runs in a browser on this machine.
type Server struct {
	source  Source
	home    string
	key     string
	cookie  string
	hosts   []string // names that it answers to
	tickets tickets
	http    http.Server
	ended   chan error
	streams streams
	reading chan struct{} // held by who reads a run: one at a time
}

// Bounds of a request and of a connection. The times are conventions that
// leave a slow machine room; an events stream sets its own.
const (
	maxHeader    = 16 << 10 // bytes
	maxBody      = 8 << 10  // bytes: a form with a sentence
	headerWithin = 5 * time.Second
	readWithin   = 10 * time.Second
	writeWithin  = 60 * time.Second // a report of a long run is made and sent in it
	idleFor      = 2 * time.Minute
	closeWithin  = time.Second
)

// Start starts a server. It listens on 127.0.0.1 alone.
func Start(source Source, o Options) (*Server, error) {
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: o.Port})
	if err != nil {
		return nil, fmt.Errorf("the page cannot be served: %w", err)
	}
	s, err := newServer(source, o, l.Addr().(*net.TCPAddr).Port)
	if err != nil {
		l.Close()
		return nil, err
	}
	s.serve(l)
	return s, nil
}

func (s *Server) serve(l *net.TCPListener) {
	go func() { s.ended <- s.http.Serve(bound(l, maxConns)) }()
}

func newServer(source Source, o Options, port int) (*Server, error) {
	host := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	s := &Server{
		source: source, home: o.Home, key: newKey(), cookie: "nnvet-" + strconv.Itoa(port), // cookies are shared by all ports
		hosts: []string{host, net.JoinHostPort("localhost", strconv.Itoa(port))},
		ended: make(chan error, 1), reading: make(chan struct{}, 1),
	}
	if o.Keep != "" {
		key, err := keptKey(o.Keep, host)
		if err != nil {
			return nil, err
		}
		s.key = key
	}
	s.streams.stop = make(chan struct{})
	s.http = http.Server{
		Handler: s.guard(s.routes()), MaxHeaderBytes: maxHeader, ErrorLog: silent(), Protocols: http1(),
		ReadHeaderTimeout: headerWithin, ReadTimeout: readWithin, WriteTimeout: writeWithin, IdleTimeout: idleFor,
	}
	return s, nil
}

// Address returns the address that a person opens, with the key.
func (s *Server) Address() string { return s.address(s.key) }

// Once returns an address that opens the page once and soon: for the command
// that starts a browser, which others can see.
func (s *Server) Once() string { return s.address(s.tickets.make(time.Now())) }

func (s *Server) address(key string) string {
	return "http://" + s.hosts[0] + "/?" + keyParameter + "=" + key
}

// Watched returns the number of pages that follow a run now.
func (s *Server) Watched() int { return s.streams.open() }

// Close ends the server: streams at once, other answers within a second.
func (s *Server) Close() error {
	s.streams.end()
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close() // what is left is cut off
	}
	if err := <-s.ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
