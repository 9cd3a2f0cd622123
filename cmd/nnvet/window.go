package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/nnvet/nnvet/internal/page/serve"
	"github.com/nnvet/nnvet/internal/store"
)

// A window is a page that is served, and the browser that shows it.
type window struct {
	port  int
	quiet bool // start no browser

	server *serve.Server // nil where nothing is served
	shelf  *shelf
	stays  bool // a person may want to look at what it shows
}

func (w *window) flags(f *pflag.FlagSet) {
	f.IntVar(&w.port, "port", 0, "serve the page on `port`, where an open page finds it again (default: one that is free)")
}

// open starts the server of a page that shows a run, or the list for "".
func (w *window) open(s *shelf, home string) error {
	const highest = 1<<16 - 1
	if w.port < 0 || w.port > highest {
		return fmt.Errorf("--port %d: a port is a number up to %d", w.port, highest)
	}
	o := serve.Options{Port: w.port, Home: home}
	if w.port != 0 {
		o.Keep = filepath.Join(s.o.store, "page.key")
	}
	server, err := serve.Start(s.source(), o)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %d is taken: --port names another one", w.port)
	}
	if err != nil {
		return err
	}
	w.server, w.shelf = server, s
	return nil
}

// browse starts a browser on the page, or says why a person has to.
func (w *window) browse() {
	if w.quiet {
		return
	}
	name := browser(os.Getenv)
	if name == "" {
		fmt.Fprintln(os.Stderr, "nnvet: no screen here to show it on: open the address in a browser")
		return
	}
	cmd := exec.Command(name, w.server.Once())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C here is not for the browser
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "nnvet: no browser could be started: open the address in one")
		return
	}
	go func() { _ = cmd.Wait() }() // how it ends is no matter of ours
}

// browser returns the program that opens an address in the user's browser, or
// "" where there is no screen: there it would start one inside the terminal.
func browser(getenv func(string) string) string {
	switch {
	case runtime.GOOS == "darwin":
		return "open"
	case getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != "" || getenv("WSL_DISTRO_NAME") != "":
		return "xdg-open"
	}
	return ""
}

// end shows on the page how a training ended, and with which exit code. Who
// ended it with Ctrl-C wants no more of it.
func (w *window) end(run *store.Run, code int) {
	if w.server != nil {
		w.shelf.end(run.Meta.ID, w.shelf.live(run.Meta.ID))
		w.stays = code != 128+int(syscall.SIGINT) && code != 128+int(syscall.SIGTERM)
	}
}

// drain is how long pages are given to take the end of a run.
const drain = 2 * time.Second

// stay keeps the page of a training that has ended: on a terminal until Ctrl-C,
// elsewhere until the pages that are open have got the end of it.
func (w *window) stay() {
	if w.server == nil {
		return
	}
	defer w.shelf.close()
	if w.stays && term.IsTerminal(int(os.Stderr.Fd())) {
		ctx, stop := interruptible()
		defer stop()
		fmt.Fprintf(os.Stderr, "nnvet: the page stays until Ctrl-C: %s\n", w.server.Address())
		<-ctx.Done()
	} else {
		for end := time.Now().Add(drain); w.server.Watched() > 0 && time.Now().Before(end); {
			time.Sleep(drain / 100)
		}
	}
	if err := w.server.Close(); err != nil {
		complain(os.Stderr, err)
	}
}
