package dev.tokapu.gguf;

/** Reads metadata values: what stands behind a type number in the file. */
final class GgufValues {

    /** Longest metadata in all; the largest models have some 20 MiB. */
    static final long MAX_METADATA_BYTES = 128L << 20;

    private GgufValues() {}

    static MetadataValue read(GgufReader in, int type) {
        if (type == MetadataType.ARRAY) {
            return array(in);
        }
        MetadataType known = type(in, type);
        if (known == MetadataType.STRING) {
            return new MetadataValue(known, false, in.texts(1), 1);
        }
        return numbers(known, false, in.bytes(known.width()));
    }

    private static MetadataValue array(GgufReader in) {
        int code = in.int32();
        if (code == MetadataType.ARRAY) {
            throw in.damaged("an array of arrays; GGUF files have none");
        }
        MetadataType type = type(in, code);
        if (type == MetadataType.STRING) {
            return texts(in);
        }
        int count = length(in, "an array", type.width());
        return numbers(type, true, in.bytes(Math.multiplyExact(count, type.width())));
    }

    /** Truth values other than 0 and 1 are 1, as for llama.cpp. */
    private static MetadataValue numbers(MetadataType type, boolean array, byte[] bytes) {
        if (type == MetadataType.BOOL) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (bytes[i] == 0 ? 0 : 1);
            }
        }
        return new MetadataValue(type, array, bytes, bytes.length / type.width());
    }

    private static MetadataValue texts(GgufReader in) {
        int count = length(in, "an array of texts", Long.BYTES);
        return new MetadataValue(MetadataType.STRING, true, in.texts(count), count);
    }

    /** A length that the rest of the file and the limit on metadata have room for. */
    private static int length(GgufReader in, String what, int width) {
        long count = in.int64();
        long room = Math.min(in.remaining(), MAX_METADATA_BYTES - Math.min(MAX_METADATA_BYTES, in.position()));
        if (count < 0 || count > room / width) {
            throw in.damaged(
                    what + " of length " + Long.toUnsignedString(count) + " where " + room + " bytes are left");
        }
        return (int) count;
    }

    private static MetadataType type(GgufReader in, int code) {
        MetadataType type = MetadataType.of(code);
        if (type == null) {
            throw in.damaged("a value of unknown type " + code);
        }
        return type;
    }
}
