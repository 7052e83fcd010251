/**
 * The load generator: many requests against an engine in this process or any OpenAI-compatible server, and what its users would
 * feel. {@link dev.tokapu.benchmarks.load.LoadBench} is the program.
 *
 * <p>A further system to load implements {@code Target} and gets a name in {@code LoadBench}. What makes, sends and measures the
 * requests is {@code dev.tokapu.cli.load}, which {@code ./tokapu bench --serve} uses as well; {@code LoadReport} writes what
 * {@code serve} of {@code benchmarks/harness} compares and {@code page} plots.
 */
@NullMarked
package dev.tokapu.benchmarks.load;

import org.jspecify.annotations.NullMarked;
