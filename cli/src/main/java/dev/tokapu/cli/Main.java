package dev.tokapu.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry of the program. */
public final class Main {

    private static final List<String> COMMANDS = List.of(
            "chat",
            "run",
            "embed",
            "rerank",
            "serve",
            "mcp",
            "pull",
            "list",
            "rm",
            "tokenize",
            "gguf",
            "quantize",
            "imatrix",
            "control-vector",
            "perplexity",
            "fit",
            "bench",
            "doctor");

    private Main() {}

    /**
     * Runs one command and ends the JVM with its exit code.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        String[] all = WindowsArguments.of(args, System.getenv(WindowsArguments.VARIABLE));
        Runnable loaded = ClassPreloader.begin(all);
        int exitCode = run(Console.standard(), all);
        loaded.run();
        System.exit(exitCode);
    }

    static int run(Console console, String... args) {
        try {
            return commandLine(console, args).execute(args);
        } catch (Throwable e) {
            return Failures.report(console, e);
        }
    }

    /** Only the command that is asked for: describing them all by reflection would cost as much as loading the model. */
    private static CommandLine commandLine(Console console, String[] args) {
        CommandLine line = new CommandLine(new RootCommand(console));
        boolean known = args.length > 0 && COMMANDS.contains(args[0]);
        for (String name : known ? List.of(args[0]) : COMMANDS) {
            line.addSubcommand(name, command(name, console));
        }
        CommandLine serve = line.getSubcommands().get("serve");
        if (known && serve != null) {
            ServeDefaults.applyTo(serve, List.of(args), System::getenv);
        }
        return line.setOut(console.writer())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, rest) -> usageError(console, e))
                .setExecutionExceptionHandler((e, failed, result) -> Failures.report(console, e));
    }

    private static Object command(String name, Console console) {
        return switch (name) {
            case "chat" -> new ChatCommand(console);
            case "run" -> new RunCommand(console);
            case "embed" -> new EmbedCommand(console);
            case "rerank" -> new RerankCommand(console);
            case "serve" -> new ServeCommand(console);
            case "mcp" -> new McpCommand(console);
            case "pull" -> new PullCommand(console);
            case "list" -> new ListCommand(console);
            case "rm" -> new RemoveCommand(console);
            case "tokenize" -> new TokenizeCommand(console);
            case "gguf" -> GgufCommand.line(console);
            case "quantize" -> new QuantizeCommand(console);
            case "imatrix" -> new ImatrixCommand(console);
            case "control-vector" -> new ControlVectorCommand(console);
            case "perplexity" -> new PerplexityCommand(console);
            case "fit" -> new FitCommand(console);
            case "bench" -> new BenchCommand(console);
            case "doctor" -> new DoctorCommand(console);
            default -> throw new IllegalArgumentException("no command " + name);
        };
    }

    private static int usageError(Console console, ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        console.note("tokapu: " + e.getMessage() + ServeDefaults.origin(e));
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                console.note("Did you mean " + String.join(" or ", suggestions) + '?');
            }
        }
        console.note("Try: ./" + command + " --help");
        return ExitCode.USAGE;
    }
}
