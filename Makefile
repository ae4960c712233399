# `make run` starts the portal with demo data on this machine, `make test` runs every test. The first time, the
# portal's packages come from the network, and `test-calendar` and `test-portal` install what they need.

LISTEN ?= 127.0.0.1:3000
DATA ?= target/demo-data
# Where the proofs leave a line each.
REPORT := $(CURDIR)/target/report

.PHONY: run portal test test-calendar test-portal check format openapi

run: portal
	cargo run --package local --bin hiring-portal -- --listen $(LISTEN) --data $(DATA) --portal portal/dist --demo

# The browser portal: its packages, the check of its types and texts, and the files that are served.
portal: portal/node_modules/.package-lock.json
	npm --prefix portal run --silent build

portal/node_modules/.package-lock.json: portal/package-lock.json portal/package.json
	npm ci --prefix portal --silent
	touch $@

test:
	rm -rf $(REPORT) && mkdir -p $(REPORT)
	REPORT=$(REPORT) cargo test --workspace --locked
	$(MAKE) test-calendar
	$(MAKE) test-portal
	@cat $(REPORT)/*

# Calendar files, read by parsers that are not ours.
test-calendar:
	tests/calendar/run

# The portal in a browser.
test-portal:
	portal/tests/run

# What must hold before a commit, besides the tests.
check: portal/node_modules/.package-lock.json
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- --deny warnings
	npm --prefix portal run --silent check

format:
	cargo fmt --all

# The API's description and the portal's types that are made from it.
openapi:
	WRITE_OPENAPI=1 cargo test --package tests --test api the_portals_types_are_made
	cd portal && npm run types
