package engine

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"strings"
	"testing"
)

// TestBits holds the bits of the generic set, which are the same on every
// machine, for the networks of the goldens: a CRC-32 of outputs, loss and
// gradients, in order. NNVET_UPDATE=1 rewrites the file.
func TestBits(t *testing.T) {
	const file = "testdata/bits.txt"
	var lines strings.Builder
	for _, c := range readGoldens(t).Cases {
		n := c.network(t, "generic", c.Rows)
		out := n.Forward(c.X, c.Rows, c.Train)
		sum := crc(0, out)
		sum = crc(sum, []float32{n.Loss(out, c.Y, c.Labels, c.Rows)})
		n.Backward(c.Rows)
		_, grads := n.Arena()
		fmt.Fprintf(&lines, "%08x %s, %d rows\n", crc(sum, grads), c.Name, c.Rows)
	}
	if os.Getenv("NNVET_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(lines.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, recorded := strings.Split(lines.String(), "\n"), strings.Split(string(want), "\n")
	if len(got) != len(recorded) {
		t.Fatalf("%d cases, recorded are %d", len(got), len(recorded))
	}
	for i, line := range got {
		if line != recorded[i] {
			t.Errorf("got %q, recorded is %q", line, recorded[i])
		}
	}
}

func crc(sum uint32, x []float32) uint32 {
	var b [4]byte
	for _, v := range x {
		binary.LittleEndian.PutUint32(b[:], math.Float32bits(v))
		sum = crc32.Update(sum, crc32.IEEETable, b[:])
	}
	return sum
}
