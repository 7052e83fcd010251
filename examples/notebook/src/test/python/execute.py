"""Executes a notebook with its kernel and prints what its cells put out: execute.py NOTEBOOK. Ends with an error where a cell does."""

import sys

import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
try:
    NotebookClient(notebook, timeout=600).execute()
finally:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            print(output.get("text") or output.get("data") or output)
