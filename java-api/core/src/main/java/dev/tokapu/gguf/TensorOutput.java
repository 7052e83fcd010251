package dev.tokapu.gguf;

import java.io.IOException;
import java.io.OutputStream;

/** The bytes of one tensor on their way into a file: no more and no fewer than belong there. Thread safety: confined. */
final class TensorOutput extends OutputStream {

    private final OutputStream out;
    private final TensorInfo tensor;
    private final Progress progress;
    private long written;

    TensorOutput(OutputStream out, TensorInfo tensor, Progress progress) {
        this.out = out;
        this.tensor = tensor;
        this.progress = progress;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (length > tensor.bytes() - written) {
            throw wrong("more than " + tensor.bytes());
        }
        out.write(bytes, from, length);
        written += length;
        progress.add(length);
    }

    void complete() throws IOException {
        if (written != tensor.bytes()) {
            throw wrong(Long.toString(written));
        }
    }

    private IOException wrong(String count) {
        return new IOException("the data of tensor '" + tensor.name() + "' has " + count + " bytes; "
                + tensor.type().text() + " of the shape " + tensor.shape() + " has " + tensor.bytes());
    }
}
