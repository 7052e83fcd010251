package dev.tokapu.engine;

import dev.tokapu.engine.route.Router;

/**
 * Where a request is computed, and why there.
 *
 * <p>Thread safety: immutable.
 *
 * @param core the replica
 * @param moves how often it failed elsewhere before
 */
record Ticket(EngineCore core, Router.Wanted wanted, Router.Placement placement, int moves) {}
