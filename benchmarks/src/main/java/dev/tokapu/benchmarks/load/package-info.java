/**
 * The load generator: many requests against an engine in this process or any OpenAI-compatible server, and what its users would
 * feel. {@link dev.tokapu.benchmarks.load.LoadBench} is the program.
 *
 * <p>A further system to load implements {@code Target} and gets a name in {@code LoadBench}. {@code Workload} makes the requests,
 * {@code Arrivals} says when they are sent, {@code LoadGenerator} sends them, a {@code RequestTrace} for each hands its times to the
 * {@code Recorder}, and {@code LoadReport} writes what {@code serve} of {@code benchmarks/harness} compares and {@code page} plots.
 *
 * <p>The figures are those of {@code vllm bench serve}, under its names: time to first token (TTFT), time per output token after the
 * first (TPOT), inter-token latency (ITL), end to end latency (E2EL), request and token throughput, goodput.
 */
@NullMarked
package dev.tokapu.benchmarks.load;

import org.jspecify.annotations.NullMarked;
