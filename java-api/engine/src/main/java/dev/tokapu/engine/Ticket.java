package dev.tokapu.engine;

import dev.tokapu.engine.route.Router;
import org.jspecify.annotations.Nullable;

/**
 * Where a request is computed, and why there.
 *
 * <p>Thread safety: safe.
 *
 * @param core the replica
 * @param placement null where there is no other one
 * @param moves how often it failed elsewhere before
 */
record Ticket(EngineCore core, Router.Wanted wanted, Router.@Nullable Placement placement, int moves) {

    /** Answers have ended, or are computed elsewhere. */
    void left(int answers) {
        if (placement != null) {
            placement.left(answers);
        }
    }

    /** The request is not computed there. */
    void drop() {
        left(wanted.answers());
    }
}
