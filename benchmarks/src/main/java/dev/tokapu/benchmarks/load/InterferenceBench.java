package dev.tokapu.benchmarks.load;

import dev.tokapu.cli.load.LoadRequest;
import dev.tokapu.cli.load.Samples;
import dev.tokapu.cli.load.Target;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * The interference of a long prompt with the answer of another request: the inter-token latencies (ITL) of the answer before,
 * while that prompt is prefilled, and as long after it as before. Prints one JSON object; {@code benchmarks/run.py interference}
 * uses it.
 *
 * <p>Arguments: target ({@code engine} or the address of a server with two slots), settings of the engine or the server's model
 * name, tokens of the long prompt, tokens of the answer that are generated before it, tokens of the whole answer. The answer must
 * last longer than the prefill; it is an error where it does not. Meanwhile it has grown: what its tokens take afterwards says how
 * much of a latency is due to that.
 *
 * <p>Several tokens may arrive together, where a server sends whole characters only. {@code p99_per_token} counts a latency of n tokens
 * as n latencies of an nth.
 */
public final class InterferenceBench {

    /** The first steps of an answer still have its own prompt in them. */
    private static final int FIRST_LATENCY = 10;

    private static final int ANSWER_PROMPT = 32;
    private static final int WARM_UP_PART = 8;
    private static final int WARM_UP_IDLE = 30;
    private static final int FIRST_TOKEN = 1000;
    private static final int TOKENS = 10_000;

    private InterferenceBench() {}

    /**
     * Runs it.
     *
     * @param args see the class
     * @throws InterruptedException if it is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        int promptTokens = Integer.parseInt(args[2]);
        int idleTokens = Integer.parseInt(args[3]);
        int answerTokens = Integer.parseInt(args[4]);
        try (Target target = open(args[0], args[1])) {
            TokenTimes warmUp = new TokenTimes();
            send(target, promptTokens / WARM_UP_PART, WARM_UP_IDLE, answerTokens / WARM_UP_PART, warmUp);
            warmUp.awaitEnd();
            System.out.println(measure(target, promptTokens, idleTokens, answerTokens));
        }
        System.exit(0);
    }

    private static Target open(String target, String settings) {
        if (!target.equals(LoadOptions.ENGINE)) {
            return new HttpTarget(URI.create(target), settings);
        }
        return new EngineTarget(LoadOptions.engine(target, settings), true);
    }

    /** Lets the answer begin, then sends the long prompt; when that was sent and answered, in nanoseconds. */
    private static Times send(Target target, int promptTokens, int idleTokens, int answerTokens, TokenTimes answer)
            throws InterruptedException {
        target.send(new LoadRequest(0, prompt(ANSWER_PROMPT, 1), answerTokens), answer);
        if (!answer.awaitArrivals(idleTokens)) {
            throw new IllegalStateException("the answer of " + answerTokens + " tokens ended before " + idleTokens
                    + " tokens came: give it more");
        }
        TokenTimes longPrompt = new TokenTimes();
        long sent = System.nanoTime();
        target.send(new LoadRequest(1, prompt(promptTokens, 2), 1), longPrompt);
        longPrompt.awaitEnd();
        return new Times(sent, System.nanoTime());
    }

    private static String measure(Target target, int promptTokens, int idleTokens, int answerTokens)
            throws InterruptedException {
        TokenTimes answer = new TokenTimes();
        Times longPrompt = send(target, promptTokens, idleTokens, answerTokens, answer);
        boolean answering = answer.awaitTokenAfter(longPrompt.answered());
        int meanwhile = answer.arrivals().size();
        if (!answering || !answer.awaitArrivals(meanwhile + idleTokens)) {
            throw new IllegalStateException("the answer of " + answerTokens
                    + " tokens ended before the prompt of " + promptTokens + " tokens was prefilled and " + idleTokens
                    + " more came: give it more tokens, or a shorter prompt");
        }
        Samples before = new Samples();
        Samples during = new Samples();
        Samples perToken = new Samples();
        Samples after = new Samples();
        List<TokenTimes.Arrival> arrivals = answer.arrivals();
        for (int i = FIRST_LATENCY; i < arrivals.size(); i++) {
            TokenTimes.Arrival arrival = arrivals.get(i);
            long previous = arrivals.get(i - 1).nanoTime();
            long latency = arrival.nanoTime() - previous;
            if (arrival.nanoTime() < longPrompt.sent()) {
                before.add(latency);
            } else if (previous < longPrompt.answered()) {
                during.add(latency);
                for (int j = 0; j < arrival.count(); j++) {
                    perToken.add(latency / arrival.count());
                }
            } else {
                after.add(latency);
            }
        }
        double idle = before.percentile(50);
        double idleAfter = after.percentile(50);
        return String.format(
                Locale.ROOT,
                "{\"prompt_tokens\": %d, \"idle_count\": %d, \"idle_p50_ms\": %.3f, \"idle_p99_ms\": %.3f, \"during_count\": %d,"
                        + " \"during_p50_ms\": %.3f, \"during_p99_ms\": %.3f, \"during_max_ms\": %.3f, \"p50_by_idle_median\": %.3f,"
                        + " \"p99_by_idle_median\": %.3f, \"p99_per_token_by_idle_median\": %.3f, \"after_p50_ms\": %.3f, \"p99_by_after_median\": %.3f, \"prompt_seconds\": %.3f}",
                promptTokens,
                before.count(),
                idle / 1e6,
                before.percentile(99) / 1e6,
                during.count(),
                during.percentile(50) / 1e6,
                during.percentile(99) / 1e6,
                during.max() / 1e6,
                during.percentile(50) / idle,
                during.percentile(99) / idle,
                perToken.percentile(99) / idle,
                idleAfter / 1e6,
                during.percentile(99) / idleAfter,
                (longPrompt.answered() - longPrompt.sent()) / 1e9);
    }

    private static int[] prompt(int length, long seed) {
        return new Random(seed).ints(length, FIRST_TOKEN, TOKENS).toArray();
    }

    private record Times(long sent, long answered) {}
}
