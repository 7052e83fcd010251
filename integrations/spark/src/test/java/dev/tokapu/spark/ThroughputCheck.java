package dev.tokapu.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.completion.ContextGenerator;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.text.GenerationOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Prints rows per second of Spark beside a loop over the rows, and beside an engine, in one JVM: {@code mvn verify -Pcluster -pl integrations/spark -am
 * -Dit.test=ThroughputCheck -Dtest=NONE}, with the options that CONTRIBUTING.md has for single tests. Each process computes with the same number of
 * threads. The ways take turns, and what is printed are medians of the rounds: rows per second, and the CPU time of a row, which depends less on what
 * else a machine does.
 */
@Timeout(1800)
class ThroughputCheck {

    private static final int ROWS = Integer.getInteger("tokapu.test.spark.rows", 48);
    private static final int ROUNDS = Integer.getInteger("tokapu.test.spark.rounds", 3);
    private static final int TOKENS = 24;
    private static final int CONTEXT = 256;
    private static final int SEQUENCES = 8;
    private static final int THREADS = Integer.getInteger("tokapu.test.spark.threads", 1);

    private static final String LOOP = "a loop over the rows, a context";
    private static final String ENGINE = "an engine";

    private static final TokapuSparkOptions OPTIONS = TokapuSparkOptions.builder("classpath:" + DefaultModel.RESOURCE)
            .completion(true)
            .maxSequences(SEQUENCES)
            .contextSize(CONTEXT)
            .threads(THREADS)
            .maxTokens(TOKENS)
            .build();

    private static final GenerationOptions GREEDY = GenerationOptions.builder()
            .samplers(List.of(Sampler.greedy()))
            .maxTokens(TOKENS)
            .build();

    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

    /** Answers all rows. */
    private interface Way {
        int answer(List<String> prompts);
    }

    /**
     * A round of one way.
     *
     * @param cpuMillis CPU milliseconds per row, of this process and its child processes
     */
    private record Sample(double rowsPerSecond, double cpuMillis) {}

    private static List<String> prompts(String about) {
        return IntStream.range(0, ROWS)
                .mapToObj(i -> about + " has the number " + i + ", ".repeat(1 + i % 5) + "and it is")
                .toList();
    }

    private void measure(String name, int round, Way way) {
        way.answer(prompts("A house").subList(0, Math.min(ROWS, 2 * SEQUENCES)));
        List<String> prompts = prompts("Book " + round);
        Duration used = cpu();
        long start = System.nanoTime();
        assertThat(way.answer(prompts)).isEqualTo(ROWS);
        double rate = ROWS * 1e9 / (System.nanoTime() - start);
        samples.computeIfAbsent(name, key -> new ArrayList<>())
                .add(new Sample(rate, (double) cpu().minus(used).toMillis() / ROWS));
    }

    private static Duration cpu() {
        ProcessHandle self = ProcessHandle.current();
        return Stream.concat(Stream.of(self), self.descendants())
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static ContextOptions context() {
        return ContextOptions.builder()
                .contextSize(CONTEXT)
                .threads(THREADS)
                .batchThreads(THREADS)
                .build();
    }

    private static int loop(ContextGenerator generator, List<String> prompts) {
        int answers = 0;
        for (String prompt : prompts) {
            answers += generator.generate(prompt, GREEDY).text().isEmpty() ? 0 : 1;
        }
        return answers;
    }

    private static int engine(Engine engine, List<String> prompts) {
        List<Generation> generations = new ArrayList<>();
        prompts.forEach(prompt -> generations.add(
                engine.submit(Request.builder(prompt).generation(GREEDY).build())));
        return (int) generations.stream().filter(one -> !one.text().isEmpty()).count();
    }

    private static int spark(SparkSession session, List<String> prompts) {
        Dataset<Row> rows = LocalSpark.rows(session, prompts, 8);
        return (int) TokapuSpark.of(OPTIONS).generate(rows, "prompt", "answer").collectAsList().stream()
                .filter(row -> row.getStruct(2).isNullAt(5))
                .count();
    }

    private static int udf(SparkSession session, List<String> prompts) {
        TokapuSpark.of(OPTIONS).register(session);
        return (int)
                LocalSpark.rows(session, prompts, 8)
                        .selectExpr("tokapu_generate(prompt) AS answer")
                        .collectAsList()
                        .stream()
                        .filter(row -> row.getStruct(0).isNullAt(5))
                        .count();
    }

    @Test
    void rowsPerSecond_ofAllWays_arePrinted() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            inOneJvm(i);
            onSpark(i);
        }
        print();
    }

    private void inOneJvm(int round) {
        try (Model model = TestModels.smol()) {
            try (ContextGenerator generator = ContextGenerator.open(model, context())) {
                measure(LOOP, round, prompts -> loop(generator, prompts));
            }
            EngineOptions options = EngineOptions.builder()
                    .context(context())
                    .maxSequences(SEQUENCES)
                    .sequenceContextSize(CONTEXT)
                    .build();
            try (Engine engine = Engine.start(model, options)) {
                measure(ENGINE, round, prompts -> engine(engine, prompts));
            }
        }
    }

    private void onSpark(int round) throws IOException {
        try (SparkSession session = LocalSpark.start("local[2]")) {
            measure("Spark, local[2]", round, prompts -> spark(session, prompts));
            measure("Spark, local[2], SQL function", round, prompts -> udf(session, prompts));
        }
        TokapuSpark.closeIdleEngines();
        try (SparkSession session = Clusters.settings("local-cluster[2,1,1024]").getOrCreate()) {
            measure("Spark, two executors", round, prompts -> spark(session, prompts));
        }
    }

    private double median(String name, ToDoubleFunction<Sample> figure) {
        double[] sorted =
                samples.get(name).stream().mapToDouble(figure).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private void print() {
        String title = ROWS + " rows, " + THREADS + " thread(s), " + ROUNDS + " round(s)";
        System.out.printf(Locale.ROOT, "%-34s %8s %8s %9s %12s%n", title, "rows/s", "x loop", "x engine", "CPU ms/row");
        double loop = median(LOOP, Sample::rowsPerSecond);
        double engine = median(ENGINE, Sample::rowsPerSecond);
        for (String name : samples.keySet()) {
            double rate = median(name, Sample::rowsPerSecond);
            System.out.printf(
                    Locale.ROOT,
                    "%-34s %8.2f %8.2f %9.2f %12.1f%n",
                    name,
                    rate,
                    rate / loop,
                    rate / engine,
                    median(name, Sample::cpuMillis));
        }
    }
}
