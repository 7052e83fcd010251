/**
 * What the engine computes next: a pure scheduler of requests over the sequences of one context.
 *
 * <p>Its state changes by calls ({@link dev.tokapu.engine.schedule.Scheduler}), and one function, {@code plan}, says what a
 * step computes ({@link dev.tokapu.engine.schedule.Plan}). No clock, thread, lock, randomness or native code: the same calls
 * give the same plans, so that a simulation can check every rule.
 *
 * @since 0.1
 */
package dev.tokapu.engine.schedule;
