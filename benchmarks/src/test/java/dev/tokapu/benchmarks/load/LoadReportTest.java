package dev.tokapu.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokapu.cli.load.Arrivals;
import dev.tokapu.cli.load.LoadGenerator;
import dev.tokapu.cli.load.LoadRequest;
import dev.tokapu.cli.load.Outcome;
import dev.tokapu.cli.load.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadReportTest {

    private static final Arrivals ONE_USER = new Arrivals.Closed(1);

    private static Result result(LoadOptions options, FakeTarget target, int requests) throws InterruptedException {
        List<LoadRequest> load = options.workload().requests(requests, 2);
        return new LoadGenerator(target, target, options.goal(), 5).run(load, ONE_USER, 1);
    }

    @Test
    void json_hasTheFieldsOfVllm() throws Exception {
        LoadOptions options = LoadOptions.parse("http://h:1 --in 30 --out 11 --goodput ttft:500".split(" ", -1));
        FakeTarget target = new FakeTarget(100, 10).waiting();
        String line = LoadReport.json(options, ONE_USER, 20, result(options, target, 20), "{}");
        assertThat(line).doesNotContain("\n");
        JsonNode json = new ObjectMapper().readTree(line);
        assertThat(json.get("completed").intValue()).isEqualTo(20);
        assertThat(json.get("failed").intValue()).isZero();
        assertThat(json.get("rejected").intValue()).isZero();
        assertThat(json.get("max_concurrency").intValue()).isEqualTo(1);
        assertThat(json.get("duration").doubleValue()).isCloseTo(4, within(1e-9));
        assertThat(json.get("request_throughput").doubleValue()).isCloseTo(5, within(1e-9));
        assertThat(json.get("output_throughput").doubleValue()).isCloseTo(55, within(1e-9));
        assertThat(json.get("total_token_throughput").doubleValue()).isCloseTo(205, within(1e-9));
        assertThat(json.get("request_goodput").doubleValue()).isCloseTo(5, within(1e-9));
        for (String name : List.of("mean_ttft_ms", "p50_ttft_ms", "p90_ttft_ms", "p99_ttft_ms", "p99.9_ttft_ms")) {
            assertThat(json.get(name).doubleValue()).isCloseTo(100, within(0.1));
        }
        assertThat(json.get("p99_itl_ms").doubleValue()).isCloseTo(10, within(0.01));
        assertThat(json.get("p50_tpot_ms").doubleValue()).isCloseTo(10, within(0.01));
        assertThat(json.get("mean_e2el_ms").doubleValue()).isCloseTo(200, within(0.2));
    }

    @Test
    void histograms_holdEveryValueInANarrowBucket() throws Exception {
        LoadOptions options = LoadOptions.parse("http://h:1 --in 30 --out 11".split(" ", -1));
        FakeTarget target = new FakeTarget(100, 10).waiting();
        JsonNode json = new ObjectMapper()
                .readTree(LoadReport.json(options, ONE_USER, 20, result(options, target, 20), "{}"))
                .get("histograms");
        assertThat(json.get("itl")).hasSize(1);
        assertThat(json.get("itl").get(0).get(0).doubleValue()).isBetween(10.0, 10.51);
        assertThat(json.get("itl").get(0).get(1).intValue()).isEqualTo(200);
        assertThat(json.get("e2el").get(0).get(1).intValue()).isEqualTo(20);
    }

    @Test
    void nothingCompleted_isReportedTooWithTheReasons() throws Exception {
        LoadOptions options = LoadOptions.parse("http://h:1", "--concurrency", "1");
        FakeTarget target = new FakeTarget(1, 1).ending(number -> new Outcome.Failed("status 500: \"no\""));
        Result result = result(options, target, 3);
        JsonNode json = new ObjectMapper().readTree(LoadReport.json(options, ONE_USER, 3, result, "{}"));
        assertThat(json.get("failed").intValue()).isEqualTo(3);
        assertThat(json.get("failures").get("status 500: \"no\"").intValue()).isEqualTo(3);
        assertThat(json.get("histograms").get("ttft")).isEmpty();
        assertThat(json.has("request_goodput")).isFalse();
        assertThat(LoadReport.table(ONE_USER, result)).contains("3 failed", "status 500");
    }
}
