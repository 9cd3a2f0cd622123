package script

import (
	"path/filepath"
	"strings"
)

// A python is a command that runs a Python program and nothing else.
type python struct {
	flags  []string // of the interpreter
	module bool     // argv begins with the name of a module, not with a script
	argv   []string
}

// parse takes a command of the form `python [flags] script.py args` or
// `python [flags] -m module args` apart.
func parse(command []string) (python, bool) {
	var p python
	if name := filepath.Base(command[0]); !strings.HasPrefix(name, "python") {
		return p, false
	}
	rest := command[1:]
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		flag := rest[0]
		rest = rest[1:]
		switch {
		case flag == "-m":
			p.module, p.argv = true, rest
			return p, len(rest) > 0
		case flag == "-W" || flag == "-X":
			if len(rest) == 0 {
				return p, false
			}
			p.flags = append(p.flags, flag, rest[0])
			rest = rest[1:]
		case strings.HasPrefix(flag, "-W") || strings.HasPrefix(flag, "-X"), flag != "-" && strings.Trim(flag[1:], "uBObdPsq") == "":
			p.flags = append(p.flags, flag)
		default:
			return p, false
		}
	}
	p.argv = rest
	return p, len(rest) > 0 && strings.HasSuffix(rest[0], ".py")
}

// source returns the file that the program begins with, where it is to be
// found in a directory; else "".
func (p python) source(dir string) string {
	names := p.argv[:1]
	if p.module {
		path := filepath.Join(strings.Split(p.argv[0], ".")...)
		names = []string{path + ".py", filepath.Join(path, "__main__.py")}
	}
	for _, name := range names {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		if has(filepath.Dir(name), filepath.Base(name)) {
			return name
		}
	}
	return ""
}
