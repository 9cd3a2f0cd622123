package dataset

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// unknownMemory is taken for free where the machine does not tell.
const unknownMemory = 4 << 30

// FreeMemory returns the bytes that a process may still take: of the machine,
// or of the control group that a container runs in.
func FreeMemory() int64 {
	free := int64(unknownMemory)
	if kB := fieldAfter("/proc/meminfo", "MemAvailable:"); kB > 0 {
		free = kB << 10
	}
	limit, used := fieldAfter("/sys/fs/cgroup/memory.max", ""), fieldAfter("/sys/fs/cgroup/memory.current", "")
	if limit > 0 && used > 0 {
		free = min(free, max(limit-used, 0))
	}
	return free
}

// fieldAfter returns the number behind a word of a small file, or 0.
func fieldAfter(path, word string) int64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	_, rest, ok := bytes.Cut(text, []byte(word))
	fields := bytes.Fields(rest)
	if !ok || len(fields) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Size writes a number of bytes for people.
func Size(n int64) string {
	switch f := float64(n); {
	case f >= 1e9:
		return fmt.Sprintf("%.1f GB", f/1e9)
	case f >= 1e6:
		return fmt.Sprintf("%.0f MB", f/1e6)
	default:
		return fmt.Sprintf("%d bytes", n)
	}
}
