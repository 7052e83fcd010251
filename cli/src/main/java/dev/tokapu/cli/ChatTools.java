package dev.tokapu.cli;

import dev.tokapu.exception.TokapuException;
import dev.tokapu.mcp.McpClient;
import dev.tokapu.mcp.McpClientBuilder;
import dev.tokapu.tool.Tool;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tools of a chat, and the connections to the MCP servers that some of them belong to. */
final class ChatTools implements AutoCloseable {

    private final List<ChatTool> all = new ArrayList<>();
    private final List<McpClient> clients = new ArrayList<>();
    private final Set<String> allowed = new HashSet<>();

    private ChatTools(List<? extends ChatTool> tools) {
        all.addAll(tools);
    }

    /**
     * Connects to servers.
     *
     * @param tools those of no server
     * @param servers commands, or addresses
     * @param allowed tools of the servers that run without asking, each of which must be there; where there are several servers, as NAME@N for
     *     the server N
     */
    static ChatTools open(List<? extends ChatTool> tools, List<String> servers, List<String> allowed) {
        ChatTools opened = new ChatTools(tools);
        try {
            Map<String, String> names = new LinkedHashMap<>();
            for (int i = 0; i < servers.size(); i++) {
                String suffix = servers.size() == 1 ? "" : "@" + (i + 1);
                opened.connect(servers.get(i)).forEach(name -> names.put(name + suffix, name));
            }
            opened.checkNames();
            opened.allow(allowed, names);
            return opened;
        } catch (Throwable e) {
            opened.close();
            throw e;
        }
    }

    /** Gives the names of its tools. The model sees errors of calls: they name the server without its arguments, which may be secret. */
    private List<String> connect(String server) {
        try {
            McpClient client = builder(server).connect();
            clients.add(client);
            List<Tool> tools = client.tools();
            tools.forEach(tool -> all.add(new ServerTool(tool, server)));
            return tools.stream().map(Tool::name).toList();
        } catch (TokapuException e) {
            throw new CliException(ExitCode.SERVER, "--mcp '" + Visible.of(server) + "': " + e.getMessage());
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

    private void checkNames() {
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
    }

    private void allow(List<String> wanted, Map<String, String> names) {
        Set<String> missing = new LinkedHashSet<>(wanted);
        missing.removeAll(names.keySet());
        if (!missing.isEmpty()) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--mcp-allow: the MCP servers have no tool " + String.join(", ", missing) + "; they have "
                            + names.keySet());
        }
        wanted.forEach(name -> allowed.add(names.get(name)));
    }

    /** The names of the tools that run without asking. */
    Set<String> allowed() {
        return allowed;
    }

    List<ChatTool> all() {
        return all;
    }

    @Override
    public void close() {
        RuntimeException failure = null;
        for (McpClient client : clients) {
            try {
                client.close();
            } catch (RuntimeException e) { // the programs of the others end all the same
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
