package dev.tokapu.cli;

import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.GrammarException;
import dev.tokapu.exception.LoraAdapterException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.exception.NativeLibraryException;
import dev.tokapu.exception.QuantizationException;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.exception.ToolLimitException;
import dev.tokapu.gguf.GgufException;
import java.util.concurrent.CancellationException;

/** Turns an exception into one readable line and an exit code. */
final class Failures {

    /** {@code -Dtokapu.stacktrace=true}, also set by {@code --verbose}: show where it happened. */
    static final String STACK_TRACE = "tokapu.stacktrace";

    private Failures() {}

    /** Tells the user, and answers with the exit code. */
    static int report(Console console, Throwable failure) {
        int code = exitCode(failure);
        if (code == ExitCode.OUTPUT_CLOSED) {
            return code;
        }
        console.note("tokapu: " + Visible.lines(message(failure, code)));
        if (Boolean.getBoolean(STACK_TRACE)) {
            console.trace(failure);
        } else if (code == ExitCode.INTERNAL) {
            console.note("Run it again with --verbose to see where it happened.");
        }
        return code;
    }

    static int exitCode(Throwable failure) {
        if (failure instanceof CliException e) {
            return e.exitCode();
        }
        if (failure instanceof Console.OutputClosedException) {
            return ExitCode.OUTPUT_CLOSED;
        }
        if (failure instanceof ContextOverflowException) {
            return ExitCode.PROMPT;
        }
        if (failure instanceof DeviceMemoryException) {
            return ExitCode.MEMORY;
        }
        if (failure instanceof ModelLoadException
                || failure instanceof GgufException
                || failure instanceof LoraAdapterException
                || failure instanceof QuantizationException
                || failure instanceof ChatTemplateException) {
            return ExitCode.MODEL;
        }
        if (failure instanceof ToolLimitException) {
            return ExitCode.TOOL_LIMIT;
        }
        if (failure instanceof NativeLibraryException || failure instanceof UnsatisfiedLinkError) {
            return ExitCode.NATIVE;
        }
        if (failure instanceof CancellationException) {
            return ExitCode.INTERRUPTED;
        }
        return failure instanceof IllegalArgumentException || failure instanceof GrammarException
                ? ExitCode.USAGE
                : ExitCode.INTERNAL;
    }

    private static String message(Throwable failure, int code) {
        if (code == ExitCode.INTERRUPTED) {
            return "interrupted";
        }
        String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            return failure.toString();
        }
        if (failure instanceof ContextOverflowException) {
            return "the prompt is too long: " + message + ". On the command line: --ctx N";
        }
        if (code == ExitCode.MEMORY) {
            return message + ". On the command line: --fit, --gpu-layers N, --ctx N";
        }
        boolean ours = failure instanceof TokapuException
                || failure instanceof CliException
                || failure instanceof IllegalArgumentException;
        String line = ours ? message : failure.getClass().getSimpleName() + ": " + message;
        return code == ExitCode.NATIVE ? line + " (./tokapu doctor shows what is there)" : line;
    }
}
