package dev.tokapu.mcp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program that answers as no MCP server should, for tests; its argument is what kind of one. */
final class RawProgram {

    private static final Pattern REQUEST =
            Pattern.compile("(?=.*\"method\":\"([^\"]*)\")(?=.*\"id\":(\"[^\"]*\"|\\d+)).*");

    private RawProgram() {}

    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        if (args[0].equals("stays")) {
            Runtime.getRuntime().addShutdownHook(new Thread(RawProgram::waitForever));
        }
        if (args[0].equals("noise")) {
            out.println("Listening.\n\n[1]\n{\"a\":");
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Matcher request = REQUEST.matcher(line);
            if (request.matches()) {
                out.println("{\"jsonrpc\":\"2.0\",\"id\":" + request.group(2) + ",\"result\":"
                        + result(args[0], request.group(1)) + "}");
            }
        }
        if (args[0].equals("stays")) {
            waitForever();
        }
    }

    private static void waitForever() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String result(String kind, String method) {
        return switch (method) {
            case "initialize" ->
                "{\"protocolVersion\":\"2024-11-05\",\"capabilities\":{\"tools\":{\"listChanged\":true}},"
                        + "\"serverInfo\":{\"name\":\"raw\",\"version\":\"1\"}}";
            case "tools/list" -> tools(kind);
            default -> "{\"content\":[{\"type\":\"text\",\"text\":\"" + text(kind) + "\"}]}";
        };
    }

    private static String text(String kind) {
        return kind.equals("environment") ? System.getenv().keySet().toString() : "done";
    }

    private static String tools(String kind) {
        return switch (kind) {
            case "pages" -> "{\"tools\":[" + tool("read", "{}") + "],\"nextCursor\":\"more\"}";
            case "twins" -> "{\"tools\":[" + tool("read", "{}") + "," + tool("read", "{}") + "]}";
            case "name" -> "{\"tools\":[" + tool("read all files", "{}") + "]}";
            case "control" -> "{\"tools\":[" + tool("read", "{\"a\":{\"enum\":[\"x\\u202ey\"]}}") + "]}";
            case "prose" -> "{\"tools\":[" + tool("read", "{\"a\":{\"description\":\"x\\u202ey\"}}") + "]}";
            default -> "{\"tools\":[" + tool("read", "{}") + "]}";
        };
    }

    private static String tool(String name, String properties) {
        return "{\"name\":\"" + name + "\",\"inputSchema\":{\"type\":\"object\",\"properties\":" + properties + "}}";
    }

    static String[] command(String kind) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new String[] {java, "-cp", System.getProperty("java.class.path"), RawProgram.class.getName(), kind};
    }
}
