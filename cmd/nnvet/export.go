package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet/internal/engine/save"
)

func newExport() *cobra.Command {
	var raw bool
	cmd := &cobra.Command{
		Use:   "export [flags] MODEL [FILE.onnx]",
		Short: "Export a model that nnvet run left, as ONNX.",
		Example: `  nnvet export digits.safetensors                 writes digits.onnx

Its input is prepared as in training. Its output is probabilities, or the
target in its own units, unless --raw. PyTorch reads the model itself, with
safetensors.torch.load_file.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := save.ReadModel(args[0])
			if err != nil {
				return usage("", "%w", err)
			}
			to := strings.TrimSuffix(args[0], filepath.Ext(args[0])) + ".onnx"
			if len(args) > 1 {
				to = args[1]
			}
			if ext := filepath.Ext(to); ext != ".onnx" {
				return usage("", "%s: only .onnx can be written, not %q", to, ext)
			}
			if err := m.WriteONNX(to, save.ONNXOptions{Raw: raw}); err != nil {
				return usage("", "%w", err)
			}
			fmt.Println("wrote", to)
			return nil
		},
	}
	cmd.Flags().BoolVar(&raw, "raw", false, "the network's own outputs: no probabilities, no units")
	return cmd
}
