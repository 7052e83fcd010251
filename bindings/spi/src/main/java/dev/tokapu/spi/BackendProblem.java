package dev.tokapu.spi;

/** Says why a backend cannot be used, and the one thing to do about it. */
final class BackendProblem extends Exception {

    private final String advice;

    BackendProblem(String problem, String advice) {
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
