package dev.tokapu.server.api;

import org.jspecify.annotations.Nullable;

/** Two observers as one. */
record CallObservers(CallObserver first, CallObserver second) implements CallObserver {

    @Override
    public CallObserver arrived(ArrivedCall call) {
        return new CallObservers(first.arrived(call), second.arrived(call));
    }

    @Override
    public void ended(FinishedCall call) {
        try {
            first.ended(call);
        } finally {
            second.ended(call);
        }
    }

    @Override
    public @Nullable SpanId span() {
        SpanId span = first.span();
        return span == null ? second.span() : span;
    }
}
