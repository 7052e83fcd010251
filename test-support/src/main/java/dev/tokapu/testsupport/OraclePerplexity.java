package dev.tokapu.testsupport;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The perplexity of texts, by {@code llama-perplexity}. */
record OraclePerplexity(Oracle oracle) {

    private static final Pattern PERPLEXITY = Pattern.compile("Final estimate: PPL = ([0-9.]+) \\+/- ([0-9.]+)");

    String perplexity(Path model, Path text, int contextSize, int threads) {
        List<String> command = perplexityCommand(model, text, contextSize, threads);
        Matcher matcher = PERPLEXITY.matcher(OracleProcess.runUntil(
                        output -> PERPLEXITY.matcher(output.all()).find(), command, OracleProcess.NOTHING)
                .all());
        if (!matcher.find()) {
            throw new AssertionError("no final estimate");
        }
        return matcher.group(1) + " +/- " + matcher.group(2);
    }

    String divergence(Path model, Path text, int contextSize, int threads, Path logits, boolean compare) {
        List<String> command = perplexityCommand(model, text, contextSize, threads);
        command.addAll(List.of("--kl-divergence-base", logits.toString()));
        if (compare) {
            command.add("--kl-divergence");
        }
        String last = compare ? "Same top p:" : "Final estimate:";
        return OracleProcess.runUntil(output -> output.all().contains(last), command, OracleProcess.NOTHING)
                .all();
    }

    private List<String> perplexityCommand(Path model, Path text, int contextSize, int threads) {
        List<String> command = new ArrayList<>(List.of(oracle.tool("llama-perplexity"), "-m", model.toString()));
        command.addAll(List.of("-f", text.toString(), "-c", Integer.toString(contextSize)));
        command.addAll(List.of(
                "-t", Integer.toString(threads), "-tb", Integer.toString(threads), "-fit", "off", "--no-warmup"));
        return command;
    }
}
