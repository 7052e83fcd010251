package dev.tokapu.server.openai;

import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.Vectors;
import dev.tokapu.text.Usage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** Writes vectors when all are there. */
record EmbeddingResponse(Call call, EmbeddingParameters parameters) {

    void send(Executor executor) {
        Vectors.compute(call, "input", parameters.model().engine(), parameters.requests(), executor, this::answer);
    }

    private void answer(List<float[]> vectors) {
        call.used(new Usage(parameters.tokens(), 0, 0));
        call.respond(json(vectors));
    }

    private Map<String, Object> json(List<float[]> vectors) {
        List<Object> data = new ArrayList<>();
        for (float[] vector : vectors) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("object", "embedding");
            one.put("index", data.size());
            one.put("embedding", value(shortened(vector, parameters.dimensions())));
            data.add(one);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("data", data);
        json.put("model", parameters.model().name());
        json.put("usage", Map.of("prompt_tokens", parameters.tokens(), "total_tokens", parameters.tokens()));
        return json;
    }

    /** The first dimensions, as a vector of length 1 again: OpenAI's way for models that are trained for it. */
    private static float[] shortened(float[] vector, int dimensions) {
        if (dimensions >= vector.length) {
            return vector;
        }
        float[] some = Arrays.copyOf(vector, dimensions);
        double square = 0;
        for (float value : some) {
            square += (double) value * value;
        }
        double length = Math.sqrt(square);
        for (int i = 0; i < some.length && length > 0; i++) {
            some[i] = (float) (some[i] / length);
        }
        return some;
    }

    private Object value(float[] vector) {
        if (parameters.base64()) {
            ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(vector);
            return Base64.getEncoder().encodeToString(bytes.array());
        }
        List<Float> values = new ArrayList<>(vector.length);
        for (float value : vector) {
            values.add(value);
        }
        return values;
    }
}
