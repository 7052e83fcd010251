/** The page of the server: static files below {@code META-INF/tokapu-page}. */
module dev.tokapu.server.page {}
