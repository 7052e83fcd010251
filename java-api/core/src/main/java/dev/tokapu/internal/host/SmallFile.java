package dev.tokapu.internal.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of {@code /proc} or {@code /sys}: lines that begin with a key. Every load reads some: without streams and patterns.
 *
 * <p>Thread safety: immutable.
 */
record SmallFile(String text) {

    /** Its text, empty when it cannot be read. */
    static SmallFile read(Path file) {
        try {
            return new SmallFile(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        } catch (IOException | RuntimeException e) {
            return new SmallFile("");
        }
    }

    /** Its lines, one or more. */
    static String[] lines(Path file) {
        return read(file).text.split("\n", -1);
    }

    /** The first number after a key at the beginning of a line. */
    long value(String key, long unknown) {
        int at =
                text.startsWith(key) ? 0 : text.indexOf("\n".concat(key)) + 1; // '+' would be linked at the first start
        if (at == 0 && !text.startsWith(key)) {
            return unknown;
        }
        int begin = at + key.length();
        while (begin < text.length() && text.charAt(begin) == ' ') {
            begin++;
        }
        int end = begin;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        try {
            return Long.parseLong(text, begin, end, 10);
        } catch (NumberFormatException e) {
            return unknown;
        }
    }

    /** What follows a key at the beginning of a line; empty where none has it. */
    String line(String key) {
        int at = text.startsWith(key) ? 0 : text.indexOf("\n".concat(key)) + 1;
        if (at == 0 && !text.startsWith(key)) {
            return "";
        }
        int end = text.indexOf('\n', at);
        return text.substring(at + key.length(), end < 0 ? text.length() : end).strip();
    }
}
