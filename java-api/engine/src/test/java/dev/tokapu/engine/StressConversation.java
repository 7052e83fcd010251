package dev.tokapu.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A conversation of a tenant of {@link PrefixStressChild}. Its prompts are a public prefix, the tenant's canary, the conversation's number
 * and turns; so it is known how much of a prompt anybody has asked before.
 *
 * <p>Thread safety: safe.
 */
final class StressConversation {

    private static final int PUBLIC = 40;
    private static final int CANARY = 12;
    private static final int NUMBER = 2;

    /** Tokens that conversations of a tenant have in common, or a few more. */
    static final int OWN = PUBLIC + CANARY + NUMBER;

    private static final int FIRST_TOKEN = 3;
    private static final int TOKENS = 290;
    private static final int LONGEST = 150;
    private static final int AGAIN = 8; // one prompt of so many is asked again

    private final int tenant;
    private final List<Turn> asked = new ArrayList<>(); // in this life, prompts and prompts with their answers
    private int number;
    private int[] history;
    private boolean inherited;

    /** What is asked. */
    static final class Turn {

        private final int[] prompt;
        private final int number;
        private final boolean first;
        private final boolean again;

        /** {@code first}: it goes on with what another process was told; {@code again}: the same was asked before. */
        private Turn(int[] prompt, int number, boolean first, boolean again) {
            this.prompt = prompt;
            this.number = number;
            this.first = first;
            this.again = again;
        }

        int[] prompt() {
            return prompt;
        }

        boolean isFirst() {
            return first;
        }

        boolean isAgain() {
            return again;
        }
    }

    StressConversation(int tenant, int number) {
        this.tenant = tenant;
        this.number = number;
        this.history = begin(tenant, number);
    }

    static int[] publicPrefix() {
        return text(new Random(-1), PUBLIC);
    }

    private static int[] canary(int tenant) {
        return text(new Random(tenant), CANARY);
    }

    static int[] text(Random random, int length) {
        return random.ints(length, FIRST_TOKEN, FIRST_TOKEN + TOKENS).toArray();
    }

    private static int[] begin(int tenant, int number) {
        return join(publicPrefix(), join(canary(tenant), pair(number)));
    }

    private static int[] pair(int value) {
        return new int[] {FIRST_TOKEN + value % TOKENS, FIRST_TOKEN + value / TOKENS};
    }

    static int[] join(int[] first, int[] second) {
        return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
    }

    int tenant() {
        return tenant;
    }

    /** Goes on with what was said in an earlier life. */
    synchronized void inherit(int oldNumber, int[] oldHistory) {
        number = oldNumber;
        history = oldHistory;
        inherited = oldHistory.length > OWN;
    }

    synchronized int number() {
        return number;
    }

    synchronized int[] history() {
        return history;
    }

    /** The next turn; its first tokens are those of no other life. */
    synchronized Turn next(Random random, int life, int step) {
        if (history.length > LONGEST) {
            number += step;
            history = begin(tenant, number);
            asked.clear();
            inherited = false;
        }
        boolean again = !asked.isEmpty() && random.nextInt(AGAIN) == 0;
        int[] text = text(random, 4 + random.nextInt(8));
        int[] prompt = again ? asked.get(random.nextInt(asked.size())).prompt : join(history, join(pair(life), text));
        Turn turn = new Turn(prompt, number, inherited, again);
        if (inherited) {
            asked.add(new Turn(history, number, false, false));
            inherited = false;
        }
        asked.add(turn);
        return turn;
    }

    /** How many of its first tokens others have asked, for this tenant or for everybody. */
    synchronized int known(Turn turn) {
        if (turn.number != number) {
            return turn.prompt.length; // this one has begun anew since
        }
        int known = OWN;
        for (Turn other : asked) {
            int different = Arrays.mismatch(other.prompt, turn.prompt);
            known = other == turn ? known : Math.max(known, different < 0 ? turn.prompt.length : different);
        }
        return known;
    }

    /** The conversation goes on with this answer. */
    synchronized void answered(Turn turn, int[] answer) {
        if (turn.number == number) {
            history = join(turn.prompt, answer);
            asked.add(new Turn(history, number, false, false));
        }
    }
}
