package dev.tokapu.spring.ai;

import dev.tokapu.engine.RequestTimings;
import dev.tokapu.text.Usage;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** For native images: what responses have in their metadata, which applications write as JSON. The bindings have metadata of their own. */
final class TokapuRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        for (Class<?> type : new Class<?>[] {Usage.class, RequestTimings.class}) {
            hints.reflection().registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS);
        }
    }
}
