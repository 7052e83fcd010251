package dev.tokapu.cli;

import dev.tokapu.server.ServerOptions;
import dev.tokapu.server.model.ModelEntry;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** All at once: a program that waits for the first line finds the others with it. */
    void show(int port, List<ModelEntry> models, boolean quiet) {
        console.println(String.join("\n", lines(port, models, quiet)));
    }

    private List<String> lines(int port, List<ModelEntry> models, boolean quiet) {
        List<String> lines = new ArrayList<>();
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
        lines.add("Serving " + (models.size() == 1 ? model.name() : models.size() + " models") + " at "
                + String.join(", ", urls)
                + " (" + what + (keys ? "with API keys" : "without keys, to this machine alone")
                + "; ctrl-C stops it)");
        if (quiet) {
            return lines;
        }
        if (models.size() > 1) {
            models.forEach(one -> lines.add("  " + String.join(", ", one.names())));
        }
        String named = models.size() == 1 ? "" : "\"model\":\"" + model.name() + "\",";
        if (options.page()) {
            lines.add("Open " + url + " in a browser to chat, and to see the engine live.");
        }
        lines.add("Try:");
        String trust = certificate == null ? "" : "--cacert '" + certificate.toAbsolutePath() + "' ";
        String path = reranks ? "/v1/rerank " : embeddings ? "/v1/embeddings " : "/v1/chat/completions ";
        lines.add("  curl " + trust + url + path + (keys ? "-H \"Authorization: Bearer $KEY\" " : "")
                + "-H 'Content-Type: application/json' \\");
        if (reranks) {
            lines.add(
                    "    -d '{" + named
                            + "\"query\":\"Why is the sky blue?\",\"documents\":[\"Air scatters blue light.\",\"The sea is deep.\"]}'");
            return lines;
        }
        if (embeddings) {
            lines.add("    -d '{" + named + "\"input\":\"Why is the sky blue?\"}'");
            return lines;
        }
        lines.add("    -d '{" + named + "\"messages\":[{\"role\":\"user\",\"content\":\"Why is the sky blue?\"}]}'");
        lines.add("or, with Python's package openai:");
        lines.add("  from openai import OpenAI");
        lines.add("  client = OpenAI(base_url=\"" + url + "/v1\", api_key=\"" + (keys ? "KEY" : "none") + "\")");
        lines.add("  question = [{\"role\": \"user\", \"content\": \"Why is the sky blue?\"}]");
        lines.add("  answer = client.chat.completions.create(model=\"" + model.name() + "\", messages=question)");
        lines.add("  print(answer.choices[0].message.content)");
        return lines;
    }
}
