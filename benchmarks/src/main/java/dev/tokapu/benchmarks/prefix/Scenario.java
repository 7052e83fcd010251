package dev.tokapu.benchmarks.prefix;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/** A load whose prompts have beginnings in common, or none. */
enum Scenario {

    /** Requests at once with a long beginning in common. Sizes: requests, prefix, own, output. */
    SHARED {
        @Override
        void run(Load load) throws IOException, InterruptedException {
            int[] prefix = Tokens.random(load.random(0), load.size("prefix"));
            load.together(load.size("requests"), user -> {
                int[] own = Tokens.random(load.random(1 + user), load.size("own"));
                load.ask(0, Tokens.joined(prefix, own), load.size("output"));
            });
        }
    },

    /**
     * Branches of a sequence that still generates: they begin with its prompt and the first tokens of its answer. Sizes: branches, prefix,
     * begun (tokens of the answer), own, output, live (tokens of the answer until its end).
     */
    BRANCHES {
        @Override
        void run(Load load) throws IOException, InterruptedException {
            int[] prefix = Tokens.random(load.random(0), load.size("prefix"));
            int[] begun = new int[load.size("begun")];
            CountDownLatch hasBegun = new CountDownLatch(1);
            load.together(1 + load.size("branches"), user -> {
                if (user == 0) {
                    load.ask(0, prefix, load.size("live"), soFar -> {
                        if (soFar.length > begun.length && hasBegun.getCount() > 0) {
                            System.arraycopy(soFar, 0, begun, 0, begun.length);
                            load.seen(prefix, Arrays.copyOf(soFar, begun.length + 1));
                            hasBegun.countDown();
                        }
                    });
                    return;
                }
                hasBegun.await();
                int[] own = Tokens.random(load.random(user), load.size("own"));
                load.ask(1, Tokens.joined(prefix, begun, own), load.size("output"));
            });
        }
    },

    /**
     * Conversations at once that begin with a system message in common. Before each turn a user thinks for a random time. Sizes:
     * conversations, turns, shared, own, output, think (milliseconds at most).
     */
    CONVERSATIONS {
        @Override
        void run(Load load) throws IOException, InterruptedException {
            int[] shared = Tokens.random(load.random(-1), load.size("shared"));
            load.together(load.size("conversations"), user -> {
                SplittableRandom random = load.random(user);
                int[] text = shared;
                for (int turn = 0; turn < load.size("turns"); turn++) {
                    Thread.sleep(random.nextInt(1 + load.size("think")));
                    int[] prompt = Tokens.joined(text, Tokens.random(random, load.size("own")));
                    text = Tokens.joined(
                            prompt, load.ask(turn, prompt, load.size("output")).tokens());
                }
            });
        }
    },

    /**
     * Tool loops at once: a system prompt in common, a task of their own, then rounds that add a call and its result. Before each request a
     * tool works for a random time. Sizes: loops, rounds, shared, own, result, output, tool (milliseconds at most).
     */
    AGENTS {
        @Override
        void run(Load load) throws IOException, InterruptedException {
            int[] shared = Tokens.random(load.random(0), load.size("shared"));
            load.together(load.size("loops"), user -> {
                SplittableRandom random = load.random(1 + user);
                int[] prompt = Tokens.joined(shared, Tokens.random(random, load.size("own")));
                for (int round = 0; round < load.size("rounds"); round++) {
                    Thread.sleep(random.nextInt(1 + load.size("tool")));
                    int[] call = load.ask(round, prompt, load.size("output")).tokens();
                    prompt = Tokens.joined(prompt, call, Tokens.random(random, load.size("result")));
                }
            });
        }
    },

    /**
     * Conversations whose second turns come one after another, after a restart of the system. What came before is not recorded. Sizes:
     * conversations, begun (tokens of the first turn), own, output.
     */
    RESTART {
        @Override
        void run(Load load) throws IOException, InterruptedException {
            int[][] texts = new int[load.size("conversations")][];
            load.together(texts.length, user -> {
                int[] prompt = Tokens.random(load.random(user), load.size("begun"));
                texts[user] = Tokens.joined(prompt, load.before(prompt, load.size("output")));
            });
            load.restart();
            for (int user = 0; user < texts.length; user++) {
                int[] own = Tokens.random(load.random(1000 + user), load.size("own"));
                load.ask(0, Tokens.joined(texts[user], own), load.size("output"));
            }
        }
    },

    /**
     * Prompts that have nothing in common, their lengths and those of their answers drawn from log-normal distributions with the given
     * medians. Sizes: users, requests (of each user), own, output, most (tokens of a prompt or an answer).
     */
    UNSHARED {
        @Override
        void run(Load load) throws IOException, InterruptedException {
            load.together(load.size("users"), user -> {
                SplittableRandom random = load.random(user);
                for (int i = 0; i < load.size("requests"); i++) {
                    int[] prompt = Tokens.random(random, length(random, load.size("own"), load.size("most")));
                    load.ask(0, prompt, length(random, load.size("output"), load.size("most")));
                }
            });
        }
    };

    /** Of the logarithms of the lengths: about that of ShareGPT's conversations. */
    private static final double SPREAD = 0.8;

    /** Asks, until all is answered. */
    abstract void run(Load load) throws IOException, InterruptedException;

    private static int length(SplittableRandom random, int median, int most) {
        double length = median * Math.exp(SPREAD * random.nextGaussian());
        return (int) Math.max(4, Math.min(most, length));
    }
}
