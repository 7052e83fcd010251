package dev.tokapu.fuzz;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextInfo;
import dev.tokapu.ContextOptions;
import dev.tokapu.KvCache;
import dev.tokapu.KvCacheOptions;
import dev.tokapu.Model;
import dev.tokapu.ModelInfo;
import dev.tokapu.ModelOptions;
import dev.tokapu.Outputs;
import dev.tokapu.Sequence;
import dev.tokapu.SpecialTokens;
import dev.tokapu.Vocab;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.ChatTemplate;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.completion.ContextGenerator;
import dev.tokapu.completion.Perplexity;
import dev.tokapu.completion.Scorer;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.sampling.SamplerResult;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TokenPrompt;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Methods of the API in any order, with arguments that nobody means; what they return is used as well. */
final class CallTarget implements Target {

    private static final List<Class<?>> CLASSES = List.of(
            Model.class,
            ModelInfo.class,
            Vocab.class,
            SpecialTokens.class,
            Context.class,
            ContextInfo.class,
            Outputs.class,
            KvCache.class,
            KvCacheOptions.class,
            KvCacheOptions.Builder.class,
            Batch.class,
            Sequence.class,
            SamplerChain.class,
            Sampler.class,
            Grammar.class,
            Scorer.class,
            Perplexity.class,
            Completion.class,
            ContextGenerator.class,
            GenerationOptions.class,
            GenerationOptions.Builder.class,
            TokenPrompt.class,
            CompletionOptions.class,
            CompletionOptions.Builder.class,
            ContextOptions.class,
            ContextOptions.Builder.class,
            ModelOptions.class,
            ModelOptions.Builder.class,
            ChatTemplate.class,
            ChatMessage.class,
            ChatRequest.class,
            ChatOptions.class,
            ChatOptions.Builder.class,
            ChatSession.class,
            SamplerResult.class);
    private static final int CALLS = 40;

    private final Path model;
    private final List<Method> methods = new ArrayList<>();

    CallTarget(Path folder) {
        model = TinyGguf.writeTo(folder);
        for (Class<?> type : CLASSES) {
            Arrays.stream(type.getMethods())
                    .filter(method -> method.getDeclaringClass() != Object.class)
                    .filter(CallTarget::isTried)
                    .sorted(Comparator.comparing(Method::toGenericString))
                    .forEach(methods::add);
        }
    }

    /** Files have a target of their own, and what takes code would be tried with no code at all. */
    private static boolean isTried(Method method) {
        return Arrays.stream(method.getParameterTypes()).allMatch(Arguments::isKnown)
                && !method.isAnnotationPresent(Deprecated.class);
    }

    /** A model of its own and some calls. */
    @Override
    public String run(long number, Random random) {
        Pool pool = new Pool(random, model);
        Arguments arguments = new Arguments(random, pool);
        try {
            for (int i = 0; i < CALLS; i++) {
                call(methods.get(random.nextInt(methods.size())), pool, arguments);
            }
        } finally {
            pool.close();
        }
        return CALLS + " calls";
    }

    private static void call(Method method, Pool pool, Arguments arguments) {
        Object target = null;
        if (!Modifier.isStatic(method.getModifiers())) {
            target = pool.any(method.getDeclaringClass());
            if (target == null) {
                return;
            }
        }
        try {
            method.setAccessible(true);
            pool.keep(method.invoke(target, arguments.of(method)));
        } catch (InvocationTargetException e) {
            check(method, e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static void check(Method method, Throwable e) {
        try {
            Target.word(e);
        } catch (AssertionError fault) {
            throw new AssertionError(method.toGenericString(), fault);
        }
    }

    @Override
    public void close() {
        // Each case closes what it opened.
    }
}
