package dev.tokapu.server.model;

import dev.tokapu.Model;
import dev.tokapu.ModelInfo;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.TensorInfo;
import dev.tokapu.source.ModelSource;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a model's file says about it, whether or not it is loaded.
 *
 * <p>Thread safety: immutable.
 *
 * @param architecture llama.cpp's name of the architecture
 * @param fileType the quantization; {@code unknown} where it is not loaded
 * @param sizeInBytes its weights, of a split model that is not loaded those of the first file
 * @param parameterCount its parameters, of the same files
 * @param trainedContextSize the tokens that it was trained for; 0 where that is not known
 * @param metadata what the file says, as texts; long arrays are left out
 * @since 0.1
 */
public record ModelCard(
        String architecture,
        String fileType,
        long sizeInBytes,
        long parameterCount,
        int trainedContextSize,
        Map<String, String> metadata) {

    private static final String TEMPLATE = "tokenizer.chat_template";
    private static final String UNKNOWN = "unknown";
    private static final String POOLING_RANK = "4"; // llama.cpp's number

    /** {@return that of a model that is loaded} */
    public static ModelCard of(Model model) {
        ModelInfo info = model.info();
        return new ModelCard(
                info.architecture(),
                info.fileType(),
                info.sizeInBytes(),
                info.parameterCount(),
                info.trainedContextSize(),
                model.metadata());
    }

    /**
     * Reads that of a model that is not loaded. Nothing is downloaded.
     *
     * @param source where it comes from
     * @return the card
     * @throws dev.tokapu.exception.ModelLoadException when it is not there
     * @throws dev.tokapu.gguf.GgufException when it is no GGUF file or damaged
     */
    public static ModelCard read(ModelSource source) {
        if (source instanceof ModelSource.Remote remote && remote.find().isEmpty()) {
            throw new ModelLoadException(
                    source.toString(), "it is not downloaded yet; the first request for it does that");
        }
        GgufFile file = GgufFile.open(source);
        String architecture = file.architecture().orElse(UNKNOWN);
        Map<String, String> metadata = new TreeMap<>();
        file.metadata().forEach((key, value) -> {
            if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                metadata.put(key, value.toString());
            }
        });
        Object trained = file.metadata().get(architecture + ".context_length");
        return new ModelCard(
                architecture,
                UNKNOWN,
                file.tensors().stream().mapToLong(TensorInfo::bytes).sum(),
                file.tensors().stream().mapToLong(TensorInfo::elements).sum(),
                trained instanceof Number number ? number.intValue() : 0,
                metadata);
    }

    /** {@return the chat template; empty where there is none} */
    public String template() {
        return metadata.getOrDefault(TEMPLATE, "");
    }

    /** {@return whether it scores documents, unless it is asked for something else} */
    boolean reranks() {
        return POOLING_RANK.equals(metadata.get(architecture + ".pooling_type"));
    }
}
