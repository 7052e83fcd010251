package dev.tokapu.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.cli.load.Arrivals;
import dev.tokapu.cli.load.Goal;
import dev.tokapu.cli.load.Range;
import dev.tokapu.cli.load.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadOptionsTest {

    private static final String URL = "http://localhost:1";

    @Test
    void defaults_areOneUser() {
        LoadOptions options = LoadOptions.parse(URL);
        assertThat(options.points()).containsExactly(new Arrivals.Closed(1));
        assertThat(options.workload().input()).isEqualTo(new Range(512, 512));
        assertThat(options.goal()).isEqualTo(Goal.NONE);
        assertThat(options.requestsOf(new Arrivals.Closed(1))).isEqualTo(8);
        assertThat(options.requestsOf(new Arrivals.Closed(32))).isEqualTo(128);
        assertThat(options.warmUpOf(new Arrivals.Closed(32))).isEqualTo(32);
    }

    @Test
    void everything_isRead() {
        LoadOptions options =
                LoadOptions.parse((URL + " --rate 0.5,4 --in 10-20 --out 5~8 --prefix 3:100 --vocabulary 7-9 "
                                + "--requests 40 --warm-up 2 --goodput ttft:500,TPOT:0.5 --seed 9 --timeout 3 --model m --output o")
                        .split(" ", -1));
        assertThat(options.points()).containsExactly(new Arrivals.Poisson(0.5), new Arrivals.Poisson(4));
        assertThat(options.workload())
                .isEqualTo(new Workload(new Range(10, 20), new Range(5, 8, true), 3, 100, new Range(7, 9), 9));
        assertThat(options.goal()).isEqualTo(new Goal(500_000_000, 500_000, Long.MAX_VALUE));
        assertThat(options.requestsOf(new Arrivals.Poisson(4))).isEqualTo(40);
        assertThat(options.warmUpOf(new Arrivals.Closed(32))).isEqualTo(2);
        assertThat(options.timeoutSeconds()).isEqualTo(3);
        assertThat(options.model()).isEqualTo("m");
        assertThat(options.output()).isEqualTo("o");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--in 5",
                URL + " --in",
                URL + " --nonsense 5",
                URL + " TARGET 5",
                URL + " --in 5-",
                URL + " --in 7-5",
                URL + " --in 0",
                URL + " --in 1-2-3",
                URL + " --concurrency 0",
                URL + " --rate 5",
                URL + " --rate 5 --requests 0",
                URL + " --rate 0 --requests 5",
                URL + " --rate 5 --concurrency 5 --requests 5",
                URL + " --prefix 5",
                URL + " --prefix 0:5",
                URL + " --goodput ttft",
                URL + " --goodput itl:5",
                URL + " --goodput ttft:0",
                URL + " --goodput ttft:x"
            })
    void nonsense_isRefused(String line) {
        assertThatThrownBy(() -> LoadOptions.parse(line.split(" ", -1))).isInstanceOf(IllegalArgumentException.class);
    }
}
