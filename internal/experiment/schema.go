package experiment

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/nnvet/nnvet/internal/engine"
)

// schemaURL is where editors find the schema.
const schemaURL = "https://raw.githubusercontent.com/nnvet/nnvet/main/docs/experiment.schema.json"

// An object is one of a JSON schema.
type object = map[string]any

// Schema returns the JSON schema of experiment files, for editors. It comes
// from the tables that files are read by. Draft 7 is what editors know best.
func Schema() ([]byte, error) {
	root := table(unset("").keys())
	maps.Copy(root, object{
		"$schema": "http://json-schema.org/draft-07/schema#", "$id": schemaURL,
		"title":       "nnvet experiment",
		"description": "What `nnvet run experiment.yaml` trains, on which data. Only data.path and data.target must be said.",
		"definitions": object{
			"layer":       pickSchema(layerChoices(new(string), new([]engine.Layer))),
			"initializer": pickSchema(initOf(new(engine.Init)).choices),
		},
	})
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(root)
	return b.Bytes(), err
}

// table returns the schema of a map of settings.
func table(settings []setting) object {
	properties, required := object{}, []string{}
	for _, s := range settings {
		properties[s.name] = s.schema()
		if s.must {
			required = append(required, s.name)
		}
	}
	o := object{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

func (s *setting) schema() object {
	o := s.value()
	if s.auto && !slices.Contains(s.options, "auto") {
		o = anyOf(object{"const": "auto"}, o)
	}
	if o["$ref"] != nil {
		o = anyOf(o) // in draft 7 nothing counts beside a reference
	}
	o["description"] = s.what
	if s.def != "" {
		var v any = s.def
		if json.Unmarshal([]byte(s.def), &v) != nil {
			v = s.def
		}
		o["default"] = v
	}
	return o
}

// value returns the schema of what stands behind the key.
func (s *setting) value() object {
	number := func(kind string) object {
		o := object{"type": kind}
		maps.Copy(o, s.bounds.schema)
		return o
	}
	text := object{"type": []string{"string", "number", "boolean"}} // a column may be named 2020
	if s.options != nil {
		text = object{"enum": s.options}
	}
	switch to := s.to.(type) {
	case *float64:
		return number("number")
	case *int, *int64:
		return number("integer")
	case *bool:
		return object{"type": "boolean"}
	case *[]string:
		return anyOf(text, object{"type": "array", "items": text})
	case *[2]int:
		return anyOf(number("integer"), object{"type": "array", "items": number("integer"), "minItems": 2, "maxItems": 2})
	case taker:
		return to.schema()
	}
	return maps.Clone(text)
}

func anyOf(options ...object) object { return object{"anyOf": options} }

func (c *section) schema() object { return table(c.settings) }

func (o *oneOf) schema() object {
	if o.ref != "" {
		return object{"$ref": "#/definitions/" + o.ref}
	}
	return pickSchema(o.choices)
}

// pickSchema returns the schema of `name` and `{name: settings}`.
func pickSchema(choices []choice) object {
	var names []object
	properties := object{}
	for i := range choices {
		c := &choices[i]
		bare, settings := true, []object{table(c.settings), {"type": "null"}}
		if main := c.find(c.main); main != nil {
			settings = append([]object{main.value()}, settings...)
		}
		for _, s := range c.settings {
			bare = bare && !s.must
		}
		if bare {
			names = append(names, object{"const": c.name, "description": c.what})
		}
		properties[c.name] = object{"description": c.what, "anyOf": settings}
	}
	named := object{"type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1, "properties": properties}
	return anyOf(append(names, named)...)
}

func (layers) schema() object {
	return object{"type": "array", "items": object{"$ref": "#/definitions/layer"}}
}

func (augments) schema() object {
	one := pickSchema(augmentChoices(new(engine.Augment)).choices)
	return anyOf(one, object{"type": "array", "items": one})
}

func (transforms) schema() object {
	how := setting{options: transformNames(), to: new(string)}
	return anyOf(how.value(), object{"type": "object", "additionalProperties": how.value()})
}

func (seed) schema() object { return object{"type": "integer", "minimum": 0} }

func (d seeds) schema() object {
	return anyOf(seed(d).schema(), object{"type": "array", "items": seed(d).schema(), "minItems": 1, "maxItems": maxSeeds, "uniqueItems": true})
}
