package dev.tokapu.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.source.DefaultModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors in processes of their own: {@code mvn verify -Pcluster -pl integrations/spark -am -Dit.test=ClusterCheck -Dtest=NONE}, with the options that
 * CONTRIBUTING.md has for single tests.
 */
@Timeout(900)
class ClusterCheck {

    private static final int ROWS = 48;
    private static final int PARTITIONS = 12;

    private static final TokapuSparkOptions OPTIONS = TokapuSparkOptions.builder("classpath:" + DefaultModel.RESOURCE)
            .maxSequences(4)
            .contextSize(256)
            .maxTokens(16)
            .reproducible(true)
            .build();

    @TempDir
    private Path logs;

    private static List<String> expected;

    @BeforeAll
    static void local() throws IOException {
        try (SparkSession session = LocalSpark.start("local[2]")) {
            expected = texts(answers(session).collectAsList());
        }
        TokapuSpark.closeIdleEngines();
        assertThat(expected).hasSize(ROWS);
    }

    private static Dataset<Row> answers(SparkSession session) {
        List<String> prompts = IntStream.range(0, ROWS)
                .mapToObj(i -> "Tell me about the number " + i + ".")
                .toList();
        return TokapuSpark.of(OPTIONS).generate(LocalSpark.rows(session, prompts, PARTITIONS), "prompt", "answer");
    }

    private static List<String> texts(List<Row> rows) {
        return rows.stream().map(row -> row.getStruct(2).getString(0)).toList();
    }

    @Test
    void localCluster_executors_haveOneEngineEach() throws IOException {
        try (SparkSession session = Clusters.settings("local-cluster[2,1,1024]").getOrCreate()) {
            Set<String> seen = answers(session)
                    .map(
                            (MapFunction<Row, String>)
                                    row -> ProcessHandle.current().pid() + " " + ExecutorEngines.open(),
                            Encoders.STRING())
                    .collectAsList()
                    .stream()
                    .collect(Collectors.toSet());
            assertThat(seen)
                    .as("process, and its engines and models")
                    .hasSize(2)
                    .allMatch(one -> one.endsWith(" 2"));
        }
    }

    @Test
    void localCluster_executorKilled_losesAndDuplicatesNothing() throws Exception {
        try (SparkSession session = Clusters.settings("local-cluster[2,1,1024]").getOrCreate()) {
            assertThat(withAKill(session)).isEqualTo(expected);
        }
    }

    @Test
    void standalone_executorKilled_losesAndDuplicatesNothing() throws Exception {
        try (Clusters cluster = Clusters.standalone(logs, 2);
                SparkSession session = Clusters.settings(cluster.master()).getOrCreate()) {
            assertThat(withAKill(session)).isEqualTo(expected);
        }
    }

    /** The answers of a job that loses an executor in its middle. */
    private static List<String> withAKill(SparkSession session) throws Exception {
        AtomicInteger ended = new AtomicInteger();
        AtomicInteger removed = new AtomicInteger();
        session.sparkContext().addSparkListener(new SparkListener() {
            @Override
            public void onTaskEnd(SparkListenerTaskEnd task) {
                if (task.taskMetrics() != null && task.taskMetrics().executorRunTime() > 0) {
                    ended.incrementAndGet();
                }
            }

            @Override
            public void onExecutorRemoved(SparkListenerExecutorRemoved executor) {
                removed.incrementAndGet();
            }
        });
        Dataset<Row> answers = answers(session);
        FutureTask<List<Row>> job = new FutureTask<>(answers::collectAsList);
        new Thread(job, "job").start();
        while (ended.get() < 4 && !job.isDone()) {
            Thread.sleep(50);
        }
        assertThat(job.isDone()).as("before the kill").isFalse();
        assertThat(Clusters.executors()).hasSize(2);
        Clusters.executors().get(0).destroyForcibly();
        List<Row> rows = job.get();
        assertThat(removed.get()).isPositive();
        assertThat(rows)
                .extracting(row -> row.getInt(0))
                .containsExactlyElementsOf(IntStream.range(0, ROWS).boxed().toList());
        return texts(rows);
    }
}
