package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.AnswerParserApi;

/** {@link AnswerParserApi} over the generated downcalls. */
final class FfmAnswerParserApi implements AnswerParserApi {

    @Override
    public int free(long parser) {
        return TokapuH.tokapu_answer_parser_free(parser);
    }

    @Override
    public int parse(long parser, byte[] text, int partial, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_answer_parser_parse(
                            parser,
                            s.b.in(text),
                            text.length,
                            partial,
                            s.a.reserve(buf.length),
                            buf.length,
                            s.cell(length)),
                    buf,
                    length);
        }
    }
}
