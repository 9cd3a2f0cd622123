package kernel

import "unsafe"

// tiled multiplies matrices by tiles of C that fit the registers. Each element
// of C is one chain of fused multiply-adds in order of k, whatever the tile it
// falls into, so its bits depend neither on the shape nor on the width of vectors.
type tiled struct {
	lanes int // float32 in a vector
	// tiles by vectors in a row and by height, both less one; those of edge
	// take the width of what is left
	whole, edge [2][]tile
}

// A tile computes blocks × height rows of C, in one or two vectors of columns.
// Steps are in bytes. From ahead on it asks for memory that will be needed, as
// much as it uses of A; where C is far it asks for that too, before it stores.
type tile func(k int, a *float32, rowStep, colStep int, b *float32, bStep int, c *float32, cStep, width, blocks int, ahead uintptr, acc, far bool)

// Blocks that stay in the caches: maxDepth rows of a panel of B in the first
// level, blockElements of A, and as many that are fetched ahead, in the second.
// Chosen by measurement.
const (
	maxDepth      = 256
	maxHeight     = 240
	blockElements = 1 << 16
)

// panels is B as a tile reads it: element p, j lies p*step + j from the start
// of its panel, and panels lie apart.
type panels struct {
	data        []float32
	step, apart int
}

func (b panels) at(p, j int) unsafe.Pointer {
	return at(b.data, j/panelWidth*b.apart+j%panelWidth+p*b.step)
}

func (t *tiled) matMul(m, n, k int, a []float32, rowStep, colStep int, b, c []float32, acc bool) {
	q := multiplication{t, m, n, k, a, rowStep, colStep, panels{b, n, panelWidth}, c, acc}
	if rowStep == 1 {
		q.downColumns()
	} else {
		q.alongRows()
	}
}

func (t *tiled) matMulNT(m, n, k int, a, b, c, scratch []float32, acc bool) {
	packTransposed(n, k, b, scratch)
	q := multiplication{t, m, n, k, a, k, 1, panels{scratch, panelWidth, panelWidth * k}, c, acc}
	q.alongRows()
}

// A multiplication is the work of one call.
type multiplication struct {
	*tiled
	m, n, k          int
	a                []float32
	rowStep, colStep int
	b                panels
	c                []float32
	acc              bool
}

// alongRows goes over A as it lies in memory where its rows do: some rows to
// their end, then the next ones, which are fetched meanwhile.
func (q *multiplication) alongRows() {
	most := max(48, min(maxHeight, blockElements/q.k/12*12))
	for i := 0; i < q.m; i += most {
		height := min(most, q.m-i)
		for p := 0; p < q.k; p += maxDepth {
			q.block(i, p, height, min(maxDepth, q.k-p), (i+height)*q.k+p*height)
		}
	}
}

// downColumns does the same where its columns are rows in memory.
func (q *multiplication) downColumns() {
	most := max(48, min(maxDepth, blockElements/q.m))
	for p := 0; p < q.k; p += most {
		depth := min(most, q.k-p)
		for i := 0; i < q.m; i += maxHeight {
			q.block(i, p, min(maxHeight, q.m-i), depth, (p+depth)*q.m+i*depth)
		}
	}
}

// block adds to height rows of C from row i on what depth columns of A from
// column p on contribute. next is where in A to fetch ahead.
func (q *multiplication) block(i, p, height, depth, next int) {
	width := 2 * q.lanes
	for j := 0; j < q.n; j += width {
		q.down(strip{width: min(width, q.n-j), k: depth,
			a: at(q.a, i*q.rowStep+p*q.colStep), rowStep: 4 * q.rowStep, colStep: 4 * q.colStep,
			b: q.b.at(p, j), bStep: 4 * q.b.step,
			c: at(q.c, i*q.n+j), cStep: 4 * q.n,
			ahead: uintptr(at(q.a, 0)) + uintptr(4*next), acc: q.acc || p > 0, far: q.m*q.n > 2*blockElements}, height)
	}
}

// A strip of C is as wide as a tile. Steps are in bytes.
type strip struct {
	width, k         int
	a                unsafe.Pointer
	rowStep, colStep int
	b                unsafe.Pointer
	bStep            int
	c                unsafe.Pointer
	cStep            int
	ahead            uintptr
	acc, far         bool
}

// down computes m rows of a strip: by the highest tiles, then by one for the
// rest. Where that would be a flat one, which has too few sums to keep the
// multipliers busy, it shares with the last high one.
func (t *tiled) down(s strip, m int) {
	vectors := (s.width - 1) / t.lanes
	tiles := t.whole[vectors]
	if s.width%t.lanes > 0 {
		tiles = t.edge[vectors]
	}
	high := len(tiles)
	blocks, rest := m/high, m%high
	if blocks > 0 && rest > 0 && rest < high/3 {
		blocks--
		rest += high
	}
	if blocks > 0 {
		s.tile(tiles, high, blocks)
		if rest == 0 {
			return
		}
		s.below(high * blocks)
	}
	if rest > high {
		s.tile(tiles, rest/2, 1)
		s.below(rest / 2)
		rest -= rest / 2
	}
	s.tile(tiles, rest, 1)
}

func (s *strip) tile(tiles []tile, height, blocks int) {
	tiles[height-1](s.k, (*float32)(s.a), s.rowStep, s.colStep, (*float32)(s.b), s.bStep, (*float32)(s.c), s.cStep, s.width, blocks, s.ahead, s.acc, s.far)
}

// below moves on by rows that are done. It is for rows that have others below:
// no pointer may leave its array.
func (s *strip) below(rows int) {
	s.a = unsafe.Add(s.a, rows*s.rowStep)
	s.c = unsafe.Add(s.c, rows*s.cStep)
	s.ahead += uintptr(4 * rows * s.k)
}

// packTransposed writes b, n × k, to panels of its transpose: panelWidth
// columns side by side, k rows.
func packTransposed(n, k int, b, dst []float32) {
	const block = 8
	rows, cols := n/block*block, k/block*block
	for j := 0; j < rows && cols > 0; j += block {
		transpose8AVX2(cols/block, (*float32)(at(b, j*k)), 4*k, (*float32)(at(dst, j/panelWidth*panelWidth*k+j%panelWidth)), 4*panelWidth)
	}
	for j := range n {
		from := cols
		if j >= rows {
			from = 0
		}
		to := dst[j/panelWidth*panelWidth*k+j%panelWidth:]
		for p := from; p < k; p++ {
			to[p*panelWidth] = b[j*k+p]
		}
	}
}

func at(x []float32, i int) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(unsafe.SliceData(x)), 4*i)
}
