/* SPDX-License-Identifier: MIT */
/*
 * Memory from Linux: fixed mappings of the address map in host.h, protections, aliased objects,
 * and AddressSanitizer's poisoning.
 */
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define HOST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HOST_ASAN 1
#endif
#endif

#ifdef HOST_ASAN
#include <sanitizer/asan_interface.h>
#endif

static int
native_protection(int protection)
{
    int native = PROT_NONE;
    if (protection & HOST_PROT_READ)
        native |= PROT_READ;
    if (protection & HOST_PROT_WRITE)
        native |= PROT_WRITE;
    if (protection & HOST_PROT_EXECUTE)
        native |= PROT_EXEC;
    return native;
}

static size_t
round_to_pages(size_t size)
{
    return (size + HOST_PAGE_SIZE - 1) & ~(size_t)(HOST_PAGE_SIZE - 1);
}

bool
host_map_fixed(void *address, size_t size, int protection)
{
    void *result = mmap(address, round_to_pages(size), native_protection(protection),
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (result == MAP_FAILED)
        return false;
    if (result != address)
    {
        /* Kernels before 4.17 take the address as a hint only. */
        munmap(result, round_to_pages(size));
        return false;
    }
    return true;
}

void *
host_map(size_t size, int protection)
{
    void *result = mmap(NULL, round_to_pages(size), native_protection(protection),
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return result == MAP_FAILED ? NULL : result;
}

void
host_unmap(void *address, size_t size)
{
    host_unpoison(address, size);
    munmap(address, round_to_pages(size));
}

bool
host_protect(void *address, size_t size, int protection)
{
    return mprotect(address, round_to_pages(size), native_protection(protection)) == 0;
}

void
host_discard(void *address, size_t size)
{
    madvise(address, round_to_pages(size), MADV_DONTNEED);
}

void
host_poison(const void *address, size_t size)
{
#ifdef HOST_ASAN
    __asan_poison_memory_region(address, size);
#else
    (void)address;
    (void)size;
#endif
}

void
host_unpoison(const void *address, size_t size)
{
#ifdef HOST_ASAN
    __asan_unpoison_memory_region(address, size);
#else
    (void)address;
    (void)size;
#endif
}

int
host_memory_object(size_t size)
{
    int object = memfd_create("openwdm", MFD_CLOEXEC);
    if (object < 0)
        return -1;
    if (ftruncate(object, (off_t)round_to_pages(size)) != 0)
    {
        close(object);
        return -1;
    }
    return object;
}

bool
host_map_object(void *address, size_t size, int protection, int object, uint64_t offset)
{
    void *result = mmap(address, round_to_pages(size), native_protection(protection),
                        MAP_SHARED | MAP_FIXED | MAP_NORESERVE, object, (off_t)offset);
    return result == address;
}

void
host_discard_object(int object, uint64_t offset, size_t size)
{
    fallocate(object, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
              (off_t)round_to_pages(size));
}

void
host_close_object(int object)
{
    if (object >= 0)
        close(object);
}
