/**
 * The load of a server: many requests, and what its users would feel.
 *
 * <p>A system to load implements {@code Target}. {@code Workload} makes the requests, {@code Arrivals} says when they are sent,
 * {@code LoadGenerator} sends them, a {@code RequestTrace} for each hands its times to the {@code Recorder}, which makes the
 * {@code Result}.
 *
 * <p>The figures are those of {@code vllm bench serve}, under its names: time to first token (TTFT), time per output token after the
 * first (TPOT), inter-token latency (ITL), end to end latency (E2EL), request and token throughput, goodput.
 */
@NullMarked
package dev.tokapu.cli.load;

import org.jspecify.annotations.NullMarked;
