# `make run` starts the portal with demo data on this machine, `make test` runs every test. The first time, the
# portal's packages come from the network, and `check`, the tests besides `test-rust`, and `deploy-test`
# install what they need.

LISTEN ?= 127.0.0.1:3000
DATA ?= target/demo-data
# Where the proofs leave a line each.
REPORT := $(CURDIR)/target/report

# What the Rust tests leave behind of what each function needed to be allowed, for the comparison with its policy.
ACTIONS := $(CURDIR)/target/actions

.PHONY: run portal test test-rust test-calendar test-injection test-fuzz test-description test-portal deploy-test prepare-deploy-test least-privilege check format openapi

run: portal
	cargo run --package local --bin hiring-portal -- --listen $(LISTEN) --data $(DATA) --portal portal/dist --demo

# The browser portal: its packages, the check of its types and texts, and the files that are served.
portal: portal/node_modules/.package-lock.json
	npm --prefix portal run --silent build

portal/node_modules/.package-lock.json: portal/package-lock.json portal/package.json
	npm ci --prefix portal --silent
	touch $@

test: test-rust
	$(MAKE) test-calendar
	$(MAKE) test-injection
	$(MAKE) test-fuzz
	$(MAKE) test-description
	$(MAKE) test-portal
	@cat $(REPORT)/*

test-rust:
	rm -rf $(ACTIONS) $(REPORT)
	mkdir -p $(REPORT)
	RECORD_ACTIONS=$(ACTIONS)/found REPORT=$(REPORT) cargo test --workspace --locked
	touch $(ACTIONS)/complete

# Nothing a policy allows is unused, and nothing is missing. The example, which is there already, has it built with the
# features that tests are built with, so that no dependency is built twice.
least-privilege: $(ACTIONS)/complete
	cargo build --quiet --locked --workspace --bin least-privilege --example play
	$${CARGO_TARGET_DIR:-target}/debug/least-privilege $(ACTIONS)/found

$(ACTIONS)/complete: template.yaml Cargo.lock $(shell find functions shared infra/local tests -name '*.rs')
	$(MAKE) test-rust

# The template deployed to a stand-in for AWS, and the deployed system used.
deploy-test: check-template
	infra/deploy-test/run
	$(MAKE) --no-print-directory least-privilege

# What `deploy-test` installs and builds, to be had before it.
prepare-deploy-test:
	infra/check/prepare
	infra/deploy-test/prepare

# Calendar files, read by parsers that are not ours.
test-calendar:
	tests/calendar/run

# Hostile texts in everything that takes free text, read back by parsers that are not ours.
test-injection:
	REPORT=$(REPORT) tests/injection/run

# libFuzzer against everything that parses what comes from outside, each parser for some seconds.
test-fuzz:
	REPORT=$(REPORT) tests/fuzz/run

# The API as its description says it is, asked by schemathesis as everybody. It takes some minutes.
test-description:
	REPORT=$(REPORT) tests/description/run

# The portal in a browser.
test-portal:
	portal/tests/run

# What must hold before a commit, besides the tests.
check: portal/node_modules/.package-lock.json check-dependencies
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- --deny warnings
	for lever in bench/levers/*.patch; do git apply --check "$$lever" || exit 1; done
	npm --prefix portal run --silent check

.PHONY: bench bench-load bench-scale

# Cold starts beside Python and Node: the figures to reach, and which were. ROUNDS: how often each is started.
bench:
	bench/run

# The one-machine mode under load, beside a Django app that does the same. ROUNDS: how often each figure is measured.
bench-load:
	bench/load/run

# Pages of lists of 100,000 entries beside those of 100, with their times.
bench-scale:
	LONGEST=100000 cargo test --workspace --locked --test scale -- --nocapture

.PHONY: check-template check-dependencies deploy

# What the dependencies may be: licences, bans, versions without known advisories, sources.
check-dependencies:
	infra/check/dependencies

# The template, without AWS: linters and our own rules.
check-template:
	infra/check/run

# Into the AWS account that the AWS CLI is signed in to: the stage of samconfig.toml, then the portal's files.
deploy: STAGE ?= test
deploy:
	infra/deploy/run $(STAGE)

format:
	cargo fmt --all

# The API's description and the portal's types that are made from it.
openapi:
	WRITE_OPENAPI=1 cargo test --workspace --locked --test api the_portals_types_are_made
	cd portal && npm run types
