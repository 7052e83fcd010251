package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.PrefixMatch;
import org.jspecify.annotations.Nullable;

/** What a request has to do with the prefix cache before it is prefilled. */
final class PrefixLookup {

    /** What was found of its prompt, with that version of the tree; asked several times at an admission. */
    PrefixMatch match = PrefixMatch.NONE;

    long version = -1;

    /** What its prompt begins with and is being restored, and how much of that. */
    @Nullable
    SavedPrefix restored;

    int restoredTokens;

    /** Whether it waits for what is read from a disk. */
    boolean held;

    /** The request whose prefill it waits for, to begin with that, and how far that is to go. */
    @Nullable
    ScheduledRequest<?> leader;

    int leaderTokens;

    /** How often it waited for a leader, and how often others with more in the KV cache went before it. */
    int led;

    int overtaken;

    /** How many saves it has waited for: copies of what was in its way. */
    int cleared;

    /** Whether something pinned has all of its prompt. */
    boolean pinnedBefore;

    /** Whether what it waits for is still being prefilled. */
    boolean isLed() {
        return leader != null && leader.awaitsPrompt() && leader.prefilled < leaderTokens;
    }
}
