# `make run` starts the portal with demo data on this machine, `make test` runs every test.

LISTEN ?= 127.0.0.1:3000
DATA ?= target/demo-data

.PHONY: run test check format

run:
	cargo run --package local --bin hiring-portal -- --listen $(LISTEN) --data $(DATA) --demo

test:
	cargo test --workspace --locked

# What must hold before a commit, besides the tests.
check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- --deny warnings

format:
	cargo fmt --all
