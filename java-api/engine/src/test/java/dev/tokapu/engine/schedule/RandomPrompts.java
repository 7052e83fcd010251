package dev.tokapu.engine.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Prompts of a world: a public beginning, or what the tenant computed before, and something new behind a part of it. */
final class RandomPrompts {

    private final SplittableRandom random;
    private final int longest;
    private final Map<Integer, List<int[]>> texts = new HashMap<>(); // by tenant, 0 for everybody

    RandomPrompts(SplittableRandom random, int longest) {
        this.random = random;
        this.longest = longest;
    }

    /** A tenant computed a text. */
    void known(int tenant, int... text) {
        texts.computeIfAbsent(tenant, key -> new ArrayList<>()).add(text);
    }

    int[] next(int tenant) {
        List<int[]> own = texts.getOrDefault(random.nextInt(3) == 0 ? 0 : tenant, List.of());
        int[] base = own.isEmpty() || random.nextInt(4) == 0 ? new int[0] : own.get(random.nextInt(own.size()));
        int kept = random.nextInt(3) == 0 ? random.nextInt(base.length + 1) : base.length;
        kept = Math.min(kept, longest);
        int[] prompt = Arrays.copyOf(base, kept + 1 + random.nextInt(longest));
        for (int i = kept; i < prompt.length; i++) {
            prompt[i] = 2 + random.nextInt(3) + (tenant > 0 && random.nextInt(3) == 0 ? 100 * tenant : 0);
        }
        return prompt;
    }
}
