#!/usr/bin/env python3
"""Builds the page of the server into a folder, or checks its types and runs its tests.

usage: build-page.py OUTPUT     the files that are served; the folder is replaced
       build-page.py --check    tsc and the tests

Nothing is written into the checkout. What npm installs and what is built lie in the cache ($TOKAPU_CACHE_DIR,
$XDG_CACHE_HOME/tokapu or ~/.cache/tokapu), in the folder page, under a hash of the inputs: with the same sources nothing runs again.
"""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PAGE = pathlib.Path(__file__).resolve().parent.parent
INSTALLED = ("package.json", "package-lock.json", ".npmrc")
SOURCES = INSTALLED + ("tsconfig.json", "build", "src/main/ts", "src/test/ts")


def cache():
    if given := os.environ.get("TOKAPU_CACHE_DIR"):
        return pathlib.Path(given)
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(home) / "tokapu"


def files(names):
    """The files of some entries, in an order that is the same everywhere."""
    for name in names:
        path = PAGE / name
        found = [path] if path.is_file() else (file for file in path.rglob("*") if file.is_file())
        yield from sorted(file for file in found if "__pycache__" not in file.parts)


def key(names):
    """A hash of what lies in some files, and how they are named."""
    digest = hashlib.sha256()
    for file in files(names):
        data = file.read_bytes()
        digest.update(f"{file.relative_to(PAGE).as_posix()}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:32]


def run(*command, cwd):
    result = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if result.returncode:
        sys.exit(f"The page of the server cannot be built: '{' '.join(command)}' failed:\n{result.stdout}")


def installed(root):
    """The folder with the packages of the lock file; installs them where they are not."""
    folder = root / f"packages-{key(INSTALLED)}"
    if not (folder / "complete").exists():
        if not shutil.which("npm") or not shutil.which("node"):
            sys.exit("The page of the server is built with Node: install Node 18 or later with npm (Debian: apt-get install nodejs npm)")
        print("Installing the packages of the server's page with npm.", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in INSTALLED:
            shutil.copy(PAGE / name, folder)
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
        (folder / "complete").touch()
    return folder


def work(root, *steps):
    """Runs steps in a copy of the sources beside the packages; a step is a command of node."""
    packages = installed(root)
    with tempfile.TemporaryDirectory(dir=root) as name:
        copy = pathlib.Path(name)
        for entry in SOURCES:
            path = PAGE / entry
            shutil.copytree(path, copy / entry) if path.is_dir() else shutil.copy(path, copy / entry)
        (copy / "node_modules").symlink_to(packages / "node_modules")
        for step in steps:
            run("node", *step, cwd=copy)


def build(root, output):
    built = root / key(SOURCES)
    if not (built / "complete").exists():
        shutil.rmtree(built, ignore_errors=True)
        work(root, ("build/bundle.mjs", str(built / "files")))
        (built / "complete").touch()
    shutil.rmtree(output, ignore_errors=True)
    shutil.copytree(built / "files", output)  # with its times, so that the jar stays as it is


def check(root):
    done = root / f"checked-{key(SOURCES)}"
    if not done.exists():
        work(root, ("node_modules/typescript/lib/tsc.js", "--noEmit"), ("build/test.mjs",))
        done.touch()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    root = cache() / "page"
    root.mkdir(parents=True, exist_ok=True)
    with open(root / "lock", "w") as lock:  # several checkouts may build at the same time
        fcntl.flock(lock, fcntl.LOCK_EX)
        if sys.argv[1] == "--check":
            check(root)
        else:
            build(root, pathlib.Path(sys.argv[1]).resolve())


main()
