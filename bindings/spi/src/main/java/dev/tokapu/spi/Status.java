package dev.tokapu.spi;

/** What a function answers: {@code OK} or an error ({@code tokapu_status}). */
public final class Status {

    private Status() {}

    /** Success. */
    public static final int OK = 0;

    /** An argument is out of range or makes no sense here; nothing was done. */
    public static final int ERROR_ARGUMENT = -1;

    /** Not a live handle of this kind. */
    public static final int ERROR_HANDLE = -2;

    /** Another thread is inside this context or sampler. */
    public static final int ERROR_BUSY = -3;

    /** The buffer is too small; {@code *length} holds the size that is needed. */
    public static final int ERROR_BUFFER = -4;

    /** The model or adapter could not be loaded. */
    public static final int ERROR_MODEL = -5;

    /** The context could not be created. */
    public static final int ERROR_CONTEXT = -6;

    /** {@code llama_decode} or {@code llama_encode} failed; processed micro-batches stay in memory. */
    public static final int ERROR_DECODE = -7;

    /** A grammar is malformed, or a token was accepted that it forbids. */
    public static final int ERROR_GRAMMAR = -8;

    /** A chat template is missing, malformed or refused its input. */
    public static final int ERROR_TEMPLATE = -9;

    /** The text cannot be tokenized by this vocabulary. */
    public static final int ERROR_TOKENIZE = -10;

    /** This model, memory type or build cannot do that. */
    public static final int ERROR_UNSUPPORTED = -11;

    /** The progress callback asked to stop. */
    public static final int ERROR_CANCELLED = -12;

    /** A compute backend could not be loaded. */
    public static final int ERROR_BACKEND = -13;

    /** A C++ exception; {@code tokapu_last_error()} has its text. */
    public static final int ERROR_NATIVE = -14;

    /** A native assertion failed and was caught; the object is poisoned. */
    public static final int ERROR_ABORT = -15;

    /** An earlier call ended in {@link #ERROR_ABORT}. */
    public static final int ERROR_POISONED = -16;

    /** Out of memory. */
    public static final int ERROR_MEMORY = -17;

    /** The state of a sequence is damaged or does not fit; the sequence is empty now. */
    public static final int ERROR_STATE = -18;

    /** A sampler callback failed; nothing is poisoned. */
    public static final int ERROR_CALLBACK = -19;

    public static final int ERROR_ANSWER = -20;
}
