package dev.tokapu.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * llama.cpp's own tools, built from the same tree as the library under test, run as processes: what they answer is right.
 * They lie in the folder that the system property {@code tokapu.oracle.dir} names. A tool that is missing or fails is an
 * {@link AssertionError}, never a skipped test.
 *
 * <p>Thread safety: immutable, safe for any number of threads.
 */
public final class Oracle {

    private static final String END_OF_TEXT = " [end of text]\n";

    private final Path directory;

    private Oracle(Path directory) {
        this.directory = directory;
    }

    /**
     * A generated text.
     *
     * @param text what the tool printed; invalid UTF-8 as U+FFFD
     * @param endOfGeneration whether the model ended it, not the token limit
     */
    public record Generated(String text, boolean endOfGeneration) {}

    /** The tools in the folder {@code -Dtokapu.oracle.dir}; they choose the CPU variant themselves. */
    public static Oracle fromSystemProperty() {
        String dir = System.getProperty("tokapu.oracle.dir");
        if (dir == null) {
            throw new AssertionError("set -Dtokapu.oracle.dir to the folder with llama-completion and the other tools");
        }
        return of(Path.of(dir));
    }

    /** The tools in a folder. */
    public static Oracle of(Path directory) {
        Path tool = directory.resolve(program("llama-completion"));
        if (!Files.isExecutable(tool)) {
            throw new AssertionError("no llama-completion in the oracle folder " + directory.toAbsolutePath());
        }
        return new Oracle(directory.toAbsolutePath());
    }

    /** The file name of a program on this system. */
    public static String program(String name) {
        return OracleProcess.WINDOWS ? name + ".exe" : name;
    }

    /** The same tools and this program of ours beside them. */
    public Oracle with(Path program) {
        try {
            linkOrCopy(program, directory.resolve(program.getFileName()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /**
     * The same tools in a new folder below {@code parent} where {@code libggml-cpu-<variant>.so} is the only CPU backend:
     * the tools look for backends beside their executable.
     */
    public Oracle withCpuVariant(String variant, Path parent) {
        String keep = System.mapLibraryName("ggml-cpu-" + variant);
        if (!Files.exists(directory.resolve(keep))) {
            throw new AssertionError("no " + keep + " in the oracle folder " + directory);
        }
        Path target = parent.resolve("oracle-" + variant);
        try (Stream<Path> files = Files.list(directory)) {
            Files.createDirectories(target);
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (!name.contains("ggml-cpu-") || name.equals(keep)) {
                    linkOrCopy(file, target.resolve(name));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Oracle(target);
    }

    /** Puts it there whole or not at all: another JVM of the same tests may be starting what is there already. */
    private static void linkOrCopy(Path from, Path to) throws IOException {
        if (Files.exists(to) && Files.isSameFile(from, to)) {
            return;
        }
        Path folder = Files.createTempDirectory(to.toAbsolutePath().getParent(), "new");
        Path fresh = folder.resolve(to.getFileName());
        try {
            Files.createLink(fresh, from.toRealPath());
        } catch (IOException | UnsupportedOperationException otherFileSystem) {
            Files.copy(from, fresh);
        }
        Files.move(fresh, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.delete(folder);
    }

    /**
     * Greedy continuation of a plain prompt by {@code llama-completion}: BOS as the model says, control text in the prompt
     * parsed, at most {@code maxTokens} tokens on {@code threads} threads.
     */
    public Generated completionGreedy(Path model, String prompt, int maxTokens, int threads) {
        return completionGreedy(model, prompt, maxTokens, threads, List.of());
    }

    /** As {@link #completionGreedy}, with further options of the tool. */
    public Generated completionGreedy(Path model, String prompt, int maxTokens, int threads, List<String> options) {
        List<String> mode = new ArrayList<>(List.of("-no-cnv", "--temp", "0"));
        mode.addAll(options);
        return completion(model, prompt, maxTokens, threads, mode);
    }

    /** As {@link #completionGreedy}, but drawn at random by the tool's default samplers from a seed. */
    public Generated completionSampled(Path model, String prompt, int maxTokens, int threads, int seed) {
        List<String> mode = List.of("-no-cnv", "-s", Integer.toString(seed));
        return completion(model, prompt, maxTokens, threads, mode);
    }

    /**
     * As {@link #completionSampled}, but held to a grammar.
     *
     * @param options further options of the tool: its seed, its temperature
     */
    public Generated completionByGrammar(
            Path model, String prompt, int maxTokens, int threads, String gbnf, List<String> options) {
        List<String> mode = new ArrayList<>(List.of("-no-cnv", "--grammar", gbnf));
        mode.addAll(options);
        return completion(model, prompt, maxTokens, threads, mode);
    }

    /**
     * Greedy answer to one user message in {@code llama-completion}'s conversation mode, with the model's Jinja template and
     * no system message of ours.
     */
    public Generated chatGreedy(Path model, String userText, int maxTokens, int threads) {
        return completion(model, userText, maxTokens, threads, List.of("-cnv", "-st", "--jinja", "--temp", "0"));
    }

    /**
     * Greedy answers to several user messages in one conversation, typed into {@code llama-completion}'s conversation mode.
     * Each message is one line; the model must end each answer itself within {@code maxTokens} for all turns together.
     */
    public List<String> conversationGreedy(Path model, List<String> turns, int maxTokens, int threads) {
        Path typed = OracleProcess.temporaryFile(String.join("\n", turns) + "\n");
        try {
            List<String> command = completionCommand(model, maxTokens, threads);
            command.addAll(List.of("-cnv", "--jinja", "--temp", "0"));
            String printed = OracleProcess.runUntil(OracleProcess::hasFigures, command, typed)
                    .text();
            String[] parts = printed.split("\n> ", -1);
            if (parts.length != turns.size() + 2 || !parts[parts.length - 1].startsWith("EOF by user")) {
                throw new AssertionError("not " + turns.size() + " answers: " + printed);
            }
            return Stream.of(parts)
                    .skip(1)
                    .limit(turns.size())
                    .map(answer -> answer.endsWith("\n") ? answer.substring(0, answer.length() - 1) : answer)
                    .toList();
        } finally {
            OracleProcess.delete(typed);
        }
    }

    /** As {@link #completionGreedy} in a small context that is shifted when it is full; the first tokens stay. */
    public Generated completionShifted(
            Path model, String prompt, int maxTokens, int threads, int contextSize, int keep) {
        List<String> mode = new ArrayList<>(List.of("-no-cnv", "--temp", "0", "--context-shift"));
        mode.addAll(List.of("-c", Integer.toString(contextSize), "--keep", Integer.toString(keep)));
        return completion(model, prompt, maxTokens, threads, mode);
    }

    private Generated completion(Path model, String prompt, int maxTokens, int threads, List<String> mode) {
        Path promptFile = OracleProcess.temporaryFile(prompt);
        try {
            List<String> command = completionCommand(model, maxTokens, threads);
            command.addAll(List.of("-bf", promptFile.toString()));
            command.addAll(mode);
            return generated(OracleProcess.runUntil(OracleProcess::isCompletion, command, OracleProcess.NOTHING)
                    .text());
        } finally {
            OracleProcess.delete(promptFile);
        }
    }

    private List<String> completionCommand(Path model, int maxTokens, int threads) {
        List<String> command = new ArrayList<>(List.of(tool("llama-completion"), "-m", model.toString()));
        command.addAll(List.of("-n", Integer.toString(maxTokens), "-c", "2048", "-fit", "off"));
        command.addAll(List.of("-t", Integer.toString(threads), "-tb", Integer.toString(threads)));
        command.addAll(List.of("--no-display-prompt", "--no-warmup", "--no-escape", "--simple-io", "--no-perf"));
        return command;
    }

    /** Takes off what the tool prints after the text. */
    private static Generated generated(String printed) {
        String text = printed.endsWith("\n\n") ? printed.substring(0, printed.length() - 2) : printed;
        if (text.endsWith(END_OF_TEXT)) {
            return new Generated(text.substring(0, text.length() - END_OF_TEXT.length()), true);
        }
        return new Generated(text, false);
    }

    /** Token ids of a text by {@code llama-tokenize}; BOS as the model says when {@code addSpecial}. */
    public int[] tokenize(Path model, String text, boolean addSpecial, boolean parseSpecial) {
        return new OracleTokens(this).tokenize(model, text, addSpecial, parseSpecial);
    }

    /** {@link #tokenize} of many texts, one process each, as many at a time as there are processors. */
    public List<int[]> tokenizeAll(Path model, List<String> texts, boolean addSpecial, boolean parseSpecial) {
        return new OracleTokens(this).tokenizeAll(model, texts, addSpecial, parseSpecial);
    }

    /** {@link #tokenize} of many texts with special tokens, all by one process of {@code tokapu-oracle}. */
    public List<int[]> tokenizeAtOnce(Path model, List<String> texts, boolean parseSpecial) {
        return new OracleTokens(this).tokenizeAtOnce(model, texts, parseSpecial);
    }

    /**
     * What {@code llama-perplexity} prints for a text file: the perplexity and its error, as {@code "12.3456 +/- 0.12345"}.
     *
     * @param contextSize tokens per chunk
     */
    public String perplexity(Path model, Path text, int contextSize, int threads) {
        return new OraclePerplexity(this).perplexity(model, text, contextSize, threads);
    }

    /**
     * Has {@code llama-perplexity} keep what a model expects of a text in a file, or compare another model with that file.
     *
     * @return what it prints
     */
    public String divergence(Path model, Path text, int contextSize, int threads, Path logits, boolean compare) {
        return new OraclePerplexity(this).divergence(model, text, contextSize, threads, logits, compare);
    }

    /**
     * What {@code llama-embedding} prints for texts, a line for each: the numbers of its vector, of length 1, or of a
     * classifier the score of each label as it is.
     *
     * @param scores whether the model is a classifier
     */
    public List<String> embeddings(Path model, List<String> texts, boolean scores, int threads) {
        String separator = "<#text#>";
        Path file = OracleProcess.temporaryFile(String.join(separator, texts));
        try {
            List<String> command = new ArrayList<>(List.of(tool("llama-embedding"), "-m", model.toString()));
            command.addAll(List.of("-f", file.toString(), "--embd-separator", separator, "--no-escape"));
            command.addAll(List.of("--embd-output-format", "raw", "--embd-normalize", scores ? "-1" : "2"));
            command.addAll(List.of("-t", Integer.toString(threads), "-tb", Integer.toString(threads)));
            command.addAll(List.of("-fit", "off", "--no-warmup"));
            return lines(OracleProcess.runUntil(
                    output -> lines(output).size() == texts.size(), command, OracleProcess.NOTHING));
        } finally {
            OracleProcess.delete(file);
        }
    }

    /** Runs any tool of the folder, for example {@code tokapu-oracle}, and returns what it printed on stdout. */
    public String run(String tool, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(tool(tool)));
        command.addAll(arguments);
        return OracleProcess.run(command, OracleProcess.NOTHING).text();
    }

    private static List<String> lines(OracleProcess output) {
        return output.text().lines().filter(line -> !line.isBlank()).toList();
    }

    String tool(String name) {
        Path tool = directory.resolve(program(name));
        if (!Files.isExecutable(tool)) {
            throw new AssertionError("no " + name + " in the oracle folder " + directory);
        }
        return tool.toString();
    }
}
