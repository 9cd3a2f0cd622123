# make           builds bin/nnvet
# make demo      shows nnvet on real data; needs no Python, and shows a PyTorch script too where there is one
# make demo-torch  shows it on a real PyTorch script; installs a PyTorch where there is none
# make test      every test, with PyTorch really running; installs one where there is none
# make test-newest   the tests that run PyTorch, with its newest release too
# make test-slow    repairs every broken example, holds every twin against its program, and tries trackers: half an hour
# make screenshots  makes those of the README; installs a PyTorch and a Chromium where there are none
# make update    rewrites the goldens; read the difference
# make bench     measures the probe's overhead
# make bench-engine  measures the embedded engine, against PyTorch and GoMLX where they are to be had
# make fuzz      runs every fuzz test for FUZZTIME

GO ?= go
FUZZTIME ?= 30s
PACKAGES ?= ./...

.PHONY: build demo demo-torch test test-newest test-slow screenshots update bench bench-engine fuzz clean

build:
	$(GO) build -o bin/nnvet ./cmd/nnvet

demo: build
	@tools/demo.sh

demo-torch: build
	@tools/demo.sh --torch

test:
	@python=$$(tools/torch.sh) && newest=$$(tools/torch.sh --newest --find || true) && onnx=$$(tools/onnx.sh || true) && ipython=$$(tools/ipython.sh || true) && { tools/browser.sh >/dev/null || true; } && \
	NNVET_TEST_PYTHON=$$python NNVET_TEST_PYTHON_NEWEST=$$newest NNVET_TEST_ONNX_PYTHON=$$onnx NNVET_TEST_IPYTHON=$$ipython python3 tools/gotest.py -timeout 20m $(PACKAGES)

test-newest:
	@newest=$$(tools/torch.sh --newest) && \
	NNVET_TEST_PYTHON=$$newest python3 tools/gotest.py -count=1 -timeout 20m ./probe/... ./internal/subject/... ./cmd/... ./examples/...

test-slow:
	@python=$$(tools/torch.sh) && { tools/trackers.sh >/dev/null || true; } && NNVET_TEST_PYTHON=$$python NNVET_TEST_PROVE=all NNVET_TEST_TWIN=all \
	  $(GO) test -count=1 -timeout 90m ./examples ./casebook/torch ./internal/twin ./internal/trial/script

screenshots: build
	@tools/screenshots.sh

update:
	NNVET_UPDATE=1 $(GO) test ./...

bench: build
	@python=$$(tools/torch.sh) && $$python bench/overhead.py

bench-engine:
	@python3 bench/engine/compare.py --torch "$$(tools/torch.sh --newest --find || true)"

fuzz:
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	    $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$p || exit 1; \
	  done; \
	done

clean:
	rm -rf bin .ruff_cache
