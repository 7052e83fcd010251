package dev.tokapu.sampling;

/** A {@link LogitsProcessor} as a sampler: keeps the tokens for it. */
final class LogitsSampler implements CustomSampler {

    private final LogitsProcessor processor;
    private final TokenHistory tokens;

    LogitsSampler(LogitsProcessor processor, TokenHistory tokens) {
        this.processor = processor;
        this.tokens = tokens;
    }

    @Override
    public void apply(TokenCandidates candidates) {
        processor.process(tokens, candidates);
    }

    @Override
    public void accept(int token) {
        tokens.add(token);
    }

    @Override
    public void prompt(int[] ids) {
        tokens.prompt(ids);
    }

    @Override
    public void reset() {
        tokens.clear();
    }

    @Override
    public CustomSampler copy() {
        return new LogitsSampler(processor, tokens.copy());
    }

    @Override
    public String name() {
        return "logits";
    }

    @Override
    public String toString() {
        return "LogitsSampler[" + tokens + "]";
    }
}
