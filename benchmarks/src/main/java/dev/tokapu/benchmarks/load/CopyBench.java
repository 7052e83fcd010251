package dev.tokapu.benchmarks.load;

import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.Sampler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * What copies between the KV cache and host memory cost somebody who listens: the inter-token latencies (ITL) of one answer, by what the
 * engine copied before the step that each waited for, as Flight Recorder has it ({@link CopyLatencies}). Beside the answer long sequences are
 * computed, then saved, since short requests will want their places; these come; the long ones are restored for their next turns; that may be
 * more than once. The long sequences are new in each cycle: what was saved once is not saved again. Prints one JSON object;
 * {@code benchmarks/run.py copies} uses it.
 *
 * <p>Arguments: settings of the engine, which needs one slot more than there are long sequences, no further ones, and host memory; the number
 * of long sequences, tokens of each, further turns of each, cycles, tokens of the answer after each part of one. One cycle before these does not
 * count: its code is not compiled yet, and the host memory of its copies was never used.
 */
public final class CopyBench {

    private static final String STEP = "tokapu.EngineStep";
    private static final String TOKEN = "tokapu.benchmarks.Token";
    private static final int LISTENER_PROMPT = 32;
    private static final int SHORT_PROMPT = 2;
    private static final int SHORT_ANSWER = 64; // more than come until it is paused
    private static final int FIRST_TOKEN = 1000;
    private static final int TOKENS = 10_000;

    private final Engine engine;
    private final int context;
    private final int tokens;
    private final int turns;
    private final int[][] texts;
    private final AtomicInteger arrived = new AtomicInteger(); // tokens of the answer
    private long seed;

    /** A token of the answer, by the clock that the engine's steps have in a recording. */
    @Name(TOKEN)
    @StackTrace(false)
    private static final class TokenEvent extends Event {}

    private CopyBench(Engine engine, int context, int sequences, int tokens, int turns) {
        this.engine = engine;
        this.context = context;
        this.tokens = tokens;
        this.turns = turns;
        this.texts = new int[sequences][];
    }

    /**
     * Runs it.
     *
     * @param args see the class
     * @throws InterruptedException if it is interrupted
     * @throws IOException if the recording cannot be read
     */
    public static void main(String[] args) throws InterruptedException, IOException {
        EngineSettings settings = EngineSettings.parse(args[0]);
        try (Model model = Model.load(settings.model());
                Engine engine = settings.start(List.of(model))) {
            CopyBench bench = new CopyBench(
                    engine,
                    Integer.parseInt(settings.get("context", "0")),
                    Integer.parseInt(args[1]),
                    Integer.parseInt(args[2]),
                    Integer.parseInt(args[3]));
            System.out.println(bench.measure(Integer.parseInt(args[4]), Integer.parseInt(args[5])));
        }
        System.exit(0);
    }

    private int[] random(int length) {
        return new Random(seed++).ints(length, FIRST_TOKEN, TOKENS).toArray();
    }

    private String measure(int cycles, int idle) throws InterruptedException, IOException {
        Generation listened = engine.submit(request(random(LISTENER_PROMPT), context - LISTENER_PROMPT)
                .stoppingCriteria(soFar -> {
                    arrived.incrementAndGet();
                    new TokenEvent().commit();
                    return false;
                })
                .build());
        cycle(listened, idle);
        try (Recording recording = new Recording()) {
            recording.enable(STEP).withoutThreshold();
            recording.enable(TOKEN).withoutThreshold();
            recording.start();
            long begun = System.nanoTime();
            long restored = engine.prefixCache().snapshot().restoredTokens();
            for (int i = 0; i < cycles; i++) {
                cycle(listened, idle);
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            restored = engine.prefixCache().snapshot().restoredTokens() - restored;
            if (listened.isFinished()) {
                throw new IllegalStateException("the answer ended before all was done: give it more tokens (context)");
            }
            listened.cancel();
            return String.format(
                    Locale.ROOT,
                    "{\"restored_tokens\": %d, \"seconds\": %.2f, %s}",
                    restored,
                    seconds,
                    latencies(recording).json());
        }
    }

    private static CopyLatencies latencies(Recording recording) throws IOException {
        recording.stop();
        Path file = Files.createTempFile("copies", ".jfr");
        try {
            recording.dump(file);
            List<RecordedEvent> events = RecordingFile.readAllEvents(file);
            events.sort(Comparator.comparingLong(CopyBench::time));
            CopyLatencies latencies = new CopyLatencies();
            for (RecordedEvent event : events) {
                if (isStep(event)) {
                    latencies.step(
                            event.getInt("generating"),
                            event.getInt("promptTokens"),
                            event.getLong("saved"),
                            event.getLong("restored"));
                } else {
                    latencies.token(time(event));
                }
            }
            return latencies;
        } finally {
            Files.delete(file);
        }
    }

    private static boolean isStep(RecordedEvent event) {
        return event.getEventType().getName().equals(STEP);
    }

    /** When a token came; when a step was decoded, before its tokens come. */
    private static long time(RecordedEvent event) {
        long nanos = Duration.between(Instant.EPOCH, event.getStartTime()).toNanos();
        return isStep(event) ? nanos + event.getLong("draft") + event.getLong("plan") + event.getLong("decode") : nanos;
    }

    private void cycle(Generation listened, int idle) throws InterruptedException {
        for (int i = 0; i < texts.length; i++) {
            texts[i] = random(tokens);
        }
        continueTexts();
        awaitTokens(listened, idle);
        for (int turn = 0; turn < turns; turn++) {
            takePlaces();
            awaitTokens(listened, idle);
            continueTexts();
            awaitTokens(listened, idle);
        }
    }

    private void awaitTokens(Generation listened, int more) throws InterruptedException {
        int wanted = arrived.get() + more;
        while (arrived.get() < wanted && !listened.isFinished()) {
            Thread.sleep(1);
        }
    }

    private static Request.Builder request(int[] prompt, int tokens) {
        return Request.builder(prompt)
                .samplers(Sampler.greedy())
                .ignoreEnd(true)
                .maxTokens(tokens);
    }

    /** Short requests at once that get all places but one, say nothing more and go. */
    private void takePlaces() throws InterruptedException {
        List<Generation> answers = new ArrayList<>();
        List<CountDownLatch> begun = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            CountDownLatch first = new CountDownLatch(1);
            begun.add(first);
            answers.add(engine.submit(request(random(SHORT_PROMPT), SHORT_ANSWER)
                    .stoppingCriteria(soFar -> {
                        first.countDown();
                        return false;
                    })
                    .build()));
        }
        for (int i = 0; i < texts.length; i++) {
            begun.get(i).await();
            answers.get(i).pause();
        }
        answers.forEach(Generation::cancel);
        answers.forEach(Generation::text);
    }

    /** Each long sequence and a token of an answer to it, for a next turn. */
    private void continueTexts() {
        List<Generation> answers = new ArrayList<>();
        for (int[] text : texts) {
            answers.add(engine.submit(request(text, 1).build()));
        }
        for (int i = 0; i < texts.length; i++) {
            answers.get(i).text();
            int length = texts[i].length;
            texts[i] = Arrays.copyOf(texts[i], length + 2);
            texts[i][length] = answers.get(i).tokens()[0];
            texts[i][length + 1] = random(1)[0];
        }
    }
}
