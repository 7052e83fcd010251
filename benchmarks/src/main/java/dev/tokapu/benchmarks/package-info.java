/**
 * Measurements: {@code benchmarks/run.py} starts the classes {@code XxxBench} and says what they measure, {@code XxxBenchmark} are JMH benchmarks; {@link dev.tokapu.benchmarks.load} is the load generator.
 */
@NullMarked
package dev.tokapu.benchmarks;

import org.jspecify.annotations.NullMarked;
