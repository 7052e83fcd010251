package dev.tokapu.chat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What was compared with llama-server: families of templates and cases, as a table in Markdown. */
final class ServerTable {

    private final Map<String, Row> rows = new TreeMap<>();
    private final Set<String> cases = new LinkedHashSet<>();

    private static final class Row {
        private int prompts;
        private int refused;
        private final Map<String, String> messages = new TreeMap<>();
    }

    private Row row(String family) {
        return rows.computeIfAbsent(family, name -> new Row());
    }

    void prompts(String family, Collection<String> prompts) {
        Row row = row(family);
        row.prompts += prompts.size();
        row.refused += (int) prompts.stream()
                .filter(prompt -> prompt.equals(ServerFamily.REFUSED))
                .count();
    }

    void message(String family, String name, ServerMessage message) {
        cases.add(name);
        row(family).messages.put(name, cell(message));
    }

    /** A case that was not compared. */
    void left(String family, String name) {
        cases.add(name);
        row(family).messages.put(name, "-");
    }

    private static String cell(ServerMessage message) {
        if (!message.problem().isEmpty()) {
            return message.problem().equals(ServerFamily.REFUSED) ? "refused" : "E";
        }
        return (message.reasoning().isEmpty() ? "" : "R")
                + (message.content().isEmpty() ? "" : "T")
                + "C".repeat(message.calls().size() / 2);
    }

    void write(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("| template | prompts | refused | " + String.join(" | ", cases) + " |");
        lines.add("|---" + "|---".repeat(2 + cases.size()) + "|");
        rows.forEach((name, row) -> {
            StringBuilder line = new StringBuilder("| " + name + " | " + row.prompts + " | " + row.refused + " |");
            cases.forEach(one ->
                    line.append(' ').append(row.messages.getOrDefault(one, "")).append(" |"));
            lines.add(line.toString());
        });
        Files.write(file, lines);
    }
}
