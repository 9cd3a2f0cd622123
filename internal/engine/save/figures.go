package save

import (
	"fmt"
	"reflect"
	"strconv"
)

// Figures are written as texts by name: JSON has no NaN, which a loss may be.

// writeFigures notes the numbers of a structure, also of those inside it, and
// passes over arrays.
func writeFigures(to map[string]string, name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			writeFigures(to, name+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Int, reflect.Int64:
		to[name] = strconv.FormatInt(v.Int(), 10)
	case reflect.Float64:
		to[name] = strconv.FormatFloat(v.Float(), 'g', -1, 64)
	}
}

// readFigures is the inverse of writeFigures: it sets the numbers of a
// structure, all of which must be there.
func readFigures(from map[string]string, name string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if err := readFigures(from, name+"."+v.Type().Field(i).Name, v.Field(i)); err != nil {
				return err
			}
		}
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(from[name], 10, v.Type().Bits())
		if err != nil {
			return fmt.Errorf("metadata %s: %.40q is no whole number", name, from[name])
		}
		v.SetInt(n)
	case reflect.Float64:
		f, err := strconv.ParseFloat(from[name], 64)
		if err != nil {
			return fmt.Errorf("metadata %s: %.40q is no number", name, from[name])
		}
		v.SetFloat(f)
	}
	return nil
}
