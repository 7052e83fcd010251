package dev.tokapu.jni;

import static dev.tokapu.jni.gen.TokapuLibrary.tokapu_sampler_add_callback;

import dev.tokapu.spi.SamplerCallback;
import dev.tokapu.spi.SamplerCallbacks;
import dev.tokapu.spi.Status;
import org.bytedeco.javacpp.FunctionPointer;
import org.bytedeco.javacpp.annotation.Allocator;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.NoDeallocator;
import org.bytedeco.javacpp.annotation.Properties;

/**
 * The C function of type {@code tokapu_sampler_callback} that hands events to {@link SamplerCallbacks}.
 *
 * <p>There is one for the life of the class: C and JavaCPP know it only weakly.
 */
@Properties(inherit = TokapuPreset.class)
@Allocator(max = 1)
public final class SamplerCallbackFunction extends FunctionPointer {

    private static final SamplerCallbackFunction INSTANCE = new SamplerCallbackFunction();

    private SamplerCallbackFunction() {
        allocate();
    }

    @NoDeallocator
    private native void allocate();

    /** Appends a callback to a chain. */
    static int add(long sampler, byte[] name, int selects, SamplerCallback callback) {
        long number = SamplerCallbacks.add(callback);
        int status = tokapu_sampler_add_callback(sampler, name, name.length, selects, INSTANCE, number);
        if (status != Status.OK) {
            SamplerCallbacks.remove(number);
        }
        return status;
    }

    /**
     * Called by C on the thread of the call that the event is part of.
     *
     * @param userData the number of the callback
     * @param event {@code tokapu_sampler_event}
     * @param argument what the event is about
     * @return 0, the number of a copy, or a negative number for a failure
     */
    public @Cast("int64_t") long call(@Cast("int64_t") long userData, int event, @Cast("int64_t") long argument) {
        return SamplerCallbacks.call(userData, event, argument);
    }
}
