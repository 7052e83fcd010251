package dev.tokapu.mcp;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * One client of a server, over two streams.
 *
 * <p>Thread safety: safe.
 */
final class StreamsProvider implements McpServerTransportProvider, McpServerTransport {

    private static final Logger LOG = LoggerFactory.getLogger(McpToolServer.class);

    private final MessageLines messages;
    private final Runnable end;
    private volatile @Nullable McpServerSession session;

    /** {@code end}: told when the client sends nothing more. */
    StreamsProvider(MessageLines messages, Runnable end) {
        this.messages = messages;
        this.end = end;
    }

    @Override
    public void setSessionFactory(McpServerSession.Factory factory) {
        McpServerSession one = factory.create(this);
        session = one;
        messages.start(
                message ->
                        one.handle(message).subscribe(handled -> {}, e -> LOG.debug("A message was not answered", e)),
                reason -> {
                    if (reason != null) {
                        LOG.debug("The client's messages end: {}", reason.toString());
                    }
                    end.run();
                });
    }

    @Override
    public Mono<Void> notifyClients(String method, Object parameters) {
        McpServerSession one = session;
        return one == null ? Mono.empty() : one.sendNotification(method, parameters);
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        return messages.sending(
                message instanceof McpSchema.JSONRPCResponse response
                                && response.result() instanceof McpSchema.InitializeResult hello
                        ? McpSchema.JSONRPCResponse.result(response.id(), withoutLogging(hello))
                        : message);
    }

    /** The SDK adds logging to what every server says that it has; nothing is logged to clients here. */
    private static McpSchema.InitializeResult withoutLogging(McpSchema.InitializeResult hello) {
        return McpSchema.InitializeResult.builder(
                        hello.protocolVersion(), OfferedTools.CAPABILITIES, hello.serverInfo())
                .build();
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        return messages.value(data, type);
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.empty(); // the streams are their owner's
    }

    @Override
    public void close() {}

    @Override
    public List<String> protocolVersions() {
        return McpServerTransportProvider.super.protocolVersions();
    }
}
