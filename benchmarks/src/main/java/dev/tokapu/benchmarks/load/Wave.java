package dev.tokapu.benchmarks.load;

import dev.tokapu.cli.load.LoadRequest;
import dev.tokapu.cli.load.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Requests that begin together, with random prompts.
 *
 * @param seed of the prompts
 * @param users how many there are
 * @param promptTokens of each
 * @param answerTokens of each
 */
record Wave(long seed, int users, int promptTokens, int answerTokens) {

    private static final int FIRST_TOKEN = 1000;
    private static final int TOKENS = 19_000;

    /** As {@link #toString} writes it. */
    static Wave parse(String line) {
        String[] parts = line.split(" ", -1);
        return new Wave(
                Long.parseLong(parts[0]),
                Integer.parseInt(parts[1]),
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]));
    }

    /** Sends them; the seconds until all have ended. */
    double run(Target target) throws InterruptedException {
        Random random = new Random(seed);
        List<TokenTimes> answers = new ArrayList<>();
        List<LoadRequest> requests = new ArrayList<>();
        for (int i = 0; i < users; i++) {
            int[] prompt =
                    random.ints(promptTokens, FIRST_TOKEN, FIRST_TOKEN + TOKENS).toArray();
            requests.add(new LoadRequest(i, prompt, answerTokens));
        }
        long begun = System.nanoTime();
        for (LoadRequest request : requests) {
            TokenTimes times = new TokenTimes();
            answers.add(times);
            target.send(request, times);
        }
        for (TokenTimes times : answers) {
            times.awaitEnd();
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    @Override
    public String toString() {
        return seed + " " + users + " " + promptTokens + " " + answerTokens;
    }
}
