package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.ContextInfoKey;
import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.SamplerCallback;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every function that takes a handle, called with handles that are wrong in every way. */
class HandleContractIT extends Contract {

    private static final Set<String> HANDLES = Set.of("model", "context", "sampler", "chatTemplate", "adapter");

    private static Stream<Method> functionsOnHandles() {
        return Arrays.stream(NativeApi.class.getRecordComponents())
                .flatMap(topic -> Arrays.stream(topic.getType().getMethods()))
                .filter(m -> m.getParameterCount() > 0)
                .filter(m -> m.getParameterTypes()[0] == long.class)
                .filter(m -> HANDLES.contains(m.getParameters()[0].getName()));
    }

    /** Arguments that are valid by themselves, so that only the handle can be at fault. */
    private Object argument(Method method, Parameter parameter) {
        String name = parameter.getName();
        Class<?> type = parameter.getType();
        if (type == int.class) {
            return switch (name) {
                case "nThreads", "nThreadsBatch", "nTokens", "divisor", "n" -> 1;
                default -> 0;
            };
        }
        if (type == long[].class) {
            return switch (nameOf(method)) {
                case "ModelApi.info" -> new long[ModelInfoKey.COUNT];
                case "ContextApi.info" -> new long[ContextInfoKey.COUNT];
                case "ContextApi.create" -> name.equals("ints") ? contextInts() : new long[1];
                default -> new long[1];
            };
        }
        if (type == byte[].class) {
            return name.equals("outputs") ? null : new byte[64];
        }
        if (type == float[].class) {
            return method.getName().endsWith("code") ? null : new float[64];
        }
        if (type == int[].class) {
            return name.equals("nSeqIds") || name.equals("seqIds") || name.equals("positions") ? null : new int[1];
        }
        if (type == double[].class) {
            return contextFloats();
        }
        if (type == SamplerCallback.class) {
            return new NoCallback();
        }
        return type == float.class ? (Object) 0.5f : 0L;
    }

    private int call(Method method, long handle, Map<String, Long> valid) throws ReflectiveOperationException {
        Parameter[] parameters = method.getParameters();
        Object[] arguments = new Object[parameters.length];
        arguments[0] = handle;
        for (int i = 1; i < parameters.length; i++) {
            boolean otherHandle = parameters[i].getType() == long.class && valid.containsKey(parameters[i].getName());
            arguments[i] = otherHandle ? (Object) valid.get(parameters[i].getName()) : argument(method, parameters[i]);
        }
        return (int) method.invoke(topicOf(method), arguments);
    }

    private Object topicOf(Method method) throws ReflectiveOperationException {
        for (RecordComponent topic : NativeApi.class.getRecordComponents()) {
            if (topic.getType() == method.getDeclaringClass()) {
                return topic.getAccessor().invoke(api);
            }
        }
        throw new AssertionError(method);
    }

    private static String nameOf(Method method) {
        return method.getDeclaringClass().getSimpleName() + '.' + method.getName();
    }

    private Map<String, Long> handles() {
        Map<String, Long> handles = new LinkedHashMap<>();
        long model = model();
        handles.put("model", model);
        handles.put("context", context(model));
        handles.put("sampler", sampler(model));
        handles.put("chatTemplate", chatTemplate(model, ""));
        long state = state();
        cleanup(() -> ok(api.states().free(state)));
        handles.put("state", state);
        handles.put("adapter", adapter(model));
        return handles;
    }

    private List<Long> closedHandles() {
        long model = model();
        long context = context(model);
        long sampler = sampler(model);
        long template = chatTemplate(model, "");
        long state = state();
        long adapter = adapter(model);
        ok(api.adapters().free(adapter));
        ok(api.states().free(state));
        ok(api.contexts().free(context));
        ok(api.samplers().free(sampler));
        ok(api.chatTemplates().free(template));
        ok(api.models().free(model));
        return List.of(model, context, sampler, template, state, adapter);
    }

    private long state() {
        long[] state = new long[1];
        ok(api.states().create(state));
        return state[0];
    }

    @TestFactory
    Stream<DynamicTest> functions_wrongHandles_areRefusedByAll() {
        Map<String, Long> valid = handles();
        List<Long> closed = closedHandles();
        return functionsOnHandles()
                .map(method -> DynamicTest.dynamicTest(nameOf(method), () -> {
                    String kind = method.getParameters()[0].getName();
                    for (long never : new long[] {0, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40}) {
                        refused(ERROR_HANDLE, call(method, never, valid), "handle " + never);
                    }
                    for (long gone : closed) {
                        refused(ERROR_HANDLE, call(method, gone, valid), "handle " + gone, "freed");
                    }
                    for (Map.Entry<String, Long> other : valid.entrySet()) {
                        if (!other.getKey().equals(kind)) {
                            refused(ERROR_HANDLE, call(method, other.getValue(), valid), "another kind");
                        }
                    }
                }));
    }

    @Test
    void samplerSample_wrongContext_isRefused() {
        long model = model();
        long sampler = sampler(model);
        ok(api.samplers().addGreedy(sampler));
        refused(ERROR_HANDLE, api.samplers().sample(sampler, 0, -1, new int[1]), "context");
        refused(ERROR_HANDLE, api.samplers().sample(sampler, sampler, -1, new int[1]), "context");
    }

    @Test
    void handles_neverGivenAgain() {
        long first = model();
        ok(api.models().free(first));
        long second = model();
        assertThat(second).isGreaterThan(first);
    }

    @Test
    void functionsOnHandles_all_areFound() {
        assertThat(functionsOnHandles().count()).isGreaterThan(60);
    }

    /** A sampler that is never asked. */
    private static final class NoCallback implements SamplerCallback {

        @Override
        public void apply(int n) {}

        @Override
        public void accept(int token) {}

        @Override
        public void reset() {}

        @Override
        public SamplerCallback copy() {
            return this;
        }
    }
}
