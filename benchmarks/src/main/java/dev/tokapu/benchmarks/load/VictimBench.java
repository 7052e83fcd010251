package dev.tokapu.benchmarks.load;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.HdrHistogram.Histogram;

/**
 * What somebody who reads an answer, the victim, feels of a long prompt that somebody else sends: the gaps between its tokens
 * before, while that prompt is read, and as long after it as before. Prints one JSON object; {@code benchmarks/run.py victim} uses it.
 *
 * <p>Arguments: target ({@code engine} or the address of a server with two slots), settings of the engine or the server's model
 * name, tokens of the long prompt, tokens that the victim generates before it, tokens of the victim's whole answer. The answer must
 * last longer than the prompt is read; it is an error where it does not. Meanwhile it has grown: what its tokens take afterwards says how
 * much of a gap is due to that.
 *
 * <p>A gap may have several tokens at its end, where a server sends whole characters only. {@code p99_per_token} counts a gap of n tokens as
 * n gaps of an nth.
 */
public final class VictimBench {

    /** The first steps of an answer still have its own prompt in them. */
    private static final int FIRST_GAP = 10;

    private static final int VICTIM_PROMPT = 32;
    private static final int WARM_UP_PART = 8;
    private static final int WARM_UP_IDLE = 30;
    private static final int FIRST_TOKEN = 1000;
    private static final int TOKENS = 10_000;

    private VictimBench() {}

    /**
     * Runs it.
     *
     * @param args see the class
     * @throws InterruptedException if it is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        int promptTokens = Integer.parseInt(args[2]);
        int idleTokens = Integer.parseInt(args[3]);
        int victimTokens = Integer.parseInt(args[4]);
        try (Target target = open(args[0], args[1])) {
            TokenTimes warmUp = new TokenTimes();
            send(target, promptTokens / WARM_UP_PART, WARM_UP_IDLE, victimTokens / WARM_UP_PART, warmUp);
            warmUp.awaitEnd();
            System.out.println(measure(target, promptTokens, idleTokens, victimTokens));
        }
        System.exit(0);
    }

    private static Target open(String target, String settings) {
        if (!target.equals(LoadOptions.ENGINE)) {
            return new HttpTarget(URI.create(target), settings);
        }
        return new EngineTarget(LoadOptions.engine(target, settings), true);
    }

    /** Lets the victim begin, then has the other's prompt read; the times of both, in nanoseconds. */
    private static Times send(Target target, int promptTokens, int idleTokens, int victimTokens, TokenTimes victim)
            throws InterruptedException {
        target.send(new LoadRequest(0, prompt(VICTIM_PROMPT, 1), victimTokens), victim);
        if (!victim.awaitArrivals(idleTokens)) {
            throw new IllegalStateException("the victim's answer of " + victimTokens + " tokens ended before "
                    + idleTokens + " tokens came: give it more");
        }
        TokenTimes foreign = new TokenTimes();
        long sent = System.nanoTime();
        target.send(new LoadRequest(1, prompt(promptTokens, 2), 1), foreign);
        foreign.awaitEnd();
        return new Times(sent, System.nanoTime());
    }

    private static String measure(Target target, int promptTokens, int idleTokens, int victimTokens)
            throws InterruptedException {
        TokenTimes victim = new TokenTimes();
        Times foreign = send(target, promptTokens, idleTokens, victimTokens, victim);
        boolean answering = victim.awaitTokenAfter(foreign.answered());
        int meanwhile = victim.arrivals().size();
        if (!answering || !victim.awaitArrivals(meanwhile + idleTokens)) {
            throw new IllegalStateException("the victim's answer of " + victimTokens
                    + " tokens ended before the prompt of " + promptTokens + " tokens was read and " + idleTokens
                    + " more came: give it more tokens, or a shorter prompt");
        }
        Histogram before = new Histogram(3);
        Histogram during = new Histogram(3);
        Histogram perToken = new Histogram(3);
        Histogram after = new Histogram(3);
        List<TokenTimes.Arrival> arrivals = victim.arrivals();
        for (int i = FIRST_GAP; i < arrivals.size(); i++) {
            TokenTimes.Arrival arrival = arrivals.get(i);
            long previous = arrivals.get(i - 1).nanoTime();
            long gap = arrival.nanoTime() - previous;
            if (arrival.nanoTime() < foreign.sent()) {
                before.recordValue(gap);
            } else if (previous < foreign.answered()) {
                during.recordValue(gap);
                perToken.recordValueWithCount(gap / arrival.count(), arrival.count());
            } else {
                after.recordValue(gap);
            }
        }
        double idle = before.getValueAtPercentile(50);
        double idleAfter = after.getValueAtPercentile(50);
        return String.format(
                Locale.ROOT,
                "{\"prompt_tokens\": %d, \"gaps_idle\": %d, \"idle_p50_ms\": %.3f, \"idle_p99_ms\": %.3f, \"gaps_during\": %d,"
                        + " \"during_p50_ms\": %.3f, \"during_p99_ms\": %.3f, \"during_max_ms\": %.3f, \"p50_by_idle_median\": %.3f,"
                        + " \"p99_by_idle_median\": %.3f, \"p99_per_token_by_idle_median\": %.3f, \"after_p50_ms\": %.3f, \"p99_by_after_median\": %.3f, \"prompt_seconds\": %.3f}",
                promptTokens,
                before.getTotalCount(),
                idle / 1e6,
                before.getValueAtPercentile(99) / 1e6,
                during.getTotalCount(),
                during.getValueAtPercentile(50) / 1e6,
                during.getValueAtPercentile(99) / 1e6,
                during.getMaxValue() / 1e6,
                during.getValueAtPercentile(50) / idle,
                during.getValueAtPercentile(99) / idle,
                perToken.getValueAtPercentile(99) / idle,
                idleAfter / 1e6,
                during.getValueAtPercentile(99) / idleAfter,
                (foreign.answered() - foreign.sent()) / 1e9);
    }

    private static int[] prompt(int length, long seed) {
        return new Random(seed).ints(length, FIRST_TOKEN, TOKENS).toArray();
    }

    private record Times(long sent, long answered) {}
}
