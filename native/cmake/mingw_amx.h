/* Force-included into llama.cpp's C++ files of the CPU variant with AMX. <amxtileintrin.h> of GCC 12 hands the distance of rows to the
 * instruction as a long, which has 32 bits on Windows: the assembler refuses such a register. The outer macros expand the tile's name. */
#include <immintrin.h>

#undef _tile_loadd_internal
#undef _tile_stream_loadd_internal
#undef _tile_stored_internal
#define _tile_loadd_internal(tile, base, stride) \
    __asm__ volatile("tileloadd\t(%0,%1,1), %%tmm" #tile ::"r"((const void *) (base)), "r"((__PTRDIFF_TYPE__) (stride)))
#define _tile_stream_loadd_internal(tile, base, stride) \
    __asm__ volatile("tileloaddt1\t(%0,%1,1), %%tmm" #tile ::"r"((const void *) (base)), "r"((__PTRDIFF_TYPE__) (stride)))
#define _tile_stored_internal(tile, base, stride) \
    __asm__ volatile("tilestored\t%%tmm" #tile ", (%0,%1,1)" ::"r"((void *) (base)), "r"((__PTRDIFF_TYPE__) (stride)) : "memory")
