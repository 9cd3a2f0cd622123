package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// A parquetFile is an open Parquet file.
type parquetFile struct {
	*pqarrow.FileReader
	schema *arrow.Schema
	rows   int64
	close  func() error
}

func openParquet(in *input, o *Options, batch int) (*parquetFile, error) {
	r, err := openRandom(in.path, o.MaxBytes)
	if err != nil {
		return nil, err
	}
	mem := allocator()
	properties := parquet.NewReaderProperties(mem)
	properties.BufferedStreamEnabled = true // a page at a time, not a row group
	f, err := file.NewParquetReader(r, file.WithReadProps(properties))
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("damaged or cut off: %w", err)
	}
	close := f.Close // which closes r
	// One column after the other: a panic in a goroutine could not be caught.
	fr, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: int64(batch)}, mem)
	if err != nil {
		return nil, errors.Join(err, close())
	}
	schema, err := fr.Schema()
	if err != nil {
		return nil, errors.Join(err, close())
	}
	return &parquetFile{fr, schema, max(f.NumRows(), 0), close}, nil
}

// records returns a reader of the columns that have sinks, and these sinks.
func (f *parquetFile) records(ctx context.Context, sinks []*sink, most int) (*arrowRows, error) {
	var leaves []int
	var kept []*sink
	for i, s := range sinks {
		if s != nil {
			leaves = leavesOf(f.Manifest.Fields[i], leaves)
			kept = append(kept, s)
		}
	}
	if len(kept) == 0 || f.rows == 0 {
		return &arrowRows{read: func() (arrow.RecordBatch, error) { return nil, io.EOF }, close: f.close}, nil
	}
	r, err := f.GetRecordReader(ctx, leaves, nil)
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	return &arrowRows{read: r.Read, sinks: kept, most: most, close: func() error {
		r.Release()
		return f.close()
	}}, nil
}

// leavesOf adds the columns in which a field is stored.
func leavesOf(f pqarrow.SchemaField, leaves []int) []int {
	if len(f.Children) == 0 {
		return append(leaves, f.ColIndex)
	}
	for _, child := range f.Children {
		leaves = leavesOf(child, leaves)
	}
	return leaves
}

func lookParquet(ctx context.Context, in *input, o *Options) (*view, error) {
	f, err := openParquet(in, o, probeRows)
	if err != nil {
		return nil, err
	}
	v, sinks, err := glimpseArrow(f.schema, o)
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	v.rows, v.exact = f.rows, true
	rows, err := f.records(ctx, sinks, probeRows)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if _, err := rows.next(ctx); err != nil {
		return nil, err
	}
	return v, v.settleLists(sinks)
}

func readParquet(in *input, o *Options, p *plan) (reader, error) {
	f, err := openParquet(in, o, p.batch)
	if err != nil {
		return nil, err
	}
	sinks, err := p.arrowSinks(f.schema)
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f.records(context.Background(), sinks, p.batch)
}
