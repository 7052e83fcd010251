package dev.tokapu.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run came to.
 *
 * <p>Thread safety: for one thread.
 */
final class Report {

    private final String name;
    private final Map<String, Long> words = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();
    private long cases;
    private long again;

    Report(String name) {
        this.name = name;
    }

    void count(String word, long times) {
        words.merge(word, times, Long::sum);
        cases += times;
    }

    /** A case that ended the process, hung or threw what no caller should get. */
    void fault(String description) {
        faults.add(description);
        cases++;
    }

    /** A case that is run again with the trial. */
    void again() {
        again++;
    }

    long cases() {
        return cases;
    }

    List<String> faults() {
        return faults;
    }

    @Override
    public String toString() {
        return name + ": " + cases + " cases, " + faults.size() + " faults, " + words
                + (again == 0 ? "" : ", " + again + " again with the trial")
                + (faults.isEmpty() ? "" : "\n  " + String.join("\n  ", faults));
    }
}
