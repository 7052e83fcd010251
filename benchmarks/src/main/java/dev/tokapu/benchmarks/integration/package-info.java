/** What spans, metrics and the integrations of frameworks cost for each request. */
@NullMarked
package dev.tokapu.benchmarks.integration;

import org.jspecify.annotations.NullMarked;
