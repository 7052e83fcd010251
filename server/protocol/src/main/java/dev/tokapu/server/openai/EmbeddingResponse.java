package dev.tokapu.server.openai;

import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.Vectors;
import dev.tokapu.text.Usage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
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
            one.put("embedding", value(vector));
            data.add(one);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("data", data);
        json.put("model", parameters.model().name());
        json.put("usage", Map.of("prompt_tokens", parameters.tokens(), "total_tokens", parameters.tokens()));
        return json;
    }

    private Object value(float[] vector) {
        if (parameters.base64()) {
            ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(vector);
            return Base64.getEncoder().encodeToString(bytes.array());
        }
        return vector;
    }
}
