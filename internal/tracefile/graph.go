package tracefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nnvet/nnvet"
)

// maxNodes bounds a graph.
const maxNodes = 1 << 14

type graphRecord struct {
	Nodes []graphNode
	Cut   bool
}

// A graphNode is written [operation, [places of inputs], (parameter)].
type graphNode struct {
	op     string
	inputs ints
	param  int64 // -1 where it is none
}

func (n *graphNode) UnmarshalJSON(b []byte) error {
	var row []json.RawMessage
	if err := json.Unmarshal(b, &row); err != nil {
		return err
	}
	if len(row) < 2 {
		return errors.New("a node without inputs")
	}
	n.param = -1
	if err := json.Unmarshal(row[0], &n.op); err != nil {
		return err
	}
	if err := json.Unmarshal(row[1], &n.inputs); err != nil {
		return err
	}
	if len(row) > 2 {
		return json.Unmarshal(row[2], &n.param)
	}
	return nil
}

// graph takes the first graph that was recorded.
func (r *Reader) graph(rec *graphRecord) error {
	if len(rec.Nodes) > maxNodes {
		return fmt.Errorf("a graph of %d nodes", len(rec.Nodes))
	}
	for _, n := range rec.Nodes {
		for _, i := range n.inputs {
			if i < 0 || i >= int64(len(rec.Nodes)) {
				return fmt.Errorf("input %d of %d nodes", i, len(rec.Nodes))
			}
		}
	}
	r.cut = r.cut || rec.Cut
	if r.b.Graph != nil {
		return nil
	}
	for _, n := range rec.Nodes {
		node := nnvet.Node{Kind: strings.ToLower(n.op), Inputs: shape(n.inputs)}
		if n.param >= 0 {
			if _, p := r.param(n.param); p != nil {
				node.Kind, node.Param = "leaf", p.Name
			}
		}
		r.b.Graph = append(r.b.Graph, node)
	}
	return nil
}
