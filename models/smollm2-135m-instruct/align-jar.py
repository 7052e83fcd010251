#!/usr/bin/env python3
"""Rewrites a jar so that its large files can be mapped into memory where they are.

usage: align-jar.py JAR SUFFIX

Every entry whose name ends with SUFFIX is stored without compression, and its first byte lies at a multiple of 4096 in the jar: the
space before it is an extra field (0xD935, as Android's zipalign writes it) that every zip reader skips. Other entries keep their
bytes. The result depends on the contents only; a jar that is aligned already is left as it is.
"""

import os
import struct
import sys
import zipfile

PAGE = 4096
LOCAL_HEADER = 30
FIELD = 0xD935


def data_offset(file, info):
    """Where an entry's bytes begin, read from its local header."""
    file.seek(info.header_offset + 26)
    name, extra = struct.unpack("<HH", file.read(4))
    return info.header_offset + LOCAL_HEADER + name + extra


def is_aligned(path, suffix):
    with open(path, "rb") as file, zipfile.ZipFile(path) as jar:
        large = [info for info in jar.infolist() if info.filename.endswith(suffix)]
        if not large:
            sys.exit(f"{path} has no entry that ends with {suffix}")
        return all(i.compress_type == zipfile.ZIP_STORED and data_offset(file, i) % PAGE == 0 for i in large)


def copy(source, entry, sink):
    """Copies one entry; all the entry's attributes but its extra field and compression are kept."""
    info = zipfile.ZipInfo(entry.filename, entry.date_time)
    info.external_attr = entry.external_attr
    info.create_system = entry.create_system
    info.file_size = entry.file_size
    info.compress_type = entry.compress_type
    if entry.filename.endswith(sys.argv[2]):
        info.compress_type = zipfile.ZIP_STORED
        start = sink.fp.tell() + LOCAL_HEADER + len(info.filename.encode()) + 6
        padding = -start % PAGE
        info.extra = struct.pack("<HHH", FIELD, 2 + padding, PAGE) + bytes(padding)
    with source.open(entry) as data, sink.open(info, "w") as out:
        while chunk := data.read(1 << 20):
            out.write(chunk)


def main():
    path, suffix = sys.argv[1:]
    if is_aligned(path, suffix):
        return
    part = path + ".part"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(part, "w") as sink:
        for entry in source.infolist():
            copy(source, entry, sink)
    if not is_aligned(part, suffix):
        sys.exit(f"{part} came out unaligned")
    os.replace(part, path)


if __name__ == "__main__":
    main()
