# One set of flags for building, testing and vetting: another set would compile everything anew.
SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
export GOFLAGS := -tags=nomsgpack -trimpath
export CGO_ENABLED := 1

GO      ?= go
BIN     := bin/temadag
SOURCES := cmd db internal web
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
COMMIT  := $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
DATE    := $(shell git log -1 --format=%cI 2>/dev/null || echo unknown)
STAMP   := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.date=$(DATE)

# Everything but what drives the built program or measures the machine.
FAST      = $$($(GO) list ./... | grep -v -e /internal/journey -e /internal/bench)
# What draws pages and sheets runs on one goroutine, save the kept pages, which are raced apart: the race
# detector would make it slow and find nothing.
DRAWN     = -e /internal/export -e /internal/view -e /internal/office -e /internal/site -e /internal/demo
FUZZTIME ?= 10s
BENCHARGS ?=

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOFUMPT     := mvdan.cc/gofumpt@v0.12.0

.DEFAULT_GOAL := help
.PHONY: help build run dev demo test check lint fmt bench fuzz golden hooks clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build the program into bin/
	@$(GO) build -ldflags '$(STAMP)' -o $(BIN) ./cmd/temadag
	@echo "$(BIN) $(VERSION)"

run: build ## Build, load the demo programme into an empty database, and serve it
	@$(BIN) demo --if-empty
	@$(BIN) serve

dev: build ## Serve with templates and texts read from disk at every request
	@$(BIN) demo --if-empty
	@$(BIN) serve --dev

demo: build ## Load the demo programme into the database
	@$(BIN) demo

test: ## Run every test, the browser's and the long ones too, and tell what was left out
	@$(GO) test -json -count=1 -timeout=20m ./... | $(GO) run ./internal/testkit/summary

check: ## The fast gate: format, vet, imports, unit tests (raced where goroutines meet)
	@unformatted=$$(gofmt -l $(SOURCES)); \
		test -z "$$unformatted" || { echo "make fmt would change:"; echo "$$unformatted"; exit 1; }
	@$(GO) vet ./...
	@$(GO) test -json -short -race -shuffle=on $$(echo "$(FAST)" | tr ' ' '\n' | grep -v $(DRAWN)) | $(GO) run ./internal/testkit/summary
	@$(GO) test -json -short -shuffle=on $$(echo "$(FAST)" | tr ' ' '\n' | grep $(DRAWN)) | $(GO) run ./internal/testkit/summary
	@$(GO) test -json -short -race -run 'Memory|Kept|Crowd' ./internal/site | $(GO) run ./internal/testkit/summary

lint: ## Run staticcheck and gofumpt, at fixed versions
	@$(GO) run $(STATICCHECK) ./...
	@unformatted=$$($(GO) run $(GOFUMPT) -l $(SOURCES)); \
		test -z "$$unformatted" || { echo "gofumpt would change:"; echo "$$unformatted"; exit 1; }

fmt: ## Format the Go code
	@$(GO) run $(GOFUMPT) -w $(SOURCES)

bench: build ## Measure against the machine's own floor: one JSON line per figure
	@$(GO) run ./internal/bench -binary $(BIN) $(BENCHARGS)

fuzz: ## Fuzz every fuzz target for FUZZTIME each (10s)
	@for dir in $$(grep -rl --include='*_test.go' '^func Fuzz' cmd internal | xargs -r -n1 dirname | sort -u); do \
		for target in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go | sed 's/^func //'); do \
			echo "$$dir $$target"; \
			$(GO) test -run='^$$' -fuzz="^$$target$$" -fuzzminimizetime=5x -fuzztime=$(FUZZTIME) ./$$dir; \
		done; \
	done

golden: ## Write the golden files anew; read the difference before you keep it
	@packages=$$(grep -rl --include='*_test.go' 'flag.Bool("update"' cmd internal | xargs -r -n1 dirname | sort -u | sed 's|^|./|'); \
		test -z "$$packages" || $(GO) test $$packages -count=1 -update
	@git --no-pager diff --stat

hooks: ## Run make check before every commit and push from now on
	@git config core.hooksPath .githooks
	@echo "make check now runs before every commit and push; git config --unset core.hooksPath undoes it"

clean: ## Remove what was built; the data in var/ stays
	@rm -rf bin .ci/out
