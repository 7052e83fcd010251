package dev.tokapu.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Sends waves to a server when it is told to: {@code WaveClient URL MODEL}, then a {@link Wave} a line on standard input, each answered by the
 * seconds that it took. For {@link HttpPairsBench}.
 */
public final class WaveClient {

    private WaveClient() {}

    /** Runs until the input ends. */
    public static void main(String[] args) throws IOException, InterruptedException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (HttpTarget target = new HttpTarget(URI.create(args[0]), args[1])) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(Wave.parse(line).run(target));
            }
        }
    }
}
