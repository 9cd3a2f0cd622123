package engine

import (
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

const (
	small   = 256 << 20 // bytes that are taken without asking
	largest = 64 << 30  // bytes where the machine does not tell
)

// A MemoryError says that a network takes more memory than there is.
type MemoryError struct {
	What       string // "a network for batches of 16 rows"
	Need, Free int    // bytes
}

func (e *MemoryError) Error() string {
	return fmt.Sprintf("%s takes %s of memory where %s are free; make the batch or the layers smaller", e.What, inBytes(e.Need), inBytes(e.Free))
}

// fits reports whether what is named may take that many bytes.
func fits(what string, need int) error {
	if need <= small {
		return nil
	}
	if left := free(); need > left {
		return &MemoryError{what, need, left}
	}
	return nil
}

// free returns the bytes that the machine, the control group of a container and
// Go's own limit still allow.
func free() int {
	left := min(debug.SetMemoryLimit(-1), largest)
	if kB, ok := numberIn("/proc/meminfo", "MemAvailable:"); ok {
		left = min(left, kB<<10)
	}
	limit, limited := numberIn("/sys/fs/cgroup/memory.max", "")
	if used, ok := numberIn("/sys/fs/cgroup/memory.current", ""); ok && limited {
		left = min(left, max(0, limit-used))
	}
	return int(left)
}

// numberIn returns the number behind a word of a small file. Systems other than
// Linux have no such files.
func numberIn(path, word string) (int64, bool) {
	text, err := os.ReadFile(path)
	_, rest, found := strings.Cut(string(text), word)
	fields := strings.Fields(rest)
	if err != nil || !found || len(fields) == 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(fields[0], 10, 53) // without a limit, it says "max"
	return n, err == nil
}

func inBytes(n int) string {
	if n == math.MaxInt {
		return "more than can be counted"
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}

// plus adds sizes and stops at math.MaxInt.
func plus(a, b int) int {
	if a > math.MaxInt-b {
		return math.MaxInt
	}
	return a + b
}
