.PHONY: help setup build test it bundle bench release-check upgrade format regen clean

help: ## shows this list
	@sed -n 's/^\([a-z-]*\): ##/\1\t/p' Makefile | expand -t 16

setup: ## names what is missing on this machine, builds, says what was chosen, and installs the hook for commit messages
	@./tokapu doctor
	@[ ! -e .git ] || git config core.hooksPath >/dev/null || git config core.hooksPath config/hooks

build: ## builds everything without running a test
	@mvn package -DskipTests

test: ## the tests that need no native code, and the C tests
	@mvn test

it: ## everything: unit tests, integration tests on both JDKs, format and size rules
	@mvn verify

bundle: ## one folder and archive that runs without Java and network: target/bundle/tokapu
	@scripts/bundle.sh

bench: ## compares with llama.cpp's own tools, then JMH
	@scripts/bench.sh

release-check: ## everything of a release but the upload: all tests, the jars of all platforms that are built here [CONTINUE=yes]
	@scripts/release-check.sh $(if $(CONTINUE),--continue)

upgrade: ## moves to another llama.cpp: make upgrade VERSION=v0.6.0 [FROM=npm:PACKAGE@X|pypi:PACKAGE@X|crate:PACKAGE@X|FOLDER] [REPORT=yes]
	@scripts/upgrade.sh $(VERSION) $(if $(FROM),--from $(FROM)) $(if $(REPORT),--report)

format: ## formats the Java and Kotlin sources
	@mvn -q spotless:apply

regen: ## regenerates the committed bindings from the C headers
	@bindings/ffm/regen.sh && bindings/raw/regen.sh

clean: ## removes all build outputs; the downloaded model and llama.cpp sources stay in the cache
	@mvn -q clean
