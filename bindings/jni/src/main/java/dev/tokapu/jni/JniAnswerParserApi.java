package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.out;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.AnswerParserApi;

/** {@link AnswerParserApi} over the native methods that JavaCPP generates. */
final class JniAnswerParserApi implements AnswerParserApi {

    @Override
    public int free(long parser) {
        return TokapuLibrary.tokapu_answer_parser_free(parser);
    }

    @Override
    public int parse(long parser, byte[] text, int partial, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_answer_parser_parse(
                parser, text, text.length, partial, buf, buf.length, out(length));
    }
}
