module github.com/nnvet/nnvet

go 1.26.0

require (
	github.com/apache/arrow-go/v18 v18.8.0 // training data in Parquet and Arrow IPC files
	github.com/goccy/go-yaml v1.19.2 // the experiment file, with the place of every value
	github.com/google/jsonschema-go v0.4.3 // tests hold answers against the published schemas
	github.com/klauspost/compress v1.20.3 // training data in .zst files, and .gz faster than the standard library
	github.com/mattn/go-runewidth v0.0.31 // columns that text takes on a terminal
	github.com/modelcontextprotocol/go-sdk v1.8.0 // nnvet mcp: the Model Context Protocol
	github.com/pelletier/go-toml/v2 v2.4.3 // nnvet.toml and pyproject.toml, with the line of every error
	github.com/rogpeppe/go-internal v1.16.0 // unified diffs; testscript: the cases of the commands
	github.com/spf13/cobra v1.10.2 // commands, flags and completions
	github.com/spf13/pflag v1.0.9 // flags from the environment
	golang.org/x/net v0.61.0 // html: tests read pages as a browser does
	golang.org/x/sys v0.49.0 // which vector instructions the processor has
	golang.org/x/term v0.47.0 // whether stderr is a terminal, and how wide
	golang.org/x/tools v0.52.0 // txtar: the cases of vettest
)

require (
	github.com/andybalholm/brotli v1.2.3 // indirect
	github.com/apache/thrift v0.24.0 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/clipperhouse/uax29/v2 v2.7.0 // indirect
	github.com/goccy/go-json v0.10.6 // indirect
	github.com/google/flatbuffers v25.12.19+incompatible // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/klauspost/cpuid/v2 v2.4.0 // indirect
	github.com/pierrec/lz4/v4 v4.1.29 // indirect
	github.com/segmentio/asm v1.1.3 // indirect
	github.com/segmentio/encoding v0.5.4 // indirect
	github.com/yosida95/uritemplate/v3 v3.0.2 // indirect
	github.com/zeebo/xxh3 v1.1.0 // indirect
	golang.org/x/exp v0.0.0-20260112195511-716be5621a96 // indirect
	golang.org/x/oauth2 v0.36.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	golang.org/x/time v0.15.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20260526163538-3dc84a4a5aaa // indirect
	google.golang.org/grpc v1.83.2 // indirect
	google.golang.org/protobuf v1.36.12 // protowire: the messages of ONNX files
)
