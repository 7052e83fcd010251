"""The benchmarks: a module for each subcommand of cli.py, and what they share.

A subcommand that measures is a module with a docstring (its help), arguments(parser, default), measure(machine, options) and
table(result). The machine is a Checkout, or with --remote the Pack that gpu/run.sh has set up.
"""
