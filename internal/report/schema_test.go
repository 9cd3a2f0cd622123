package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A schema is the part of JSON Schema that docs/*.schema.json use.
type schema struct {
	ID          string             `json:"$id"`
	Dialect     string             `json:"$schema"`
	Ref         string             `json:"$ref"`
	Defs        map[string]*schema `json:"$defs"`
	Title       string             `json:"title"`
	Description string             `json:"description"`
	Type        any                `json:"type"`
	Const       any                `json:"const"`
	Enum        []any              `json:"enum"`
	OneOf       []*schema          `json:"oneOf"`
	Properties  map[string]*schema `json:"properties"`
	Required    []string           `json:"required"`
	Additional  *bool              `json:"additionalProperties"`
	Items       *schema            `json:"items"`
	Minimum     *float64           `json:"minimum"`
	MinItems    *int               `json:"minItems"`
	MaxItems    *int               `json:"maxItems"`
}

func readSchema(t *testing.T, name string) *schema {
	t.Helper()
	b, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields() // a keyword that this test would not heed
	var s schema
	if err := d.Decode(&s); err != nil {
		t.Fatal(err)
	}
	return &s
}

// resolve follows a reference.
func (s *schema) resolve(root *schema) *schema {
	if s.Ref == "" {
		return s
	}
	return root.Defs[strings.TrimPrefix(s.Ref, "#/$defs/")]
}

// invalid returns what is wrong with a value, or "".
func (s *schema) invalid(root *schema, at string, v any) string {
	if s = s.resolve(root); s == nil {
		return at + ": dangling reference"
	}
	if s.Const != nil && v != s.Const {
		return fmt.Sprintf("%s: %v, not %v", at, v, s.Const)
	}
	if s.Enum != nil && !slices.Contains(s.Enum, v) {
		return fmt.Sprintf("%s: %v is none of %v", at, v, s.Enum)
	}
	if s.OneOf != nil {
		if !slices.ContainsFunc(s.OneOf, func(o *schema) bool { return o.invalid(root, at, v) == "" }) {
			return at + ": fits no alternative"
		}
		return ""
	}
	if s.Type != nil && !s.allows(v) {
		return fmt.Sprintf("%s: %v is no %v", at, v, s.Type)
	}
	switch v := v.(type) {
	case map[string]any:
		return s.invalidObject(root, at, v)
	case []any:
		if s.MinItems != nil && len(v) < *s.MinItems || s.MaxItems != nil && len(v) > *s.MaxItems {
			return fmt.Sprintf("%s: %d items", at, len(v))
		}
		for i, item := range v {
			if e := s.Items.invalid(root, fmt.Sprintf("%s[%d]", at, i), item); e != "" {
				return e
			}
		}
	case float64:
		if s.Minimum != nil && v < *s.Minimum {
			return fmt.Sprintf("%s: %v is below %v", at, v, *s.Minimum)
		}
	}
	return ""
}

func (s *schema) invalidObject(root *schema, at string, v map[string]any) string {
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			return at + ": no " + name
		}
	}
	for name, value := range v {
		p := s.Properties[name]
		if p == nil {
			return at + ": unknown " + name
		}
		if e := p.invalid(root, at+"."+name, value); e != "" {
			return e
		}
	}
	return ""
}

// allows reports whether the schema's type or types hold the value.
func (s *schema) allows(v any) bool {
	types, ok := s.Type.([]any)
	if !ok {
		types = []any{s.Type}
	}
	return slices.ContainsFunc(types, func(t any) bool {
		switch v := v.(type) {
		case nil:
			return t == "null"
		case bool:
			return t == "boolean"
		case string:
			return t == "string"
		case float64:
			return t == "number" || t == "integer" && v == float64(int64(v))
		case []any:
			return t == "array"
		case map[string]any:
			return t == "object"
		}
		return false
	})
}

func TestJSONFitsItsSchema(t *testing.T) {
	s := readSchema(t, "diagnosis.schema.json")
	for _, c := range cases {
		r := c.build(t)
		doc := render(t, r, func(w *bytes.Buffer) error { return JSON(w, r, Style{}) })
		var v any
		if err := json.Unmarshal([]byte(doc), &v); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if e := s.invalid(s, "$", v); e != "" {
			t.Errorf("%s: %s", c.name, e)
		}
	}
}

func TestProofFitsItsSchema(t *testing.T) {
	s := readSchema(t, "proof.schema.json")
	for _, c := range proofCases {
		var v any
		if err := json.Unmarshal([]byte(proofText(t, "json", c.build(), Style{})), &v); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if e := s.invalid(s, "$", v); e != "" {
			t.Errorf("%s: %s", c.name, e)
		}
	}
}

func TestSchemaFindsFaults(t *testing.T) {
	s := readSchema(t, "diagnosis.schema.json")
	doc := render(t, broken(t), func(w *bytes.Buffer) error { return JSON(w, broken(t), Style{}) })
	for _, c := range []struct{ old, new string }{
		{`"nnvet/diagnosis/1"`, `"nnvet/diagnosis/2"`},
		{`"verdict": "error"`, `"verdict": "bad"`},
		{`"child_exit": 0,`, ``},
		{`"child_exit": 0`, `"child_exit": 0.5`},
		{`"lost": []`, `"lost": null`},
		{`"n": 1,`, `"n": 1, "extra": 0,`},
		{`"line": 17`, `"line": 0`},
	} {
		changed := strings.Replace(doc, c.old, c.new, 1)
		var v any
		if err := json.Unmarshal([]byte(changed), &v); err != nil || changed == doc {
			t.Fatalf("%s to %s: %v", c.old, c.new, err)
		}
		if s.invalid(s, "$", v) == "" {
			t.Errorf("the schema allows %s instead of %s", c.new, c.old)
		}
	}
}

// TestSchemaHasEveryField compares the fields of the document's types with the
// schema's properties, both ways, and which of them may be absent.
func TestSchemaHasEveryField(t *testing.T) {
	for name, typ := range map[string]reflect.Type{"diagnosis.schema.json": reflect.TypeFor[diagnosis](), "proof.schema.json": reflect.TypeFor[provingDoc](), "events.schema.json": reflect.TypeFor[event]()} {
		s := readSchema(t, name)
		compareType(t, s, name+" $", s, typ)
	}
}

func compareType(t *testing.T, root *schema, at string, s *schema, typ reflect.Type) {
	t.Helper()
	if s = s.resolve(root); s == nil {
		t.Errorf("%s: dangling reference", at)
		return
	}
	for _, o := range s.OneOf {
		if o.Ref != "" {
			s = o.resolve(root)
		}
	}
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case typ.Kind() == reflect.Slice:
		compareType(t, root, at+"[]", s.Items, typ.Elem())
	case typ.Kind() == reflect.Struct:
		compareFields(t, root, at, s, typ)
	}
}

func compareFields(t *testing.T, root *schema, at string, s *schema, typ reflect.Type) {
	t.Helper()
	seen := make(map[string]bool)
	for _, f := range reflect.VisibleFields(typ) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || f.Anonymous {
			continue
		}
		p := s.Properties[name]
		if p == nil {
			t.Errorf("%s.%s: not in the schema", at, name)
			continue
		}
		seen[name] = true
		if p.resolve(root).Description == "" && len(p.OneOf) == 0 {
			t.Errorf("%s.%s: not described", at, name)
		}
		if optional := options == "omitempty"; optional == slices.Contains(s.Required, name) {
			t.Errorf("%s.%s: optional is %v, against the schema", at, name, optional)
		}
		compareType(t, root, at+"."+name, p, f.Type)
	}
	for name := range s.Properties {
		if !seen[name] {
			t.Errorf("%s.%s: only in the schema", at, name)
		}
	}
	if s.Additional == nil || *s.Additional {
		t.Errorf("%s: allows what it does not describe", at)
	}
}
