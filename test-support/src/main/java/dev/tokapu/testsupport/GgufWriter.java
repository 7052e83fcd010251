package dev.tokapu.testsupport;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A writer of GGUF files (version 3, little endian), entirely in memory: metadata first, then the tensors. The bytes depend
 * on nothing but the calls.
 *
 * <p>Thread safety: confined to one thread.
 */
public final class GgufWriter {

    private static final int TYPE_UINT8 = 0;
    private static final int TYPE_INT8 = 1;
    private static final int TYPE_UINT16 = 2;
    private static final int TYPE_INT16 = 3;
    private static final int TYPE_UINT32 = 4;
    private static final int TYPE_INT32 = 5;
    private static final int TYPE_FLOAT32 = 6;
    private static final int TYPE_BOOL = 7;
    private static final int TYPE_STRING = 8;
    private static final int TYPE_ARRAY = 9;
    private static final int TYPE_UINT64 = 10;
    private static final int TYPE_INT64 = 11;
    private static final int TYPE_FLOAT64 = 12;
    private static final int TENSOR_F32 = 0;
    private static final int TENSOR_I32 = 26;
    private static final int TENSOR_I64 = 27;
    private static final int TENSOR_Q4_0 = 2;
    private static final int BLOCK = 32;
    private static final int ALIGNMENT = 32;

    private final Bytes metadata = new Bytes();
    private final List<Tensor> tensors = new ArrayList<>();
    private int metadataCount;
    private int version = 3;

    @SuppressWarnings("ArrayRecordComponent")
    private record Tensor(String name, long[] shape, int type, byte[] data) {}

    /** Sets the version number in the header; the layout stays that of version 3. */
    public GgufWriter version(int value) {
        version = value;
        return this;
    }

    /** Adds an unsigned 8-bit number. */
    public GgufWriter uint8(String key, int value) {
        key(key, TYPE_UINT8).int8(value);
        return this;
    }

    /** Adds a signed 8-bit number. */
    public GgufWriter int8(String key, int value) {
        key(key, TYPE_INT8).int8(value);
        return this;
    }

    /** Adds an unsigned 16-bit number. */
    public GgufWriter uint16(String key, int value) {
        key(key, TYPE_UINT16).int16(value);
        return this;
    }

    /** Adds a signed 16-bit number. */
    public GgufWriter int16(String key, int value) {
        key(key, TYPE_INT16).int16(value);
        return this;
    }

    /** Adds an unsigned 32-bit number. */
    public GgufWriter uint32(String key, int value) {
        key(key, TYPE_UINT32).int32(value);
        return this;
    }

    /** Adds a signed 32-bit number. */
    public GgufWriter int32(String key, int value) {
        key(key, TYPE_INT32).int32(value);
        return this;
    }

    /** Adds an unsigned 64-bit number. */
    public GgufWriter uint64(String key, long value) {
        key(key, TYPE_UINT64).int64(value);
        return this;
    }

    /** Adds a signed 64-bit number. */
    public GgufWriter int64(String key, long value) {
        key(key, TYPE_INT64).int64(value);
        return this;
    }

    /** Adds a 32-bit floating-point number. */
    public GgufWriter float32(String key, float value) {
        key(key, TYPE_FLOAT32).int32(Float.floatToRawIntBits(value));
        return this;
    }

    /** Adds a 64-bit floating-point number. */
    public GgufWriter float64(String key, double value) {
        key(key, TYPE_FLOAT64).int64(Double.doubleToRawLongBits(value));
        return this;
    }

    /** Adds a boolean. */
    public GgufWriter bool(String key, boolean value) {
        key(key, TYPE_BOOL).int8(value ? 1 : 0);
        return this;
    }

    /** Adds a text. */
    public GgufWriter text(String key, String value) {
        key(key, TYPE_STRING).text(value.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Adds an array of texts, given as bytes because tokens need not be valid UTF-8. */
    public GgufWriter texts(String key, List<byte[]> values) {
        array(key, TYPE_STRING, values.size());
        values.forEach(metadata::text);
        return this;
    }

    /** Adds an array of signed 32-bit numbers. */
    public GgufWriter int32s(String key, int... values) {
        array(key, TYPE_INT32, values.length);
        for (int value : values) {
            metadata.int32(value);
        }
        return this;
    }

    /** Adds an array of unsigned 32-bit numbers. */
    public GgufWriter uint32s(String key, int... values) {
        array(key, TYPE_UINT32, values.length);
        for (int value : values) {
            metadata.int32(value);
        }
        return this;
    }

    /** Adds an array of 32-bit floating-point numbers. */
    public GgufWriter float32s(String key, float... values) {
        array(key, TYPE_FLOAT32, values.length);
        for (float value : values) {
            metadata.int32(Float.floatToRawIntBits(value));
        }
        return this;
    }

    /** Adds an array of booleans. */
    public GgufWriter bools(String key, boolean... values) {
        array(key, TYPE_BOOL, values.length);
        for (boolean value : values) {
            metadata.int8(value ? 1 : 0);
        }
        return this;
    }

    /** Adds an F32 tensor; {@code shape} as in ggml, the fastest dimension first. */
    public GgufWriter tensor(String name, long[] shape, float[] data) {
        return tensor(name, TENSOR_F32, shape, data);
    }

    /** Adds a vector of 64-bit integers. */
    public GgufWriter int64Tensor(String name, long... values) {
        Bytes bytes = new Bytes();
        for (long value : values) {
            bytes.int64(value);
        }
        tensors.add(new Tensor(name, new long[] {values.length}, TENSOR_I64, bytes.toByteArray()));
        return this;
    }

    /** Adds a tensor of 32-bit integers, which is no weight: {@code data} is written as it is for {@link #tensor}. */
    public GgufWriter int32Tensor(String name, long[] shape, float[] data) {
        return tensor(name, TENSOR_I32, shape, data);
    }

    /** Adds a tensor of any type whose values have four bytes: {@code data} is written as it is. */
    public GgufWriter tensor(String name, int type, long[] shape, float[] data) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(data);
        tensors.add(new Tensor(name, shape.clone(), type, bytes.array()));
        return this;
    }

    /** Adds a Q4_0 tensor: blocks of 32 values with a scale each; rows must be whole blocks. */
    public GgufWriter quantized(String name, long[] shape, float[] data) {
        if (shape[0] % BLOCK != 0) {
            throw new IllegalArgumentException(
                    name + " has rows of " + shape[0] + " values; they need a multiple of " + BLOCK);
        }
        Bytes bytes = new Bytes();
        for (int from = 0; from < data.length; from += BLOCK) {
            quantize(data, from, bytes);
        }
        tensors.add(new Tensor(name, shape.clone(), TENSOR_Q4_0, bytes.toByteArray()));
        return this;
    }

    /** The scale is a power of two, whose F16 is nothing but an exponent. */
    private static void quantize(float[] data, int from, Bytes out) {
        float largest = Float.MIN_NORMAL;
        for (int i = 0; i < BLOCK; i++) {
            largest = Math.max(largest, Math.abs(data[from + i]));
        }
        int exponent = Math.max(Math.getExponent(largest / 7) + 1, -14);
        float scale = Math.scalb(1f, exponent);
        out.int16((exponent + 15) << 10);
        for (int i = 0; i < BLOCK / 2; i++) {
            int low = Math.round(data[from + i] / scale) + 8;
            int high = Math.round(data[from + BLOCK / 2 + i] / scale) + 8;
            out.int8(low | high << 4);
        }
    }

    /** The whole file. */
    public byte[] toBytes() {
        Bytes out = new Bytes();
        out.int32(0x46554747).int32(version).int64(tensors.size()).int64(metadataCount);
        out.bytes(metadata.toByteArray());
        long offset = 0;
        for (Tensor tensor : tensors) {
            out.text(tensor.name.getBytes(StandardCharsets.UTF_8)).int32(tensor.shape.length);
            for (long dimension : tensor.shape) {
                out.int64(dimension);
            }
            out.int32(tensor.type).int64(offset);
            offset = align(offset + tensor.data.length);
        }
        out.pad();
        for (Tensor tensor : tensors) {
            out.bytes(tensor.data).pad();
        }
        return out.toByteArray();
    }

    private static long align(long offset) {
        return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private Bytes key(String key, int type) {
        metadataCount++;
        return metadata.text(key.getBytes(StandardCharsets.UTF_8)).int32(type);
    }

    private void array(String key, int type, int length) {
        key(key, TYPE_ARRAY).int32(type).int64(length);
    }

    private static final class Bytes extends ByteArrayOutputStream {

        Bytes int8(int value) {
            write(value);
            return this;
        }

        Bytes int16(int value) {
            return int8(value).int8(value >>> 8);
        }

        Bytes int32(int value) {
            return int16(value).int16(value >>> 16);
        }

        Bytes int64(long value) {
            return int32((int) value).int32((int) (value >>> 32));
        }

        Bytes bytes(byte[] value) {
            write(value, 0, value.length);
            return this;
        }

        Bytes text(byte[] value) {
            return int64(value.length).bytes(value);
        }

        void pad() {
            while (size() % ALIGNMENT != 0) {
                write(0);
            }
        }
    }
}
