package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.BackendApi;

/** {@link BackendApi} over the generated downcalls. */
final class FfmBackendApi implements BackendApi {

    @Override
    public int init(byte[] directory, byte[] cpuVariant, int numa) {
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_backend_init(
                    s.a.in(directory), directory.length, s.b.in(cpuVariant), cpuVariant.length, numa);
        }
    }

    @Override
    public int numa(int[] strategy, int[] nNodes) {
        try (Scratch s = Scratch.take()) {
            return s.intsTo(TokapuH.tokapu_backend_numa(s.cell(strategy), s.secondCell(nNodes)), strategy, nNodes);
        }
    }

    @Override
    public int performanceCores(int[] nCores) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(TokapuH.tokapu_backend_performance_cores(s.cell(nCores)), nCores);
        }
    }

    @Override
    public int cpuVariants(byte[] directory, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_backend_cpu_variants(
                            s.b.in(directory), directory.length, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int cpuVariant(byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_backend_cpu_variant(s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int systemInfo(byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_backend_system_info(s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int load(byte[] path, int[] nDevices) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(TokapuH.tokapu_backend_load(s.a.in(path), path.length, s.cell(nDevices)), nDevices);
        }
    }

    @Override
    public int libraryOpen(byte[] path) {
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_library_open(s.a.in(path), path.length);
        }
    }

    @Override
    public int cudaDriver(byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_cuda_driver(s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }
}
