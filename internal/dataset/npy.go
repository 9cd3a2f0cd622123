package dataset

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

const npyMagic = "\x93NUMPY"

// maxNumbered bounds the values of a row that become columns of their own.
const maxNumbered = 4096

var (
	npyDescr   = regexp.MustCompile(`'descr': *'([^']*)'`)
	npyFields  = regexp.MustCompile(`'descr': *\[`)
	npyFortran = regexp.MustCompile(`'fortran_order': *(True|False)`)
	npyShape   = regexp.MustCompile(`'shape': *\(([0-9, L]*)\)`)
)

// readNPYHeader reads what follows the first four bytes of the magic
// (numpy.lib.format, versions 1 to 3).
func readNPYHeader(r io.Reader) (ndarray, error) {
	var head [8]byte // the rest of the magic, the version, 2 or 4 bytes of length
	if _, err := io.ReadFull(r, head[:6]); err != nil {
		return ndarray{}, cutOff(err)
	}
	if string(head[:2]) != npyMagic[4:] {
		return ndarray{}, errors.New("no NPY file")
	}
	length, before := int64(binary.LittleEndian.Uint16(head[4:])), int64(10)
	switch head[2] {
	case 1:
	case 2, 3:
		if _, err := io.ReadFull(r, head[6:]); err != nil {
			return ndarray{}, cutOff(err)
		}
		length, before = int64(binary.LittleEndian.Uint32(head[4:])), 12
	default:
		return ndarray{}, fmt.Errorf("NPY version %d is not known: save the array with an older NumPy", head[2])
	}
	const longest = 1 << 20
	if length > longest {
		return ndarray{}, fmt.Errorf("an NPY header of %d bytes: the file is damaged", length)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return ndarray{}, cutOff(err)
	}
	a, err := parseNPYHeader(string(text))
	a.data = before + length
	return a, err
}

// parseNPYHeader reads the literal of Python that describes an array.
func parseNPYHeader(text string) (ndarray, error) {
	var a ndarray
	if npyFields.MatchString(text) {
		return a, errors.New(`an array of records: save its fields apart, np.savez("data.npz", **{n: x[n] for n in x.dtype.names})`)
	}
	descr, fortran, shape := npyDescr.FindStringSubmatch(text), npyFortran.FindStringSubmatch(text), npyShape.FindStringSubmatch(text)
	if descr == nil || fortran == nil || shape == nil {
		return a, fmt.Errorf("the NPY header %q is damaged", clip([]byte(text)))
	}
	if len(descr[1]) > 1 && strings.Contains(descr[1], "O") {
		return a, errors.New(`an array of Python objects, which are pickled and never interpreted: convert it, x.astype("float32") or x.astype(str)`)
	}
	var err error
	if a.dtype, err = parseDtype(descr[1]); err != nil {
		return a, err
	}
	a.fortran = fortran[1] == "True"
	for _, extent := range strings.FieldsFunc(shape[1], func(r rune) bool { return r == ',' || r == ' ' || r == 'L' }) {
		n, err := strconv.Atoi(extent)
		if err != nil || len(a.shape) == 32 { // NumPy has no more
			return a, fmt.Errorf("the shape (%s) is damaged", clip([]byte(shape[1])))
		}
		a.shape = append(a.shape, n)
	}
	if a.isText() && len(a.shape) != 1 {
		return a, fmt.Errorf("texts in the shape %v: save each column apart", a.shape)
	}
	return a, nil
}

// npyColumns returns the columns of an array: x where labels stand beside it,
// else a column for each value of a row, so that one can be the target.
func npyColumns(a *ndarray, labels bool) []Field {
	if len(a.shape) != 2 || labels || a.width() > maxNumbered || a.isText() {
		return []Field{a.field("x")}
	}
	var fields []Field
	for i := range a.width() {
		fields = append(fields, Field{Name: fmt.Sprintf("column %d", i+1), Kind: Number})
	}
	return fields
}

func lookNPY(_ context.Context, in *input, _ *Options) (*view, error) {
	a, err := openArrayFile(in.path)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	return pairView(npyColumns(&a.ndarray, in.labels != ""), a, in)
}

func readNPY(in *input, o *Options, p *plan) (reader, error) { return readPair(in, o, p, npyColumns) }
