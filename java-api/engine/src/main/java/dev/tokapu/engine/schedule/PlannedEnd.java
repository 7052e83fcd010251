package dev.tokapu.engine.schedule;

import org.jspecify.annotations.Nullable;

/**
 * A request or one of its sequences that ends before its time.
 *
 * @param <T> what requests are scheduled for
 * @param request the request
 * @param sequence the sequence, whose slot is among the releases already; null when all that was left of the request ends
 * @param reason cancelled or over its deadline
 */
public record PlannedEnd<T>(
        ScheduledRequest<T> request, @Nullable ScheduledSequence<T> sequence, EndReason reason) {}
