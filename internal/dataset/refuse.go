package dataset

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// A refusal is a format that is recognised and not read, with what to do.
type refusal struct {
	at     int // where its mark stands
	mark   string
	advice string
}

// Pickles run code when they are read, and are refused for that.
const pickleAdvice = `a Python pickle, which runs code when it is read: load it where you trust it and save plain arrays, np.savez("data.npz", x=x, y=y)`

var refusals = []refusal{
	{0, "\x89HDF\r\n\x1a\n", `an HDF5 file: save its arrays with np.savez("data.npz", x=f["x"][:], y=f["y"][:]) (h5py), or a table with to_parquet (pandas)`},
	{0, "SQLite format 3\x00", `a SQLite database: export the table, sqlite3 -header -csv FILE "select * from TABLE" > data.csv`},
	{0, "\xd0\xcf\x11\xe0", "an old Excel file: save the sheet as CSV"},
	{0, "MATLAB 5.0 MAT-file", `a MATLAB file: save its arrays with np.savez("data.npz", **scipy.io.loadmat(FILE))`},
	{0, "FEA1", "a Feather file of version 1: write it again with version 2, df.to_feather(FILE) of a newer pandas"},
	{0, "ORC", "an ORC file: convert it to Parquet"},
	{0, "Obj\x01", "an Avro file: convert it to Parquet"},
	{0, "BZh", "compressed with bzip2: decompress it, or use gzip or zstd"},
	{0, "\xfd7zXZ\x00", "compressed with xz: decompress it, or use gzip or zstd"},
	{0, "7z\xbc\xaf\x27\x1c", "a 7z archive: extract it"},
	{0, "Rar!", "a RAR archive: extract it"},
	{257, "ustar", "a tar archive: extract it and name the folder"},
	{0, "\x89PNG", "one image: name a folder that holds a folder of images for each class"},
	{0, "\xff\xd8\xff", "one image: name a folder that holds a folder of images for each class"},
	{0, "GIF8", "one image: name a folder that holds a folder of images for each class"},
	{0, "%PDF", "a PDF document: export the table as CSV"},
	{0, "version https://git-lfs", "a pointer to a file in Git LFS: fetch it with git lfs pull"},
	{0, "@relation", "an ARFF file: convert it to CSV"},
	{0, "@RELATION", "an ARFF file: convert it to CSV"},
	{0, "<!DOCTYPE", "a web page, not data: the download went wrong"},
	{0, "<!doctype", "a web page, not data: the download went wrong"},
	{0, "<html", "a web page, not data: the download went wrong"},
	{0, "<?xml", "XML: convert it to CSV or JSON Lines"},
	{8, `{"`, "a safetensors file, which holds weights: name a data file"},
}

// refused returns why a file that begins so is not read, or nil.
func refused(head []byte) error {
	for _, r := range refusals {
		if len(head) > r.at && bytes.HasPrefix(head[r.at:], []byte(r.mark)) && (r.at == 0 || bytes.IndexByte(head[:r.at], 0) >= 0) {
			return errors.New(r.advice)
		}
	}
	if len(head) > 2 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5 { // PROTO, its version
		return errors.New(pickleAdvice)
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if bytes.HasPrefix(text, []byte("[")) && jsonAfter(text[1:]) {
		return errors.New(`a JSON array: write a line for each object, jq -c '.[]' FILE > data.jsonl`)
	}
	return nil
}

// jsonAfter reports whether an array that was opened goes on as one of JSON.
func jsonAfter(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return bytes.HasPrefix(text, []byte("{")) || bytes.HasPrefix(text, []byte("["))
}

// kindOfZip tells apart what comes in zip archives.
func kindOfZip(path string) (string, error) {
	r, err := openRandom(path, maxMetadata)
	if err != nil {
		return "", err
	}
	defer r.Close()
	archive, err := zip.NewReader(r, r.Size())
	if err != nil {
		return "", fmt.Errorf("a zip archive that is damaged or cut off: %w", err)
	}
	arrays := 0
	for _, f := range archive.File {
		switch {
		case strings.HasSuffix(f.Name, ".npy"):
			arrays++
		case strings.HasSuffix(f.Name, "data.pkl"):
			return "", errors.New("a file of torch.save, " + pickleAdvice)
		case strings.HasPrefix(f.Name, "xl/"):
			return "", errors.New("an Excel file: save the sheet as CSV")
		}
	}
	switch {
	case len(archive.File) == 0:
		return "", errors.New("a zip archive with nothing in it")
	case arrays < len(archive.File):
		return "", errors.New("a zip archive: extract it and name the file inside")
	}
	return "npz", nil
}
