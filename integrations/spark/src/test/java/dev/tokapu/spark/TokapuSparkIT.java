package dev.tokapu.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.source.DefaultModel;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Columns of answers in local mode. */
class TokapuSparkIT extends LocalSparkTests {

    /** What an engine answers that nobody shares. */
    private static List<String> alone(List<String> prompts, String system) {
        EngineOptions options = EngineOptions.builder()
                .context(TestModels.small().build())
                .maxSequences(1)
                .sequenceContextSize(128)
                .build();
        try (Model model = TestModels.tiny();
                Engine engine = Engine.start(model, options)) {
            return prompts.stream()
                    .map(prompt -> engine.submit(
                                    Request.builder(List.of(ChatMessage.system(system), ChatMessage.user(prompt)))
                                            .samplers(Sampler.greedy())
                                            .maxTokens(TOKENS)
                                            .build())
                            .text())
                    .toList();
        }
    }

    @Test
    void generate_rows_areAnsweredInOrderOnOneEngine() {
        TokapuMetrics metrics = TokapuMetrics.of(session);
        List<Row> rows = TokapuSpark.of(tiny().system("Be brief.").build())
                .withMetrics(metrics)
                .generate(LocalSpark.rows(session, 20, 4), "prompt", "answer")
                .collectAsList();
        assertThat(rows)
                .extracting(row -> row.getInt(0))
                .containsExactlyElementsOf(IntStream.range(0, 20).boxed().toList());
        List<String> prompts = rows.stream().map(row -> row.getString(1)).toList();
        assertThat(texts(rows)).containsExactlyElementsOf(alone(prompts, "Be brief."));
        for (Row row : rows) {
            Row answer = answer(row);
            assertThat(answer.<String>getAs("finishReason")).isIn("MAX_TOKENS", "STOP_TOKEN");
            assertThat(answer.<Row>getAs("tokens").getInt(0)).isPositive();
            assertThat(answer.<Long>getAs("millis")).isNotNegative();
            assertThat(answer.<Object>getAs("error")).isNull();
        }
        assertThat(ExecutorEngines.open())
                .as("an engine and a model, of all tasks")
                .isEqualTo(2);
        assertThat(metrics.requests()).isEqualTo(20);
        assertThat(metrics.errors()).isZero();
        assertThat(metrics.cachedTokens()).isEqualTo(tokens(rows, 1));
        assertThat(metrics.promptTokens()).isEqualTo(tokens(rows, 0));
        assertThat(metrics.generatedTokens()).isEqualTo(tokens(rows, 2));
    }

    private static long tokens(List<Row> rows, int kind) {
        return rows.stream()
                .mapToLong(row -> answer(row).<Row>getAs("tokens").getInt(kind))
                .sum();
    }

    @Test
    void generate_otherPartitionsAndAttempts_haveTheSameAnswers() {
        TokapuSparkOptions drawn = tiny().temperature(1.5).build();
        List<String> greedy = texts(generated(tiny().build(), LocalSpark.rows(session, 12, 1)));
        List<String> random = texts(generated(drawn, LocalSpark.rows(session, 12, 1)));
        assertThat(random).isNotEqualTo(greedy);
        assertThat(new HashSet<>(random)).hasSizeGreaterThan(6);
        assertThat(texts(generated(tiny().build(), LocalSpark.rows(session, 12, 5))))
                .isEqualTo(greedy);
        assertThat(texts(generated(drawn, LocalSpark.rows(session, 12, 5)))).isEqualTo(random);
    }

    @Test
    void generate_taskThatFailsBehindIt_losesAndDuplicatesNothing() {
        Dataset<Row> answered =
                TokapuSpark.of(tiny().build()).generate(LocalSpark.rows(session, 12, 2), "prompt", "answer");
        List<Row> rows = answered.map((MapFunction<Row, Row>) TokapuSparkIT::failFirst, Encoders.row(answered.schema()))
                .collectAsList();
        assertThat(texts(rows)).isEqualTo(texts(answered.collectAsList()));
        assertThat(rows)
                .extracting(row -> row.getInt(0))
                .doesNotHaveDuplicates()
                .hasSize(12);
    }

    private static Row failFirst(Row row) {
        if (TaskContext.get().attemptNumber() == 0 && row.getInt(0) % 6 == 3) {
            throw new IllegalStateException("the first attempt fails in the middle");
        }
        return row;
    }

    @Test
    void generate_badRows_haveErrorsAndTheOthersAnswers() {
        List<String> prompts = Arrays.asList("good", "much too long ".repeat(100), null, "fine");
        TokapuMetrics metrics = TokapuMetrics.of(session);
        List<Row> rows = TokapuSpark.of(tiny().build())
                .withMetrics(metrics)
                .generate(LocalSpark.rows(session, prompts, 1), "prompt", "answer")
                .collectAsList();
        assertThat(rows).hasSize(4);
        Row error = answer(rows.get(1)).getAs("error");
        assertThat(error.<String>getAs("kind")).isEqualTo(RowErrorKind.PROMPT_TOO_LONG.name());
        assertThat(error.<String>getAs("message")).contains("128");
        assertThat(rows.get(2).isNullAt(2)).isTrue();
        assertThat(answer(rows.get(0)).<String>getAs("text")).isNotEmpty();
        assertThat(answer(rows.get(3)).<Object>getAs("error")).isNull();
        assertThat(metrics.errors()).isEqualTo(1);
        assertThat(metrics.requests()).isEqualTo(3);
    }

    @Test
    void generate_fewRowsWanted_endsTheOthers() {
        Dataset<Row> answered = TokapuSpark.of(tiny().maxTokens(100).build())
                .generate(LocalSpark.rows(session, 100, 1), "prompt", "answer");
        assertThat(answered.limit(1).collectAsList()).hasSize(1);
    }

    @Test
    void next_killedTask_cancelsItsRows() {
        CompletableFuture<Object> never = new CompletableFuture<>();
        AtomicInteger cancelled = new AtomicInteger();
        RowCall endless = new RowCall() {
            @Override
            public CompletableFuture<?> end() {
                return never;
            }

            @Override
            public RowResult result() {
                throw new AssertionError("it has not ended");
            }

            @Override
            public void cancel() {
                cancelled.incrementAndGet();
            }
        };
        EngineKey key = EngineKey.of(tiny().build(), Operation.Purpose.GENERATE);
        try (TaskCalls calls = new TaskCalls(ExecutorEngines.acquire(key, Duration.ZERO), texts -> endless)) {
            RowWindow window = new RowWindow(
                    List.of(RowFactory.create("one"), RowFactory.create("two")).iterator(),
                    new int[] {0},
                    2,
                    calls,
                    null);
            Thread.currentThread().interrupt(); // as Spark kills a task
            assertThatThrownBy(window::next).isInstanceOf(TaskKilledException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(cancelled).hasValue(2);
        }
    }

    @Test
    void generate_sparkFile_isTheModel() {
        session.sparkContext().addFile(TestModels.tinyFile().toString());
        TokapuSparkOptions options = TokapuSparkOptions.builder(
                        "sparkfiles:" + TestModels.tinyFile().getFileName())
                .contextSize(128)
                .maxTokens(2)
                .build();
        assertThat(texts(generated(options, LocalSpark.rows(session, 2, 1)))).doesNotContainNull();
    }

    @Test
    void generate_modelThatIsNotThere_failsTheJobByName() {
        TokapuSparkOptions options =
                TokapuSparkOptions.builder("/nowhere/model.gguf").build();
        Dataset<Row> rows = LocalSpark.rows(session, 1, 1);
        assertThatThrownBy(() -> generated(options, rows)).hasStackTraceContaining("/nowhere/model.gguf");
    }

    @Test
    void generate_wrongColumns_areRefusedAtOnce() {
        TokapuSpark tokapu = TokapuSpark.of(tiny().build());
        Dataset<Row> rows = LocalSpark.rows(session, 1, 1);
        assertThatThrownBy(() -> tokapu.generate(rows, "question", "answer"))
                .hasMessage("there is no column 'question' among [id, prompt]");
        assertThatThrownBy(() -> tokapu.generate(rows, "id", "answer"))
                .hasMessage("the column 'id' is INT and not STRING; cast it");
        assertThatThrownBy(() -> tokapu.generate(rows, "prompt", "id"))
                .hasMessage("there is a column 'id' already; choose another name");
    }

    @Test
    void ask_type_isATypedColumn() {
        AnswerSchema schema = AnswerSchema.of(StructType.fromDDL("good BOOLEAN, stars INT"));
        TokapuSparkOptions options = TokapuSparkOptions.builder("classpath:" + DefaultModel.RESOURCE)
                .maxSequences(2)
                .contextSize(128)
                .maxTokens(64)
                .build();
        Dataset<Row> asked = TokapuSpark.of(options).ask(LocalSpark.rows(session, 4, 2), "prompt", schema, "answer");
        assertThat(asked.select("answer.value.stars")
                        .schema()
                        .apply(0)
                        .dataType()
                        .sql())
                .isEqualTo("INT");
        for (Row row : asked.collectAsList()) {
            Row answer = answer(row);
            assertThat(answer.<Object>getAs("error")).isNull();
            assertThat(answer.<String>getAs("text"))
                    .isEqualTo("{\"good\":%s,\"stars\":%s}"
                            .formatted(
                                    answer.<Row>getAs("value").getBoolean(0),
                                    answer.<Row>getAs("value").getInt(1)));
        }
    }

    @Test
    void ask_tooFewTokens_isIncomplete() {
        AnswerSchema schema = AnswerSchema.ofJson("{\"type\": \"array\", \"items\": {\"type\": \"string\"}}");
        Row answer = answer(TokapuSpark.of(tiny().completion(true).maxTokens(1).build())
                .ask(LocalSpark.rows(session, 1, 1), "prompt", schema, "answer")
                .first());
        assertThat(answer.<Row>getAs("error").<String>getAs("kind")).isEqualTo(RowErrorKind.INCOMPLETE.name());
        assertThat(answer.<Object>getAs("value")).isNull();
        assertThat(answer.<String>getAs("text")).startsWith("[");
    }
}
