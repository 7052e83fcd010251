package dev.tokapu.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What Linux' counters say of the energy of processors and their memory (powercap, RAPL): all that they do meanwhile, other programs
 * included. Most virtual machines have none, and only root may read them on most others.
 */
final class EnergyCounters {

    /** A counter that begins anew when it has reached its range. */
    private static final class Counter {

        private final Path file;
        private final long range;
        private long last;
        private long turns;

        Counter(Path zone) throws IOException {
            file = zone.resolve("energy_uj");
            range = number(zone.resolve("max_energy_range_uj"));
            last = number(file);
        }

        double joules() throws IOException {
            long value = number(file);
            turns += value < last ? 1 : 0;
            last = value;
            return (value + turns * (double) range) / 1e6;
        }
    }

    private final List<Counter> counters;
    private boolean failed;

    private EnergyCounters(List<Counter> counters) {
        this.counters = counters;
    }

    /** None, for what counters of processors do not tell. */
    static EnergyCounters none() {
        return new EnergyCounters(List.of());
    }

    /** Those of this machine. */
    static EnergyCounters ofMachine() {
        return of(Path.of("/sys/class/powercap"));
    }

    /** Those of a folder: all of its processors and memories, or none when one of them cannot be read. */
    static EnergyCounters of(Path powercap) {
        List<Counter> counters = new ArrayList<>();
        // intel-rapl:0 is a processor, intel-rapl:0:1 a part of it, and memory the only part that is not in the whole.
        // AMD's processors have the same names.
        try (DirectoryStream<Path> zones = Files.newDirectoryStream(powercap, "intel-rapl:*")) {
            for (Path zone : zones) {
                String name = Files.readString(zone.resolve("name")).strip();
                if (name.startsWith("package-") || name.equals("dram")) {
                    counters.add(new Counter(zone));
                }
            }
        } catch (IOException | RuntimeException e) {
            counters.clear();
        }
        return new EnergyCounters(counters);
    }

    /** Joules since some time in the past, NaN where nothing counts them. A counter may turn once between two calls, which takes minutes. */
    double joules() {
        double sum = counters.isEmpty() || failed ? Double.NaN : 0;
        try {
            for (Counter counter : counters) {
                sum += counter.joules();
            }
        } catch (IOException | RuntimeException e) {
            failed = true;
            sum = Double.NaN;
        }
        return sum;
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }
}
