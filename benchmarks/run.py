#!/usr/bin/env python3
"""Measures Tokapu beside llama.cpp's own tools: benchmarks/run.py --help lists what."""

from harness import cli

if __name__ == "__main__":
    cli.main()
