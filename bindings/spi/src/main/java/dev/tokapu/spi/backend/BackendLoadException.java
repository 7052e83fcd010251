package dev.tokapu.spi.backend;

/** Says why a backend cannot be used, and the one thing to do about it. */
final class BackendLoadException extends Exception {

    private final String advice;

    BackendLoadException(String problem, String advice) {
        super(problem);
        this.advice = advice;
    }

    String problem() {
        return String.valueOf(getMessage());
    }

    String advice() {
        return advice;
    }
}
