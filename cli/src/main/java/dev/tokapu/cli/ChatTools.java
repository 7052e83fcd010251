package dev.tokapu.cli;

import dev.tokapu.exception.TokapuException;
import dev.tokapu.mcp.McpClient;
import dev.tokapu.mcp.McpClientBuilder;
import dev.tokapu.tool.Tool;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tools of a chat, and the connections to the MCP servers that some of them belong to. */
final class ChatTools implements AutoCloseable {

    private final List<ChatTool> all = new ArrayList<>();
    private final List<McpClient> clients = new ArrayList<>();

    private ChatTools(List<? extends ChatTool> tools) {
        all.addAll(tools);
    }

    /**
     * Connects to servers.
     *
     * @param tools those of no server
     * @param servers commands, or addresses
     * @param allowed names of tools, each of which must be there
     */
    static ChatTools open(List<? extends ChatTool> tools, List<String> servers, List<String> allowed) {
        ChatTools opened = new ChatTools(tools);
        try {
            servers.forEach(opened::connect);
            opened.check(allowed);
            return opened;
        } catch (Throwable e) {
            opened.close();
            throw e;
        }
    }

    private void connect(String server) {
        try {
            McpClient client = builder(server).name(server).connect();
            clients.add(client);
            for (Tool tool : client.tools()) {
                all.add(new ServerTool(tool, server));
            }
        } catch (TokapuException e) {
            throw new CliException(ExitCode.SERVER, "--mcp: " + e.getMessage());
        }
    }

    private static McpClientBuilder builder(String server) {
        if (server.startsWith("http://") || server.startsWith("https://")) {
            return McpClient.http(URI.create(server));
        }
        return McpClient.stdio(words(server).toArray(String[]::new));
    }

    /** Words apart by blanks; quotes keep blanks, and a backslash keeps any character outside of single quotes, as in a shell. */
    static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            if (c == '\\' && quote != '\'' && i + 1 < command.length()) {
                i++;
                word.append(command.charAt(i));
                begun = true;
            } else if (quote == 0 ? c == '"' || c == '\'' : c == quote) {
                quote = quote == 0 ? c : 0;
                begun = true;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (begun) {
            words.add(word.toString());
        }
        if (quote != 0 || words.isEmpty()) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--mcp '" + command + "' is no command: " + (quote == 0 ? "it is empty" : "a quote has no end"));
        }
        return words;
    }

    private void check(List<String> allowed) {
        Map<String, String> origins = new HashMap<>();
        for (ChatTool tool : all) {
            String name = tool.definition().name();
            String other = origins.put(name, tool.shown());
            if (other != null) {
                throw new CliException(
                        ExitCode.USAGE,
                        "two tools are named " + name + ": " + other + ", and " + tool.shown() + "; leave out one");
            }
        }
        Set<String> missing = new LinkedHashSet<>(allowed);
        missing.removeAll(origins.keySet());
        if (!missing.isEmpty()) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--mcp-allow: there is no tool " + String.join(", ", missing) + "; there are "
                            + all.stream().map(tool -> tool.definition().name()).toList());
        }
    }

    List<ChatTool> all() {
        return all;
    }

    @Override
    public void close() {
        clients.forEach(McpClient::close);
    }
}
