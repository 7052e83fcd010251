package dev.tokapu.examples.helidon;

import dev.tokapu.Model;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.Request;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import dev.tokapu.text.GenerationOptions;
import io.helidon.http.sse.SseEvent;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.sse.SseSink;
import java.time.Duration;
import java.util.List;

/** A web server with a language model in its own process: answers as text, and as a stream. */
public final class ChatServer implements HttpService {

    private final Engine engine;

    ChatServer(Engine engine) {
        this.engine = engine;
    }

    public static void main(String[] args) {
        ModelSource source = args.length == 0 ? DefaultModel.source() : ModelSource.of(args[0]);
        Model model = Model.load(source);
        EngineOptions options = EngineOptions.builder()
                .maxSequences(4) // requests at the same time; more wait
                .sequenceContextSize(2048) // tokens of each, prompt and answer
                .build();
        Engine engine = Engine.start(model, options);
        WebServer server = server(engine, 8080).start();
        System.out.println("http://127.0.0.1:" + server.port());
    }

    /** The server, which closes the engine and its model behind its last request. */
    static WebServer server(Engine engine, int port) {
        return WebServer.builder()
                .host("127.0.0.1")
                .port(port)
                .routing(routing -> routing.register("/", new ChatServer(engine)))
                .build();
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/chat", this::chat).get("/stream", this::stream);
    }

    @Override
    public void afterStop() {
        engine.drain(Duration.ofSeconds(20)); // what others have asked for
        engine.close();
        engine.model().close();
    }

    /** On a virtual thread, as all of Helidon's requests: it may wait. */
    private void chat(ServerRequest request, ServerResponse response) {
        try (Generation answer = submit(request)) {
            response.send(answer.text());
        }
    }

    /** When the client goes away the next part cannot be sent, and closing the answer ends it. */
    private void stream(ServerRequest request, ServerResponse response) {
        try (Generation answer = submit(request);
                SseSink sink = response.sink(SseSink.TYPE)) {
            // Clients remove a blank behind the colon, and Helidon writes none.
            answer.forEach(text -> sink.emit(SseEvent.create(" " + text)));
        }
    }

    private Generation submit(ServerRequest request) {
        String question = request.query().get("question");
        return engine.submit(Request.builder(List.of(ChatMessage.user(question)))
                .generation(GenerationOptions.builder().maxTokens(60).build())
                .build());
    }
}
