package dev.tokapu.cli;

import dev.tokapu.server.ServerOptions;
import dev.tokapu.server.model.ModelEntry;
import java.nio.file.Path;
import java.util.List;

/** What {@code serve} says first: where it is, what it serves, and what to try. */
final class ServeGreeting {

    private final Console console;
    private final ServeArgs serve;
    private final ServerOptions options;

    ServeGreeting(Console console, ServeArgs serve, ServerOptions options) {
        this.console = console;
        this.serve = serve;
        this.options = options;
    }

    void show(int port, List<ModelEntry> models, boolean quiet) {
        ModelEntry model = models.get(0);
        Path certificate = options.tlsCertificate();
        List<String> urls = options.hosts().stream()
                .map(host -> (certificate == null ? "http://" : "https://")
                        + (host.contains(":") ? '[' + host + ']' : host)
                        + ':'
                        + port)
                .toList();
        String url = urls.get(0);
        boolean keys = options.callers() != null;
        boolean embeddings = model.embeds();
        boolean reranks = embeddings && model.features().reranks();
        String what = models.size() == 1
                ? model.engineOptions().maxSequences() + (embeddings ? " texts" : " answers") + " at a time, "
                        + model.sequenceContextSize() + " tokens each; "
                : "loaded on demand, " + serve.maxLoaded + " at a time; ";
        console.println("Serving " + (models.size() == 1 ? model.name() : models.size() + " models") + " at "
                + String.join(", ", urls)
                + " (" + what + (keys ? "with API keys" : "without keys, to this machine alone")
                + "; ctrl-C stops it)");
        if (quiet) {
            return;
        }
        if (models.size() > 1) {
            models.forEach(one -> console.println("  " + String.join(", ", one.names())));
        }
        String named = models.size() == 1 ? "" : "\"model\":\"" + model.name() + "\",";
        if (options.page()) {
            console.println("Open " + url + " in a browser to chat, and to see the engine live.");
        }
        console.println("Try:");
        String trust = certificate == null ? "" : "--cacert '" + certificate.toAbsolutePath() + "' ";
        String path = reranks ? "/v1/rerank " : embeddings ? "/v1/embeddings " : "/v1/chat/completions ";
        console.println("  curl " + trust + url + path + (keys ? "-H \"Authorization: Bearer $KEY\" " : "")
                + "-H 'Content-Type: application/json' \\");
        if (reranks) {
            console.println(
                    "    -d '{" + named
                            + "\"query\":\"Why is the sky blue?\",\"documents\":[\"Air scatters blue light.\",\"The sea is deep.\"]}'");
            return;
        }
        if (embeddings) {
            console.println("    -d '{" + named + "\"input\":\"Why is the sky blue?\"}'");
            return;
        }
        console.println(
                "    -d '{" + named + "\"messages\":[{\"role\":\"user\",\"content\":\"Why is the sky blue?\"}]}'");
        console.println("or, with Python's package openai:");
        console.println("  from openai import OpenAI");
        console.println("  client = OpenAI(base_url=\"" + url + "/v1\", api_key=\"" + (keys ? "KEY" : "none") + "\")");
        console.println("  question = [{\"role\": \"user\", \"content\": \"Why is the sky blue?\"}]");
        console.println("  answer = client.chat.completions.create(model=\"" + model.name() + "\", messages=question)");
        console.println("  print(answer.choices[0].message.content)");
    }
}
