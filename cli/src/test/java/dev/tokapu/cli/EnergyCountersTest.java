package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnergyCountersTest {

    private static final double RANGE = 10; // joules

    @TempDir
    Path folder;

    private void zone(String zone, String name, double joules) throws IOException {
        Path path = Files.createDirectories(folder.resolve(zone));
        Files.writeString(path.resolve("name"), name + "\n");
        Files.writeString(path.resolve("max_energy_range_uj"), (long) (RANGE * 1e6) + "\n");
        Files.writeString(path.resolve("energy_uj"), (long) (joules * 1e6) + "\n");
    }

    @Test
    void joules_areThoseOfProcessorsAndTheirMemory_beyondTheRange() throws IOException {
        zone("intel-rapl:0", "package-0", 9);
        zone("intel-rapl:0:0", "core", 1);
        zone("intel-rapl:0:1", "dram", 1);
        zone("intel-rapl:1", "psys", 1);
        EnergyCounters counters = EnergyCounters.of(folder);
        double before = counters.joules();
        zone("intel-rapl:0", "package-0", 2);
        zone("intel-rapl:0:0", "core", 7);
        zone("intel-rapl:0:1", "dram", 1.5);
        zone("intel-rapl:1", "psys", 7);
        assertThat(counters.joules() - before).isCloseTo(3.5, within(1e-9));
    }

    @Test
    void joules_withoutCounters_areNoNumber() {
        assertThat(EnergyCounters.of(folder).joules()).isNaN();
        assertThat(EnergyCounters.of(folder.resolve("nothing")).joules()).isNaN();
    }

    @Test
    void joules_oneCounterCannotBeRead_areNoNumber() throws IOException {
        zone("intel-rapl:0", "package-0", 1);
        zone("intel-rapl:1", "package-1", 1);
        EnergyCounters counters = EnergyCounters.of(folder);
        Files.writeString(folder.resolve("intel-rapl:1/energy_uj"), "?");
        assertThat(counters.joules()).isNaN();
        zone("intel-rapl:1", "package-1", 1);
        assertThat(counters.joules()).isNaN();
        Files.delete(folder.resolve("intel-rapl:0/max_energy_range_uj"));
        assertThat(EnergyCounters.of(folder).joules()).isNaN();
    }
}
