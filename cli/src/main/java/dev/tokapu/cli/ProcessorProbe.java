package dev.tokapu.cli;

import dev.tokapu.Tokapu;
import java.util.ArrayList;
import java.util.List;

/** The part of {@code doctor} about the processors of this process and the threads that compute on them. */
final class ProcessorProbe {

    private ProcessorProbe() {}

    static void run(DoctorReport report) {
        Tokapu.Processors found = Tokapu.processors();
        report.section("Processors", lines(found));
        report.put("cores", found.cores());
        report.put("performanceCores", found.performanceCores());
        report.put("quota", found.quota());
        report.put("numaNodes", found.nodes());
        report.put("numa", found.numa());
        report.put("threads", found.threads());
    }

    static List<String> lines(Tokapu.Processors found) {
        List<String> lines = new ArrayList<>();
        lines.add(found.count()
                + cores(found)
                + (found.quota() > 0
                        ? "; the quota of a control group is worth " + found.quota()
                        : "; no quota of a control group"));
        lines.add("NUMA nodes: " + found.nodes() + ", --numa " + found.numa()
                + (found.nodes() > 1 && found.numa().equals("none") ? ", see docs/containers.md" : ""));
        lines.add("threads that compute by default: " + found.threads() + ", " + reason(found));
        return lines;
    }

    private static String cores(Tokapu.Processors found) {
        if (found.performanceCores() == 0) {
            return ", of unknown cores";
        }
        if (found.cores() == 0 || found.cores() == found.performanceCores()) {
            return ", physical cores: " + found.performanceCores();
        }
        return ", physical cores: " + found.cores() + ", performance cores: " + found.performanceCores();
    }

    private static String reason(Tokapu.Processors found) {
        if (found.threads() == found.performanceCores()) {
            return found.cores() > found.performanceCores() ? "the performance cores" : "the physical cores";
        }
        if (found.threads() == found.quota()) {
            return "the quota";
        }
        return found.threads() == found.count() ? "the processors" : "the cores of a node";
    }
}
