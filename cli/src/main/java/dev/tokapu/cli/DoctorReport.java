package dev.tokapu.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code doctor} found: sections of lines for people, the same as data for {@code --json}, and what to do. */
final class DoctorReport {

    private static final int TITLE_WIDTH = 12;

    private final List<String> lines = new ArrayList<>();
    private final Map<String, Object> data = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> advice = new ArrayList<>();
    private int exitCode = ExitCode.OK;

    /** A section; its title stands before the first line. */
    void section(String title, List<String> text) {
        String prefix = title;
        for (String line : text) {
            lines.add((prefix + " ".repeat(TITLE_WIDTH - prefix.length()) + line).stripTrailing());
            prefix = "";
        }
    }

    void section(String title, String line) {
        section(title, List.of(line));
    }

    void put(String key, Object value) {
        data.put(key, value);
    }

    /** Something that makes Tokapu unusable; the first one decides the exit code. */
    void problem(int code, String text, String whatToDo) {
        problems.add(text);
        advice.add(whatToDo);
        if (exitCode == ExitCode.OK) {
            exitCode = code;
        }
    }

    /** Something worth knowing. */
    void hint(String whatToDo) {
        advice.add(whatToDo);
    }

    int exitCode() {
        return exitCode;
    }

    String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("ok", exitCode == ExitCode.OK);
        all.putAll(data);
        all.put("problems", problems);
        all.put("advice", advice);
        return Json.of(all);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            text.append(line).append('\n');
        }
        text.append('\n');
        if (problems.isEmpty()) {
            text.append("Everything that Tokapu needs is here.\n");
        }
        for (String problem : problems) {
            text.append("PROBLEM     ").append(problem).append('\n');
        }
        for (String line : advice) {
            text.append("To do       ").append(line).append('\n');
        }
        return text.toString();
    }
}
