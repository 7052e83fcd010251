/** llama-server's streams that outlive their connection: kept under an id of the client's, to be read again or stopped. */
@NullMarked
package dev.tokapu.server.streams;

import org.jspecify.annotations.NullMarked;
