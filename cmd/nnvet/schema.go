package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet/docs"
	"github.com/nnvet/nnvet/internal/near"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Print the JSON schema of what nnvet writes or reads; without a name, list them.",
		Example: `  nnvet schema
  nnvet schema diagnosis > diagnosis.schema.json`,
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: docs.Schemas(),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				fmt.Println(strings.Join(docs.Schemas(), "\n"))
				return nil
			}
			text, err := docs.Schema(args[0])
			if err != nil {
				return usage("nnvet schema lists them", "unknown schema %q%s", args[0], near.Meant(args[0], docs.Schemas()))
			}
			_, err = os.Stdout.Write(text)
			return err
		},
	}
}
