package tracefile

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/nnvet/nnvet"
)

// data merges a batch into the profile of its kind.
func (r *Reader) data(rec *Data) error {
	if err := rec.check(); err != nil {
		return err
	}
	p := nnvet.Profile{
		Role: nnvet.Role(rec.Role), Split: rec.Split, Site: string(rec.Site), DType: rec.Dt, Layout: rec.Layout,
		Shape: shape(rec.Shape), Of: int(rec.Of), Rows: rec.Rows, Total: rec.Total, Columns: rec.columns(), Classes: rec.Classes,
		Source: nnvet.ParseLocation(rec.Src),
	}
	if r := rec.Ranges; r != nil {
		p.Ranges = nnvet.Ranges{N: r.N, BelowMinus1: r.Lm1, Below0: r.L0, Above0: r.G0, Above1: r.G1, AtMinus1: r.Am1, At0: r.A0, At1: r.A1}
	}
	if s := rec.Rowsum; s != nil && s.Lo <= s.Hi { // neither NaN
		p.RowSums = &nnvet.Extent{Lo: float64(s.Lo), Hi: float64(s.Hi)}
	}
	if p.Role == nnvet.Target {
		id, err := strconv.ParseInt(p.Site, 10, 64)
		if err != nil {
			return fmt.Errorf("site %.20q is no number of a head", p.Site)
		}
		if p.Site = r.headSite(id); p.Site == "" {
			return nil
		}
	}
	r.profiles.add(p)
	return nil
}

func (rec *Data) check() error {
	if role := nnvet.Role(rec.Role); role != nnvet.Input && role != nnvet.Target {
		return fmt.Errorf("%.20q is no role", rec.Role)
	}
	if err := checkSplit(rec.Split); err != nil {
		return err
	}
	if err := checkShape(rec.Shape); err != nil {
		return err
	}
	if rec.Of < 0 || rec.Of > maxCount || rec.Rows < 0 || rec.Rows > maxCount || rec.Total < 0 || rec.Total > maxCount {
		return errors.New("a negative count")
	}
	if err := sameLength(len(rec.Classes), rec.Classes); err != nil {
		return err
	}
	if rec.Classes != nil && int64(len(rec.Classes)) != rec.Of {
		return fmt.Errorf("%d classes of %d", len(rec.Classes), rec.Of)
	}
	for i, c := range rec.Cols {
		if c < 0 || c >= rec.Of || i > 0 && c <= rec.Cols[i-1] {
			return fmt.Errorf("column %d of %d", c, rec.Of)
		}
	}
	if rec.Cols != nil && (rec.N == nil || rec.Mean == nil || rec.Std == nil) {
		return errors.New("columns without n, mean and std")
	}
	if err := sameLength(len(rec.Cols), rec.N, rec.Nz, rec.Nf, rec.Whole); err != nil {
		return err
	}
	if rec.Names != nil && len(rec.Names) != len(rec.Cols) {
		return fmt.Errorf("%d names of %d columns", len(rec.Names), len(rec.Cols))
	}
	if err := rec.checkRanges(); err != nil {
		return err
	}
	return sameLengths(len(rec.Cols), rec.Mean, rec.Std, rec.Min, rec.Max)
}

func (rec *Data) checkRanges() error {
	if r := rec.Ranges; r != nil {
		return sameLength(8, ints{r.N, r.Lm1, r.L0, r.G0, r.G1, r.Am1, r.A0, r.A1})
	}
	return nil
}

// columns returns the columns of a batch. Their n counts finite numbers only.
func (rec *Data) columns() []nnvet.Column {
	var out []nnvet.Column
	for j, index := range rec.Cols {
		c := nnvet.Column{Index: int(index), Moments: nnvet.Moments{
			N: rec.N[j], Mean: rec.Mean[j], Std: rec.Std[j], Min: at(rec.Min, j), Max: at(rec.Max, j),
			Whole: rec.Whole != nil && rec.Whole[j] == 1,
		}}
		if c.N == 0 { // then the other figures are of nothing
			c.Moments = nnvet.Moments{Min: math.NaN(), Max: math.NaN()}
		}
		if rec.Names != nil {
			c.Name = rec.Names[j]
		}
		if rec.Nz != nil {
			c.Zeros = max(c.N-rec.Nz[j], 0)
		}
		if rec.Nf != nil {
			c.NonFinite = rec.Nf[j]
		}
		out = append(out, c)
	}
	return out
}
