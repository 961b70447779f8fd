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

# Under the race detector, which takes ten times as long, goes what goroutines do together: these packages
# whole; of these rooms the tests in files that start goroutines, and those of what sends letters; and the
# kept pages.
RACED    := ./cmd/temadag ./internal/auth ./internal/server ./internal/worker
ROOMS    := ./internal/mail ./internal/service ./internal/store
MEETING   = $$(grep -lE 'go func|\.Go\(' $(ROOMS:=/*_test.go) | xargs grep -ho '^func Test[A-Za-z0-9_]*' | sed 's/^func //' | paste -sd '|')
KEPT     := Memory|Kept|Crowd
LANES    := Lanes|Senders|CountTogether
# What the compiler is told of where time goes in a rush. It costs a minute once; PROFILE=off leaves it out.
PROFILE  ?= cmd/temadag/rush.pgo
FUZZTIME ?= 10s
BENCHARGS ?=

# What stands on a database is tried on both engines, the rest once. bin/withpostgres ends with 3 where
# PostgreSQL is not installed.
STANDING := ./internal/store ./internal/service ./internal/demo ./internal/site ./internal/office ./internal/journey ./internal/torture
define BOTH
	@$(GO) build -o bin/withpostgres ./internal/testkit/withpostgres
	@{ \
		one=0; two=0; \
		TEMADAG_TEST_ENGINE=sqlite $(GO) test -json -count=1 -timeout=$(1) ./... || one=$$?; \
		echo '{"Action":"engine","Output":"PostgreSQL"}'; \
		TEMADAG_TEST_ENGINE=postgres bin/withpostgres $(GO) test -json -count=1 -timeout=$(1) $(STANDING) || two=$$?; \
		if ((two == 3)); then two=0; echo '{"Action":"absent","Output":"it is not installed on this machine (.ci/run installs it)"}'; fi; \
		exit $$((one + two)); \
	} | $(GO) run ./internal/testkit/summary
endef
TORTUREARGS ?=

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOFUMPT     := mvdan.cc/gofumpt@v0.12.0

.DEFAULT_GOAL := help
.PHONY: help build run dev demo test thorough check format vet raced short lint fmt bench torture pgo fuzz golden hooks clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build the program into bin/
	@$(GO) build -pgo=$(PROFILE) -ldflags '$(STAMP)' -o $(BIN) ./cmd/temadag
	@echo "$(BIN) $(VERSION)"

run: build ## Build, load the demo programme into an empty database, and serve it
	@$(BIN) demo --if-empty
	@$(BIN) serve

dev: build ## Serve with templates and texts read from disk at every request
	@$(BIN) demo --if-empty
	@$(BIN) serve --dev

demo: build ## Load the demo programme into the database
	@$(BIN) demo

test: ## Run every test on SQLite and PostgreSQL, the browser's too, and tell what was left out
	$(call BOTH,20m)

thorough: export TEMADAG_TEST_THOROUGH=1
thorough: ## Run every test the long way where there are two: an hour, for a night
	$(call BOTH,60m)

check: format vet raced short ## The fast gate: format, vet, imports, unit tests (raced where goroutines meet)

format: ## Tell which files make fmt would change
	@unformatted=$$(gofmt -l $(SOURCES)); \
		test -z "$$unformatted" || { echo "make fmt would change:"; echo "$$unformatted"; exit 1; }

vet: ## Run go vet
	@$(GO) vet ./...

raced: ## Run the unit tests where goroutines meet, under the race detector
	@$(GO) test -json -short -race -shuffle=on $(RACED) | $(GO) run ./internal/testkit/summary
	@$(GO) test -json -short -race -shuffle=on -run "^($(MEETING))\$$|Deliver|Outbox" $(ROOMS) | $(GO) run ./internal/testkit/summary
	@$(GO) test -json -short -race -run '$(KEPT)' ./internal/site | $(GO) run ./internal/testkit/summary
	@$(GO) build -o bin/withpostgres ./internal/testkit/withpostgres
	@{ \
		status=0; \
		echo '{"Action":"engine","Output":"PostgreSQL"}'; \
		TEMADAG_TEST_ENGINE=postgres bin/withpostgres $(GO) test -json -short -race -run '$(LANES)' ./internal/store || status=$$?; \
		if ((status == 3)); then status=0; echo '{"Action":"absent","Output":"it is not installed on this machine (.ci/run installs it)"}'; fi; \
		exit $$status; \
	} | $(GO) run ./internal/testkit/summary

short: ## Run the unit tests, without browsers and long ones
	@$(GO) test -json -short -shuffle=on $$($(GO) list ./... | grep -v -e /internal/journey -e /internal/bench) | $(GO) run ./internal/testkit/summary

lint: ## Run staticcheck and gofumpt, at fixed versions
	@$(GO) run $(STATICCHECK) ./...
	@unformatted=$$($(GO) run $(GOFUMPT) -l $(SOURCES)); \
		test -z "$$unformatted" || { echo "gofumpt would change:"; echo "$$unformatted"; exit 1; }

fmt: ## Format the Go code
	@$(GO) run $(GOFUMPT) -w $(SOURCES)

bench: build ## Measure against the machine's own floor: one JSON line per figure
	@$(GO) run ./internal/bench -binary $(BIN) $(BENCHARGS)

torture: build ## Do to the program what it must survive, for hours: one JSON line per trial; TORTUREARGS="-run kill -scale 0.1"
	@$(GO) run ./internal/torture -binary $(BIN) $(TORTUREARGS)

pgo: ## Profile a rush anew for the compiler; read the difference in make bench before you keep it
	@rm -rf var/pgo
	@$(GO) run ./internal/bench -only 'registrations_http_(64|256)$$|list_(kept|fresh)' -seconds 5 -runs 1 -profile var/pgo
	@$(GO) tool pprof -proto -output cmd/temadag/rush.pgo var/pgo/*.cpu.prof
	@rm -rf var/pgo

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
