package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.SpecialTokens;
import dev.tokapu.Vocab;
import dev.tokapu.engine.draft.DraftPlanner;
import dev.tokapu.engine.run.EngineConfig;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Starts what drafts for an engine, with the context of a draft model, if it is one for the engine's model. */
final class DraftStart {

    // As in llama.cpp: tokens that a vocabulary may have more, and the first one whose text is compared.
    private static final int MOST_DIFFERENCE = 128;
    private static final int FIRST_TOKEN = 5;
    private static final String EAGLE3 = "eagle3";

    private DraftStart() {}

    /** The drafting of an engine. */
    static DraftPlanner start(Context target, EngineOptions options, EngineConfig config) {
        Model model = target.model();
        Model draft = options.draftModel();
        if (options.speculation() instanceof Speculation.Mtp) {
            return startMtp(target, options, config);
        }
        if (draft == null) {
            return new DraftPlanner(options.maxDecodeSlowdown());
        }
        requireSameTokens(model, draft);
        if (draft.info().architecture().equals(EAGLE3)) {
            return startHeads(target, eagle3(target, draft, config), options, config);
        }
        ContextOptions settings = settings(draft, config);
        if (draft.info().hasEncoder() || !settings.truncatesExactly(draft)) {
            throw new IllegalArgumentException(draft + " cannot be a draft model: "
                    + (draft.info().hasEncoder() ? "it has an encoder" : "its recurrent state cannot be taken back")
                    + "; take one with plain attention");
        }
        Context context = draft.newContext(settings);
        try {
            return new DraftPlanner(
                    options.maxDecodeSlowdown(),
                    context,
                    config.maxSequences(),
                    model.vocab().size(),
                    config.samplingThreads());
        } catch (RuntimeException | Error e) {
            context.close();
            throw e;
        }
    }

    private static Context eagle3(Context target, Model draft, EngineConfig config) {
        try {
            target.setHiddenStates(draft);
            return draft.newEagle3Context(target, headSettings(config));
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    draft + " cannot draft for " + target.model() + ": " + e.getMessage(), e);
        }
    }

    private static DraftPlanner startMtp(Context target, EngineOptions options, EngineConfig config) {
        if (options.draftModel() != null) {
            throw new IllegalArgumentException("speculation is " + options.speculation()
                    + ", but there is a draft model, too; an engine drafts with one or the other");
        }
        try {
            target.setHiddenStates(true);
        } catch (UnsupportedOperationException e) {
            throw new IllegalArgumentException(options.speculation() + " cannot be used: " + e.getMessage(), e);
        }
        return startHeads(target, target.model().newMtpContext(headSettings(config)), options, config);
    }

    /** Room for as many tokens as the model has. */
    private static ContextOptions headSettings(EngineConfig config) {
        ContextOptions context = config.contextOptions();
        return context.toBuilder()
                .batchSize(context.batchSize() + config.maxSequences()) // a token more for each that begins
                .contextSize(context.contextSize() + config.contextSequences()) // they are one token ahead
                .outputsMax(0)
                .recurrentSnapshots(0)
                .kvCache(kv -> kv.swaFull(true))
                .build();
    }

    private static DraftPlanner startHeads(Context target, Context heads, EngineOptions options, EngineConfig config) {
        try {
            return new DraftPlanner(
                    options.maxDecodeSlowdown(), target, heads, config.maxSequences(), config.samplingThreads());
        } catch (RuntimeException | Error e) {
            heads.close();
            throw e;
        }
    }

    /** Room for as many tokens as the model has, as far as the draft model has positions for them. */
    static ContextOptions settings(Model draft, EngineConfig config) {
        ContextOptions context = config.contextOptions();
        int trained = Math.max(1, draft.info().trainedContextSize());
        long most = (long) trained * config.maxSequences();
        return context.toBuilder()
                .contextSize((int) Math.min(most, context.contextSize()))
                .maxSequences(config.maxSequences())
                .batchSize(Math.max(context.microBatchSize(), config.maxSequences()))
                .embeddings(false)
                .outputsMax(0)
                .recurrentSnapshots(0)
                .kvCache(kv -> kv.swaFull(true))
                .build();
    }

    /** The rule of llama.cpp's common_speculative_are_compatible. */
    private static void requireSameTokens(Model model, Model draft) {
        Vocab tokens = model.vocab();
        Vocab drafted = draft.vocab();
        String difference = difference(tokens, drafted);
        if (difference != null) {
            throw new VocabularyMismatchException(draft + " cannot draft for " + model + ": " + difference
                    + "; take a smaller model of the same family, which has the same tokenizer");
        }
    }

    private static @Nullable String difference(Vocab tokens, Vocab drafted) {
        if (tokens.type() != drafted.type()) {
            return "its tokenizer is " + drafted.type() + ", that of the model " + tokens.type();
        }
        SpecialTokens special = tokens.specialTokens();
        SpecialTokens other = drafted.specialTokens();
        if (special.addsBos() != other.addsBos()
                || (special.addsBos() && !special.bos().equals(other.bos()))) {
            return "texts begin with " + text(other.addsBos(), other.bos()) + ", those of the model with "
                    + text(special.addsBos(), special.bos());
        }
        if (special.addsEos() != other.addsEos()
                || (special.addsEos() && !special.eos().equals(other.eos()))) {
            return "texts end with " + text(other.addsEos(), other.eos()) + ", those of the model with "
                    + text(special.addsEos(), special.eos());
        }
        if (Math.abs(tokens.size() - drafted.size()) > MOST_DIFFERENCE) {
            return "it has " + drafted.size() + " tokens, the model " + tokens.size();
        }
        for (int token = FIRST_TOKEN; token < Math.min(tokens.size(), drafted.size()); token++) {
            if (!tokens.text(token).equals(drafted.text(token))) {
                return "its token " + token + " is '" + drafted.text(token) + "', that of the model '"
                        + tokens.text(token) + "'";
            }
        }
        return null;
    }

    private static String text(boolean added, OptionalInt token) {
        return added && token.isPresent() ? "token " + token.getAsInt() : "no token of their own";
    }
}
