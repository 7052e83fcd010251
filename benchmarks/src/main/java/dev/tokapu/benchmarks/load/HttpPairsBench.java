package dev.tokapu.benchmarks.load;

import dev.tokapu.server.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Waves of requests to one engine, in process and over HTTP in turn, so that whatever else happens on a machine happens to both. The client is
 * another process, which sleeps while the engine answers in process. Prints a JSON object for each pair; {@code benchmarks/run.py http-pairs}
 * uses it.
 *
 * <p>Arguments: settings of the engine, users, tokens of a prompt and of an answer, pairs, and pairs before these that are not printed: their
 * code is not compiled yet.
 */
public final class HttpPairsBench {

    private HttpPairsBench() {}

    /** Runs it. */
    public static void main(String[] args) throws IOException, InterruptedException {
        EngineSettings settings = EngineSettings.parse(args[0]);
        int users = Integer.parseInt(args[1]);
        int promptTokens = Integer.parseInt(args[2]);
        int answerTokens = Integer.parseInt(args[3]);
        int pairs = Integer.parseInt(args[4]);
        int warmUp = Integer.parseInt(args[5]);
        try (EngineTarget engine = new EngineTarget(settings, false);
                Server server = ServeEngine.start(settings, engine.engine(), 0)) {
            Process client = client("http://localhost:" + server.port(), settings.name());
            try (Writer ask = new OutputStreamWriter(client.getOutputStream(), StandardCharsets.UTF_8);
                    BufferedReader answers = client.inputReader(StandardCharsets.UTF_8)) {
                for (int i = 0; i < warmUp + pairs; i++) {
                    Wave own = new Wave(2L * i, users, promptTokens, answerTokens);
                    Wave remote = new Wave(2L * i + 1, users, promptTokens, answerTokens);
                    double http = i % 2 == 0 ? sent(remote, ask, answers) : 0;
                    double inProcess = own.run(engine);
                    http = i % 2 == 0 ? http : sent(remote, ask, answers);
                    if (i >= warmUp) {
                        System.out.printf(
                                Locale.ROOT,
                                "{\"in_process_seconds\": %.4f, \"http_seconds\": %.4f}%n",
                                inProcess,
                                http);
                    }
                }
            } finally {
                client.destroy();
            }
        }
    }

    private static double sent(Wave wave, Writer ask, BufferedReader answers) throws IOException {
        ask.write(wave + "\n");
        ask.flush();
        String seconds = answers.readLine();
        if (seconds == null) {
            throw new IOException("the client ended");
        }
        return Double.parseDouble(seconds);
    }

    /** With the options and classes of this process. */
    private static Process client(String url, String model) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(WaveClient.class.getName());
        command.add(url);
        command.add(model);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
