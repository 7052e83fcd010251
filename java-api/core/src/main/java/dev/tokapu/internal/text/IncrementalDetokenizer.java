package dev.tokapu.internal.text;

/**
 * Makes text of tokens, one after the other: what ends within a character, or may be the beginning of a stop string, waits for
 * the next token.
 *
 * <p>Thread safety: confined.
 */
public final class IncrementalDetokenizer {

    private final Pieces pieces;
    private final StopMatcher stops;
    private final StoppingCriteriaEvaluator criteria;
    private final Utf8Decoder utf8 = new Utf8Decoder();
    private final StringBuilder decoded = new StringBuilder();
    private byte[] piece = new byte[64];

    /**
     * Nothing yet.
     *
     * @param pieces where the bytes of tokens come from
     * @param stops looks for stop strings
     * @param criteria is shown all that is decoded
     */
    public IncrementalDetokenizer(Pieces pieces, StopMatcher stops, StoppingCriteriaEvaluator criteria) {
        this.pieces = pieces;
        this.stops = stops;
        this.criteria = criteria;
    }

    /**
     * A further token.
     *
     * @param token its id
     * @param out gets the text that is certain now
     * @return whether a stop string is complete, which is not part of the text
     */
    public boolean append(int token, StringBuilder out) {
        int length = pieces.piece(token, piece);
        if (length > piece.length) {
            piece = new byte[length];
            length = pieces.piece(token, piece);
        }
        utf8.feed(piece, length, decoded);
        criteria.append(decoded);
        boolean stopped = stops.feed(decoded, out);
        decoded.setLength(0);
        return stopped;
    }

    /**
     * Goes on with a text that ended inside a character.
     *
     * @param half the bytes of that character
     */
    public void goOn(byte[] half) {
        utf8.feed(half, half.length, decoded);
    }

    /**
     * There are no more tokens for now, and no stop string was complete.
     *
     * @param out gets what waited, but for a character that is not whole
     */
    public void suspend(StringBuilder out) {
        stops.finish(out);
    }

    /**
     * There are no more tokens, and no stop string was complete.
     *
     * @param out gets what waited
     */
    public void finish(StringBuilder out) {
        utf8.finish(decoded);
        stops.feed(decoded, out);
        decoded.setLength(0);
        stops.finish(out);
    }
}
