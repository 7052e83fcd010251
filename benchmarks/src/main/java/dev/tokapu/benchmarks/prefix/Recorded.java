package dev.tokapu.benchmarks.prefix;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokapu.cli.load.Samples;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What became of the requests of a load.
 *
 * <p>Thread safety: safe.
 */
final class Recorded {

    private static final JsonFactory JSON = new JsonFactory();
    private static final double[] PERCENTILES = {50, 90, 99};

    private final EndlessMemory memory = new EndlessMemory();
    private final Samples ttft = new Samples();
    private final List<Turn> turns = new ArrayList<>();
    private long begin;
    private long end;
    private long outputTokens;

    /** The counts of the requests that come at the same place of a scenario. */
    private static final class Turn {
        int requests;
        int hits;
        long prompt;
        long prefilled;
        long ideal;
        int most;

        void add(int promptTokens, int cachedTokens, int idealTokens) {
            requests++;
            hits += cachedTokens > 0 ? 1 : 0;
            prompt += promptTokens;
            prefilled += promptTokens - cachedTokens;
            ideal += idealTokens;
            most = Math.max(most, promptTokens - cachedTokens);
        }

        void add(Turn other) {
            requests += other.requests;
            hits += other.hits;
            prompt += other.prompt;
            prefilled += other.prefilled;
            ideal += other.ideal;
            most = Math.max(most, other.most);
        }

        void write(JsonGenerator json) throws IOException {
            json.writeNumberField("requests", requests);
            json.writeNumberField("hits", hits);
            json.writeNumberField("prompt_tokens", prompt);
            json.writeNumberField("prefilled_tokens", prefilled);
            json.writeNumberField("ideal_tokens", ideal);
            json.writeNumberField("most_prefilled", most);
        }
    }

    /** A request is sent; what must be computed of it in any case is returned. */
    synchronized int sent(int[] prompt) {
        begin = begin == 0 ? System.nanoTime() : begin;
        return memory.prefilled(prompt);
    }

    synchronized void seen(int[] prompt, int[] soFar) {
        memory.answered(prompt, soFar);
    }

    synchronized void answered(int turn, int[] prompt, int ideal, Answer answer) {
        while (turns.size() <= turn) {
            turns.add(new Turn());
        }
        turns.get(turn).add(prompt.length, answer.cachedTokens(), ideal);
        outputTokens += answer.tokens().length;
        ttft.add(answer.first() - answer.sent());
        memory.answered(prompt, answer.tokens());
        end = System.nanoTime();
    }

    /**
     * The figures.
     *
     * @param details of the system, as JSON
     * @return JSON
     */
    synchronized String json(String details) throws IOException {
        StringWriter text = new StringWriter();
        Turn all = new Turn();
        turns.forEach(all::add);
        double seconds = (end - begin) / (double) TimeUnit.SECONDS.toNanos(1);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            all.write(json);
            json.writeNumberField("output_tokens", outputTokens);
            json.writeNumberField("seconds", seconds);
            json.writeNumberField("output_throughput", outputTokens / seconds);
            for (double percentile : PERCENTILES) {
                json.writeNumberField("p" + (int) percentile + "_ttft_ms", ttft.percentile(percentile) / 1e6);
            }
            json.writeArrayFieldStart("turns");
            for (Turn turn : turns) {
                json.writeStartObject();
                turn.write(json);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeFieldName("details");
            json.writeRawValue(details);
            json.writeEndObject();
        }
        return text.toString();
    }
}
