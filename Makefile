# `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help run test dev bindings bench screenshots package fmt page

STAGE := @scripts/stage.sh
NPM := npm --prefix ui run --silent
MUTATED := $(shell find src-tauri/crates/jose src-tauri/crates/inspect -type f) Cargo.toml Cargo.lock
PAGE_SOURCES := $(shell find ui/src ui/public 2>/dev/null) $(wildcard ui/*.html ui/*.json ui/*.js ui/*.ts)

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.* ## /  make \1\t/p' Makefile | expand -t 20

run: ## build what changed and open the window
	@scripts/run.sh

test: ## every check there is, the real window included
	$(STAGE) "Setup" scripts/setup.sh test
	@$(MAKE) --silent target/page-tested
	$(STAGE) "Page: build" $(MAKE) --silent ui/dist/index.html
	$(STAGE) "Rust: format" cargo fmt --all --check
	$(STAGE) "Rust: clippy" cargo clippy --locked --quiet --workspace --all-targets -- -D warnings
	$(STAGE) "Rust: build" cargo build --locked --quiet --workspace --all-targets
	@$(MAKE) --silent target/mutations-tested
	$(STAGE) "Rust: tests and the real window" scripts/in-memory.sh scripts/rust-tests.sh

dev: page ## the window on Vite's server, reloading on every change
	@scripts/tauri.sh dev --config '{"build":{"devUrl":"http://localhost:5173","beforeDevCommand":{"cwd":"ui","script":"npm run dev"}}}'

# The page's checks and tests read nothing else, so they are skipped if none of it has changed since they passed.
target/page-tested: $(PAGE_SOURCES) $(wildcard ui/.prettier*) $(shell find ui/tests 2>/dev/null)
	$(STAGE) "Page: types" $(NPM) check
	$(STAGE) "Page: lint" $(NPM) lint
	$(STAGE) "Page: format" $(NPM) format:check
	$(STAGE) "Page: tests" $(NPM) test
	@mkdir -p target && touch $@

# Four million damaged tokens and keys. They are the same each time, so they are skipped like the page's tests.
target/mutations-tested: $(MUTATED)
	$(STAGE) "Rust: damaged tokens and keys" cargo test --locked --quiet --workspace --test any_input --test judge mutations::
	@touch $@

bindings: page ## write the page's TypeScript for the commands of the shell
	@UPDATE_BINDINGS=1 cargo test --quiet --workspace --lib bindings

bench: page ## speed of the engine, and start-up and memory against an empty window
	cargo bench --workspace --bench '*'
	@scripts/bench-window.sh

screenshots: page ## write docs/screenshots from the real window
	@cargo build --quiet --workspace --all-targets && target/debug/screenshots $(ARGS)

package: page ## installers for this system
	@scripts/tauri.sh build

fmt: ## format everything
	@cargo fmt --all && $(NPM) format

page:
	@scripts/setup.sh
	@$(MAKE) --silent ui/dist/index.html

ui/dist/index.html: $(PAGE_SOURCES)
	@$(NPM) build && touch $@
