package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.atLeast;
import static dev.tokapu.spi.ArrayChecks.out;
import static dev.tokapu.spi.ArrayChecks.texts;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.ProgressListener;
import org.jspecify.annotations.Nullable;

/** The second part: models and vocabulary. */
abstract class JniModelApi extends JniSystemApi {

    // --- model

    @Override
    public int modelDefaults(long[] options) {
        return TokapuLibrary.tokapu_model_defaults(options, options.length);
    }

    @Override
    public int modelLoad(
            byte[] paths,
            int nPaths,
            long[] options,
            byte[] overrides,
            int nOverrides,
            long placement,
            @Nullable ProgressListener progress,
            long[] model) {
        texts(paths, nPaths, "paths");
        texts(overrides, 3L * nOverrides, "overrides");
        return ProgressCallback.listen(
                progress,
                (callback, load) -> TokapuLibrary.tokapu_model_load(
                        paths,
                        nPaths,
                        options,
                        options.length,
                        overrides,
                        nOverrides,
                        placement,
                        callback,
                        load,
                        out(model)));
    }

    @Override
    public int modelLoadRange(
            byte[] path,
            long offset,
            long size,
            long[] options,
            byte[] overrides,
            int nOverrides,
            long placement,
            @Nullable ProgressListener progress,
            long[] model) {
        texts(overrides, 3L * nOverrides, "overrides");
        return ProgressCallback.listen(
                progress,
                (callback, load) -> TokapuLibrary.tokapu_model_load_range(
                        path,
                        path.length,
                        offset,
                        size,
                        options,
                        options.length,
                        overrides,
                        nOverrides,
                        placement,
                        callback,
                        load,
                        out(model)));
    }

    @Override
    public int modelLoadFd(
            int fd,
            long offset,
            long size,
            long[] options,
            byte[] overrides,
            int nOverrides,
            long placement,
            @Nullable ProgressListener progress,
            long[] model) {
        texts(overrides, 3L * nOverrides, "overrides");
        return ProgressCallback.listen(
                progress,
                (callback, load) -> TokapuLibrary.tokapu_model_load_fd(
                        fd,
                        offset,
                        size,
                        options,
                        options.length,
                        overrides,
                        nOverrides,
                        placement,
                        callback,
                        load,
                        out(model)));
    }

    @Override
    public int modelFree(long model) {
        return TokapuLibrary.tokapu_model_free(model);
    }

    @Override
    public int modelInfo(long model, long[] info) {
        return TokapuLibrary.tokapu_model_info(model, info, info.length);
    }

    @Override
    public int modelDevices(long model, int[] devices, int[] n) {
        return TokapuLibrary.tokapu_model_devices(model, devices, devices.length, out(n));
    }

    @Override
    public int modelMemory(long model, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_model_memory(model, buf, buf.length, out(length));
    }

    @Override
    public int modelDescription(long model, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_model_description(model, buf, buf.length, out(length));
    }

    @Override
    public int modelMetaKey(long model, int index, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_model_meta_key(model, index, buf, buf.length, out(length));
    }

    @Override
    public int modelMetaValue(long model, int index, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_model_meta_value(model, index, buf, buf.length, out(length));
    }

    @Override
    public int modelClsLabel(long model, int index, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_model_cls_label(model, index, buf, buf.length, out(length));
    }

    // --- vocabulary

    @Override
    public int tokenize(long model, byte[] text, int addSpecial, int parseSpecial, int[] tokens, int[] nTokens) {
        return TokapuLibrary.tokapu_tokenize(
                model, text, text.length, addSpecial, parseSpecial, tokens, tokens.length, out(nTokens));
    }

    @Override
    public int detokenize(
            long model, int[] tokens, int nTokens, int removeSpecial, int unparseSpecial, byte[] buf, int[] length) {
        atLeast(tokens.length, nTokens, "tokens");
        return TokapuLibrary.tokapu_detokenize(
                model, tokens, nTokens, removeSpecial, unparseSpecial, buf, buf.length, out(length));
    }

    @Override
    public int tokenPiece(long model, int token, int special, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_token_piece(model, token, special, buf, buf.length, out(length));
    }

    @Override
    public int tokenText(long model, int token, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_token_text(model, token, buf, buf.length, out(length));
    }

    @Override
    public int tokenAttributes(long model, int token, int[] attributes) {
        return TokapuLibrary.tokapu_token_attributes(model, token, out(attributes));
    }

    @Override
    public int tokenScore(long model, int token, float[] score) {
        return TokapuLibrary.tokapu_token_score(model, token, out(score));
    }

    @Override
    public int tokenIsEog(long model, int token, int[] isEog) {
        return TokapuLibrary.tokapu_token_is_eog(model, token, out(isEog));
    }

    @Override
    public int tokenIsControl(long model, int token, int[] isControl) {
        return TokapuLibrary.tokapu_token_is_control(model, token, out(isControl));
    }
}
