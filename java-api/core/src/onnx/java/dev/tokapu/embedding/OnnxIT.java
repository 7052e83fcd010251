package dev.tokapu.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import dev.tokapu.Model;
import dev.tokapu.testsupport.Corpus;
import dev.tokapu.testsupport.MiniLm;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vectors of all-MiniLM-L6-v2 compared with those of the same model as ONNX, tokenized by Hugging Face's library; in the profile {@code onnx}. */
class OnnxIT {

    private static final double SAME = 0.9999;

    @ParameterizedTest
    @EnumSource(MiniLm.class)
    void vectors_ofTextsOfAllScripts_equalToOnnx(MiniLm weights) {
        List<String> texts =
                Corpus.sample(900).stream().filter(OnnxIT::isNormalizedAlike).toList();
        assertThat(texts).hasSizeGreaterThan(500);
        assertSame(Model.load(weights.file()), texts, texts);
    }

    /** As docs/embeddings.md tells programs with Korean and Indic texts to do it. */
    @Test
    void vectors_ofTextsStrippedByTheProgram_equalToOnnx() {
        List<String> texts = Corpus.sample(900).stream()
                .filter(text -> text.codePoints().allMatch(OnnxIT::isSettled))
                .toList();
        assertThat(texts).filteredOn(text -> !isNormalizedAlike(text)).hasSizeGreaterThan(20);
        List<String> stripped =
                texts.stream().map(EmbeddingSnippets::withoutAccents).toList();
        assertSame(EmbeddingSnippets.loadKeepingAccents(MiniLm.F32.file()), stripped, texts);
    }

    private static void assertSame(Model loaded, List<String> ours, List<String> texts) {
        EmbeddingModel onnx = new AllMiniLmL6V2EmbeddingModel();
        List<String> different = new ArrayList<>();
        try (Model model = loaded;
                Embedder embedder = Embedder.open(model)) {
            List<float[]> vectors = embedder.embed(ours);
            for (int i = 0; i < texts.size(); i++) {
                float[] expected = onnx.embed(texts.get(i)).content().vector();
                double cosine = Similarity.cosine(vectors.get(i), expected);
                if (cosine < SAME) {
                    different.add(cosine + " " + texts.get(i));
                }
            }
        }
        assertThat(different).isEmpty();
    }

    /**
     * Whether llama.cpp makes the same of a text as Hugging Face's tokenizer before it looks for words. llama.cpp keeps the first character of a canonical
     * decomposition, so a Korean syllable loses its vowel, and removes all marks; theirs keeps all characters and removes nonspacing marks only, so
     * vowel signs of Indic scripts stay.
     */
    private static boolean isNormalizedAlike(String text) {
        int[] llama = text.codePoints()
                .map(point -> decomposed(Character.toString(point)).codePointAt(0))
                .filter(point -> !isMark(point))
                .toArray();
        int[] theirs = decomposed(text)
                .codePoints()
                .filter(point -> Character.getType(point) != Character.NON_SPACING_MARK)
                .toArray();
        return text.codePoints().allMatch(OnnxIT::isSettled) && Arrays.equals(llama, theirs);
    }

    /** Unassigned and invisible characters are others in tables of other years. */
    private static boolean isSettled(int point) {
        return Character.isDefined(point) && Character.getType(point) != Character.FORMAT;
    }

    private static String decomposed(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFD);
    }

    private static boolean isMark(int point) {
        int type = Character.getType(point);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }
}
