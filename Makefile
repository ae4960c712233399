# `make run` starts the portal with demo data on this machine, `make test` runs every test. The first time,
# `test-calendar` installs its parsers from the network.

LISTEN ?= 127.0.0.1:3000
DATA ?= target/demo-data

.PHONY: run test test-calendar check format openapi

run:
	cargo run --package local --bin hiring-portal -- --listen $(LISTEN) --data $(DATA) --demo

test:
	cargo test --workspace --locked
	$(MAKE) test-calendar

# Calendar files, read by parsers that are not ours.
test-calendar:
	tests/calendar/run

# What must hold before a commit, besides the tests.
check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- --deny warnings

format:
	cargo fmt --all

# The API's description and the portal's types that are made from it.
openapi:
	WRITE_OPENAPI=1 cargo test --package tests --test api the_portals_types_are_made
	cd portal && npm run types
