package dev.tokapu.cli;

import dev.tokapu.spi.Platform;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The three standard streams, always UTF-8, and whether they are terminals.
 *
 * <p>{@link #print} goes to stdout and is seen at once; {@link #note} goes to stderr.
 */
final class Console {

    private static final boolean WINDOWS = Platform.current().os().equals("windows");

    private static final String ERASE = "\033[K"; // the rest of the line
    private static final String NO_WRAP = "\033[?7l";
    private static final String WRAP = "\033[?7h";

    /** What ends input from the keyboard. */
    static final String END_KEYS = WINDOWS ? "ctrl-Z and Enter" : "ctrl-D";

    private final InputStream in;
    private final OutputStream out;
    private final PrintStream err;
    private final boolean inputIsTerminal;
    private final boolean outputIsTerminal;
    private final boolean errorIsTerminal;
    private int statusLength;

    Console(InputStream in, OutputStream out, PrintStream err, boolean in0, boolean out1, boolean err2) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.inputIsTerminal = in0;
        this.outputIsTerminal = out1;
        this.errorIsTerminal = err2;
    }

    /** The streams of this process. They are opened by descriptor: System.out hides that its reader has gone. */
    static Console standard() {
        boolean windows = WINDOWS && isWindowsConsole();
        return new Console(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                windows || isTerminal(0),
                windows || isTerminal(1),
                windows || isTerminal(2));
    }

    /** Whether input and output are the console; errors count as it then. Java knows no more of a stream there. */
    @SuppressWarnings("SystemConsoleNull") // before Java 22
    private static boolean isWindowsConsole() {
        java.io.Console console = System.console();
        try {
            return console != null
                    && Boolean.TRUE.equals(
                            java.io.Console.class.getMethod("isTerminal").invoke(console));
        } catch (ReflectiveOperationException e) {
            return true; // before Java 22, which has another Console for other streams
        }
    }

    /** System.console() would load a whole line editor on Java 22 and later; the link of the descriptor says it too. */
    private static boolean isTerminal(int descriptor) {
        if (WINDOWS) {
            return false;
        }
        Path link = Path.of("/proc/self/fd", Integer.toString(descriptor));
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Whether a person types and sees the answer. */
    boolean isInteractive() {
        return inputIsTerminal && outputIsTerminal;
    }

    boolean inputIsTerminal() {
        return inputIsTerminal;
    }

    boolean errorIsTerminal() {
        return errorIsTerminal;
    }

    /** Whether stderr shows escape sequences. A console of Windows does where a program has asked it to. */
    boolean errorHasStyles() {
        return errorIsTerminal && !WINDOWS;
    }

    /** Writes to stdout, unbuffered; throws {@link OutputClosedException} when nobody reads it any more. */
    void print(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new OutputClosedException(e);
        }
    }

    void println(String text) {
        print(text + '\n');
    }

    /** Standard input and output for a protocol. */
    InputStream input() {
        return in;
    }

    OutputStream output() {
        return out;
    }

    /** Standard output for picocli's help and version. */
    PrintWriter writer() {
        return new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
    }

    /** Writes a line to stderr. */
    void note(String line) {
        err.println(line);
    }

    /** Writes to stderr without ending the line. */
    void noteInline(String text) {
        err.print(text);
        err.flush();
    }

    /**
     * Shows a text on a line of stderr, in place of the last; an empty one leaves the line free. Where a terminal is too narrow for it, its end is
     * left out: on a second line it would stay.
     */
    void status(String text) {
        if (errorHasStyles()) {
            noteInline(text.isEmpty() ? "\r" + ERASE : "\r" + NO_WRAP + text + ERASE + WRAP);
            return;
        }
        String rest = " ".repeat(Math.max(0, statusLength - text.length()));
        noteInline('\r' + text + rest + (text.isEmpty() ? "\r" : ""));
        statusLength = text.length();
    }

    void trace(Throwable failure) {
        failure.printStackTrace(err);
    }

    /** One line of stdin, without its end; null at the end of stdin. */
    @Nullable
    String readLine() {
        try {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int next = in.read();
            if (next < 0) {
                return null;
            }
            while (next >= 0 && next != '\n') {
                line.write(next);
                next = in.read();
            }
            String text = line.toString(StandardCharsets.UTF_8);
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read standard input: " + e.getMessage(), e);
        }
    }

    /** All of stdin, without the line end that echo adds. */
    String readAll() {
        String text = new String(readBytes(), StandardCharsets.UTF_8);
        return text.endsWith("\n") ? text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1)) : text;
    }

    /** All of stdin; refused where it is not UTF-8, since a vector would not tell. */
    String readAllUtf8() {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(readBytes()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CliException(ExitCode.USAGE, "standard input is not UTF-8; convert it, with iconv for example");
        }
    }

    private byte[] readBytes() {
        try {
            return new BufferedInputStream(in)
                    .readAllBytes(); // a FileInputStream of Java 17 asks for its position, which pipes have not
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read standard input: " + e.getMessage(), e);
        }
    }

    /** Whoever read stdout went away. */
    static final class OutputClosedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        OutputClosedException(IOException cause) {
            super("cannot write to standard output: " + cause.getMessage(), cause);
        }
    }
}
