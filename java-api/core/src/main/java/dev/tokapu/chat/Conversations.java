package dev.tokapu.chat;

import dev.tokapu.Model;
import dev.tokapu.completion.ContextGenerator;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.StatefulGenerator;
import dev.tokapu.text.TextGenerator;

/** Opens conversations. */
final class Conversations {

    private Conversations() {}

    /** With a generator of its own. */
    static Conversation open(Model model, ChatOptions options) {
        ContextGenerator generator = ContextGenerator.open(model, options.context(), options.contextShift());
        try {
            generator.prepare(options.generation());
        } catch (Throwable e) {
            generator.close();
            throw e;
        }
        return owning(generator, options);
    }

    /** With a generator that others may use, too. */
    static Conversation with(TextGenerator generator, ChatOptions options) {
        if (!options.contextShift().equals(ContextShift.none())) {
            throw new UnsupportedOperationException("what is forgotten of a text that fills the context is up to "
                    + generator + ", and an engine forgets nothing; take ContextShift.none() here, and raise"
                    + " EngineOptions.sequenceContextSize if need be, or use ChatSession.open(model, options)");
        }
        return new Conversation(generator, false, options);
    }

    /** With a generator of its own, which is closed with it, or when this fails. */
    static Conversation owning(StatefulGenerator generator, ChatOptions options) {
        try {
            return new Conversation(generator, true, options);
        } catch (Throwable e) {
            generator.close();
            throw e;
        }
    }

    /** Whether a budget of thoughts, which works on the CPU alone, costs nothing. */
    static boolean sampleOnCpu(TextGenerator generator) {
        return generator instanceof StatefulGenerator
                && generator.model().devices().stream()
                        .noneMatch(device -> device.type().isGpu());
    }
}
