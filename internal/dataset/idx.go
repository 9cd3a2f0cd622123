package dataset

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
)

// idxTypes are the types of values in IDX files (LeCun, Cortes and Burges, MNIST).
var idxTypes = map[byte]dtype{
	0x08: {'u', 1, binary.BigEndian}, 0x09: {'i', 1, binary.BigEndian}, 0x0b: {'i', 2, binary.BigEndian},
	0x0c: {'i', 4, binary.BigEndian}, 0x0d: {'f', 4, binary.BigEndian}, 0x0e: {'f', 8, binary.BigEndian},
}

const maxIDXRank = 8

// isIDX reports whether a file begins as IDX: two zeros, a type, a rank, and
// extents that are not 0.
func isIDX(head []byte) bool {
	if len(head) < 8 || head[0] != 0 || head[1] != 0 || idxTypes[head[2]].size == 0 || head[3] < 1 || head[3] > maxIDXRank {
		return false
	}
	rank := int(head[3])
	if len(head) < 4+4*rank {
		return false
	}
	for i := range rank {
		if bytes.Equal(head[4+4*i:8+4*i], make([]byte, 4)) {
			return false
		}
	}
	return true
}

// readIDXHeader reads the extents.
func readIDXHeader(magic [4]byte, r io.Reader) (ndarray, error) {
	d, rank := idxTypes[magic[2]], int(magic[3])
	if d.size == 0 || rank < 1 || rank > maxIDXRank {
		return ndarray{}, fmt.Errorf("an IDX header %x that is damaged", magic)
	}
	extents := make([]byte, 4*rank)
	if _, err := io.ReadFull(r, extents); err != nil {
		return ndarray{}, cutOff(err)
	}
	a := ndarray{dtype: d, data: int64(4 + len(extents))}
	for i := range rank {
		a.shape = append(a.shape, int(binary.BigEndian.Uint32(extents[4*i:])))
	}
	return a, nil
}

// idxColumns returns the column of an IDX file: images have a channel.
func idxColumns(a *ndarray, _ bool) []Field {
	switch len(a.shape) {
	case 1:
		return []Field{a.field("label")}
	case 3:
		return []Field{{Name: "image", Kind: Array, Shape: []int{a.shape[1], a.shape[2], 1}}}
	}
	return []Field{a.field("image")}
}

func lookIDX(_ context.Context, in *input, _ *Options) (*view, error) {
	a, err := openArrayFile(in.path)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	return pairView(idxColumns(&a.ndarray, false), a, in)
}

func readIDX(in *input, o *Options, p *plan) (reader, error) { return readPair(in, o, p, idxColumns) }
