/**
 * Loads whose prompts begin alike, and what is computed of them: {@link dev.tokapu.benchmarks.prefix.PrefixBench} is the program, each
 * {@code Scenario} a load, and {@code EndlessMemory} the least that any system would have to prefill.
 */
@NullMarked
package dev.tokapu.benchmarks.prefix;

import org.jspecify.annotations.NullMarked;
