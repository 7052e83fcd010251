/**
 * Measurements: {@code ModelBench} is the counterpart of llama-bench for {@code benchmarks/run.py}, the others are JMH
 * benchmarks.
 */
@NullMarked
package dev.tokapu.benchmarks;

import org.jspecify.annotations.NullMarked;
