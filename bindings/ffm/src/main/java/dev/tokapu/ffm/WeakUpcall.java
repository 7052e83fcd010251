package dev.tokapu.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * C functions that call static methods and do not keep their class loader. The code of a stub stays for ever, since a thread
 * that is inside cannot be waited for; what it holds is made of the JDK's own classes, with a weak reference to the method.
 */
final class WeakUpcall {

    /** The methods, kept as long as this class loader is. */
    private static final Queue<MethodHandle> TARGETS = new ConcurrentLinkedQueue<>();

    private WeakUpcall() {}

    /**
     * A C function for a static method.
     *
     * @param type the class that has it
     * @param method its name; it is not private, has the type of the descriptor and throws nothing
     * @param descriptor the C function; once the class loader is gone it answers 0
     * @return its address
     */
    static MemorySegment stub(Class<?> type, String method, FunctionDescriptor descriptor) {
        MethodType signature = descriptor.toMethodType();
        try {
            MethodHandle target = MethodHandles.lookup().findStatic(type, method, signature);
            MethodHandles.Lookup jdk = MethodHandles.publicLookup();
            MethodHandle get = jdk.findVirtual(Reference.class, "get", MethodType.methodType(Object.class))
                    .bindTo(new WeakReference<>(target))
                    .asType(MethodType.methodType(MethodHandle.class));
            MethodHandle isGone = jdk.findStatic(
                            Objects.class, "isNull", MethodType.methodType(boolean.class, Object.class))
                    .asType(MethodType.methodType(boolean.class, MethodHandle.class));
            MethodHandle nothing = MethodHandles.dropArguments(MethodHandles.empty(signature), 0, MethodHandle.class);
            MethodHandle call = MethodHandles.foldArguments(
                    MethodHandles.guardWithTest(isGone, nothing, MethodHandles.exactInvoker(signature)), get);
            TARGETS.add(target);
            return Linker.nativeLinker().upcallStub(call, descriptor, Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("there is no method " + method + signature, e);
        }
    }
}
