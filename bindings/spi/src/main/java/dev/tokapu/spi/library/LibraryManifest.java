package dev.tokapu.spi.library;

import dev.tokapu.spi.NativeLoadException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The list of native libraries in a jar, {@code libraries.sha256}: a first line
 * {@code # abi 2 llama 0.5.0 tree <hash> id <hash>}, then {@code <sha256>  <file>} for each file, as {@code sha256sum} writes
 * it.
 *
 * @param abi the version of {@code tokapu.h}
 * @param llama the llama.cpp release
 * @param tree the hash of llama.cpp's source
 * @param id the hash of the lines
 * @param checksums the checksum of each file
 */
public record LibraryManifest(int abi, String llama, String tree, String id, Map<String, String> checksums) {

    static final String FILE = "libraries.sha256";

    private static final Pattern HEAD =
            Pattern.compile("# abi (\\d{1,9}) llama (\\S+) tree ([0-9a-f]+) id ([0-9a-zA-Z]+)");
    private static final Pattern ENTRY = Pattern.compile("([0-9a-f]{64})  ([A-Za-z0-9_+-][A-Za-z0-9_.+-]*)");

    /**
     * Reads the text of a manifest.
     *
     * @param text the manifest
     * @param where where it came from, for messages
     * @return the manifest
     * @throws NativeLoadException when a line is malformed
     */
    static LibraryManifest parse(String text, String where) {
        String[] lines = text.split("\r?\n", -1);
        Matcher head = HEAD.matcher(lines[0].strip());
        if (!head.matches()) {
            throw malformed(where, lines[0]);
        }
        Map<String, String> checksums = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            if (lines[i].isBlank()) {
                continue;
            }
            Matcher entry = ENTRY.matcher(lines[i]);
            if (!entry.matches()) {
                throw malformed(where, lines[i]);
            }
            checksums.put(entry.group(2), entry.group(1));
        }
        if (checksums.isEmpty()) {
            throw new NativeLoadException(where + " lists no libraries. The jar is damaged: fetch it again.");
        }
        return new LibraryManifest(
                Integer.parseInt(head.group(1)), head.group(2), head.group(3), head.group(4), Map.copyOf(checksums));
    }

    /**
     * Refuses libraries that this code is not written for.
     *
     * @param where where the manifest came from, for the message
     */
    public void requireVersions(String where) {
        Versions.require(abi, llama, where);
    }

    /**
     * Refuses a backend that was built from other sources than the CPU's: their data structures may differ.
     *
     * @param cpu the libraries that it would be used with
     * @param where where the backend came from, for the message
     * @param cpuWhere where those libraries came from, for the message
     */
    public void requireTreeOf(LibraryManifest cpu, String where, String cpuWhere) {
        if (!tree.equals(cpu.tree)) {
            throw new NativeLoadException(where + " was built from the llama.cpp tree " + tree + ", but " + cpuWhere
                    + " from " + cpu.tree + ". Use both in the same version.");
        }
    }

    private static NativeLoadException malformed(String where, String line) {
        return new NativeLoadException(
                where + " has a malformed line \"" + line + "\". The jar is damaged: fetch it again.");
    }
}
