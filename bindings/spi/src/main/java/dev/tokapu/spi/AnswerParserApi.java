package dev.tokapu.spi;

/** The functions of {@code tokapu.h} that take answers of chat models apart. */
public interface AnswerParserApi {

    int free(long parser);

    int parse(long parser, byte[] text, int partial, byte[] buf, int[] length);
}
