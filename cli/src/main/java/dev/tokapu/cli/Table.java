package dev.tokapu.cli;

import java.util.ArrayList;
import java.util.List;

/** A table in Markdown, its columns aligned. */
final class Table {

    private final String[] header;
    private final List<String[]> rows = new ArrayList<>();

    Table(String... header) {
        this.header = header.clone();
    }

    void add(String... cells) {
        rows.add(cells);
    }

    @Override
    public String toString() {
        int[] widths = new int[header.length];
        measure(widths, header);
        rows.forEach(row -> measure(widths, row));
        StringBuilder text = new StringBuilder();
        append(text, widths, header);
        for (int width : widths) {
            text.append('|').append("-".repeat(width + 2));
        }
        text.append("|\n");
        rows.forEach(row -> append(text, widths, row));
        return text.toString();
    }

    private static void measure(int[] widths, String[] row) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], row[i].length());
        }
    }

    private static void append(StringBuilder text, int[] widths, String[] row) {
        for (int i = 0; i < widths.length; i++) {
            text.append("| ").append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 1));
        }
        text.append("|\n");
    }
}
