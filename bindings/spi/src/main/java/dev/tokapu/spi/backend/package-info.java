/**
 * The compute backends beside the CPU's: {@link dev.tokapu.spi.backend.Backends#load} finds the GPU modules, and the libraries
 * that they need from elsewhere, and loads what works.
 *
 * @since 0.1
 */
package dev.tokapu.spi.backend;
