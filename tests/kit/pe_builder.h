// SPDX-License-Identifier: MIT
// Builds small PE32+ driver images for tests. Header only, so that a test program stays one file.
//
//     struct pe_builder pe;
//     pe_begin(&pe);
//     uint32_t text = pe_add(&pe, ".text", code, sizeof code, 0, PE_TEXT);
//     pe.entry = text;
//     pe_finish(&pe);          // pe.data, pe.size
//     pe_put32(&pe, PE_OPT(&pe) + 56, 0);   // damage a field afterwards
//     pe_end(&pe);

#ifndef OPENWDM_TESTS_KIT_PE_BUILDER_H
#define OPENWDM_TESTS_KIT_PE_BUILDER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PE_TEXT   0x68000020u
#define PE_PAGE   0x60000020u
#define PE_RDATA  0x48000040u
#define PE_DATA   0xC8000040u
#define PE_INIT   0xE2000020u
#define PE_RELOC  0x42000040u
#define PE_BASE   0x140000000ull
#define PE_LFANEW 0x80u

struct pe_section
{
    char name[9];
    uint32_t rva;
    uint32_t virtual_size;
    uint32_t raw_size;
    uint32_t flags;
    uint8_t *bytes;
};

struct pe_builder
{
    struct pe_section sections[32];
    unsigned section_count;
    uint32_t next;
    uint32_t entry;
    uint32_t directories[16][2];
    uint32_t relocations[64];
    unsigned relocation_count;
    uint8_t *data; // after pe_finish
    size_t size;
};

// Bytes of a section in the making.
struct pe_blob
{
    uint32_t rva;
    uint32_t size;
    uint8_t bytes[8192];
};

static inline uint32_t
pe_align(uint32_t value, uint32_t to)
{
    return (value + to - 1) / to * to;
}

static inline void
pe_begin(struct pe_builder *pe)
{
    memset(pe, 0, sizeof *pe);
    pe->next = 0x1000;
}

static inline uint32_t
pe_add(struct pe_builder *pe,
       const char *name,
       const void *bytes,
       uint32_t size,
       uint32_t virtual_size,
       uint32_t flags)
{
    struct pe_section *section = &pe->sections[pe->section_count++];
    strncpy(section->name, name, 8);
    section->rva = pe->next;
    section->virtual_size = virtual_size != 0 ? virtual_size : size;
    section->raw_size = pe_align(size, 0x200);
    section->flags = flags;
    section->bytes = calloc(1, section->raw_size + 1);
    memcpy(section->bytes, bytes, size);
    pe->next = pe_align(pe->next + section->virtual_size, 0x1000);
    return section->rva;
}

static inline void
pe_directory(struct pe_builder *pe, unsigned index, uint32_t rva, uint32_t size)
{
    pe->directories[index][0] = rva;
    pe->directories[index][1] = size;
}

// ---- blobs ----

static inline void
pe_open(struct pe_builder *pe, struct pe_blob *blob)
{
    memset(blob, 0, sizeof *blob);
    blob->rva = pe->next;
}

// Appends and returns the RVA of what was appended.
static inline uint32_t
pe_push(struct pe_blob *blob, const void *bytes, uint32_t size)
{
    uint32_t rva = blob->rva + blob->size;
    memcpy(blob->bytes + blob->size, bytes, size);
    blob->size += size;
    return rva;
}

static inline uint32_t
pe_push32(struct pe_blob *blob, uint32_t value)
{
    return pe_push(blob, &value, sizeof value);
}

static inline uint32_t
pe_push64(struct pe_blob *blob, uint64_t value)
{
    return pe_push(blob, &value, sizeof value);
}

static inline uint32_t
pe_push_text(struct pe_blob *blob, const char *text)
{
    return pe_push(blob, text, (uint32_t)strlen(text) + 1);
}

static inline void
pe_set32(struct pe_blob *blob, uint32_t rva, uint32_t value)
{
    memcpy(blob->bytes + (rva - blob->rva), &value, sizeof value);
}

static inline void
pe_set64(struct pe_blob *blob, uint32_t rva, uint64_t value)
{
    memcpy(blob->bytes + (rva - blob->rva), &value, sizeof value);
}

static inline uint32_t
pe_close(struct pe_builder *pe, struct pe_blob *blob, const char *name, uint32_t flags)
{
    return pe_add(pe, name, blob->bytes, blob->size, 0, flags);
}

// ---- directories ----

// Imports: "module!name" or "module!#12", grouped by module, NULL at the end. slots[i] gets the RVA
// of the i-th slot.
static inline void
pe_add_imports(struct pe_builder *pe, const char *const *imports, uint32_t *slots)
{
    static struct pe_blob blob;
    uint32_t descriptor[16];
    unsigned modules = 0;
    pe_open(pe, &blob);
    for (unsigned i = 0; imports[i] != NULL; i++)
    {
        size_t length = (size_t)(strchr(imports[i], '!') - imports[i]) + 1;
        modules += i == 0 || strncmp(imports[i], imports[i - 1], length) != 0;
    }
    for (unsigned i = 0; i < modules + 1; i++)
    {
        descriptor[i] = blob.rva + blob.size;
        pe_push(&blob, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    }
    unsigned at = 0;
    for (unsigned m = 0; m < modules; m++)
    {
        const char *first = imports[at];
        size_t length = (size_t)(strchr(first, '!') - first) + 1;
        unsigned count = 0;
        while (imports[at + count] != NULL && strncmp(imports[at + count], first, length) == 0)
        {
            count++;
        }
        uint32_t names = blob.rva + blob.size;
        for (unsigned i = 0; i <= count; i++)
        {
            pe_push64(&blob, 0);
        }
        uint32_t table = blob.rva + blob.size;
        for (unsigned i = 0; i <= count; i++)
        {
            pe_push64(&blob, 0);
        }
        for (unsigned i = 0; i < count; i++)
        {
            const char *name = imports[at + i] + length;
            uint64_t thunk =
                name[0] == '#' ? 1ull << 63 | (uint64_t)atoi(name + 1) : pe_push(&blob, "\1\0", 2);
            if (name[0] != '#')
            {
                pe_push_text(&blob, name);
            }
            pe_set64(&blob, names + i * 8, thunk);
            pe_set64(&blob, table + i * 8, thunk);
            slots[at + i] = table + i * 8;
        }
        char module[64] = "";
        memcpy(module, first, length - 1);
        pe_set32(&blob, descriptor[m], names);
        pe_set32(&blob, descriptor[m] + 12, pe_push_text(&blob, module));
        pe_set32(&blob, descriptor[m] + 16, table);
        at += count;
    }
    pe_close(pe, &blob, ".idata", PE_DATA);
    pe_directory(pe, 1, descriptor[0], 20 * (modules + 1));
}

// Exports, sorted by name; targets[i] is an RVA, or 0 when forwarders[i] is a forwarder. Ordinals
// begin with 5.
static inline void
pe_add_exports(struct pe_builder *pe,
               unsigned count,
               const char *const *names,
               const uint32_t *targets,
               const char *const *forwarders)
{
    static struct pe_blob blob;
    pe_open(pe, &blob);
    uint32_t header = blob.rva;
    for (unsigned i = 0; i < 10; i++)
    {
        pe_push32(&blob, 0);
    }
    uint32_t functions = blob.rva + blob.size;
    blob.size += count * 4;
    uint32_t pointers = blob.rva + blob.size;
    blob.size += count * 4;
    for (unsigned i = 0; i < count; i++)
    {
        uint16_t index = (uint16_t)i;
        pe_push(&blob, &index, sizeof index);
    }
    uint32_t ordinals = blob.rva + blob.size - count * 2;
    pe_set32(&blob, header + 12, pe_push_text(&blob, "test.sys"));
    pe_set32(&blob, header + 16, 5);
    pe_set32(&blob, header + 20, count);
    pe_set32(&blob, header + 24, count);
    pe_set32(&blob, header + 28, functions);
    pe_set32(&blob, header + 32, pointers);
    pe_set32(&blob, header + 36, ordinals);
    for (unsigned i = 0; i < count; i++)
    {
        pe_set32(&blob, pointers + i * 4, pe_push_text(&blob, names[i]));
        pe_set32(&blob, functions + i * 4,
                 targets[i] != 0 ? targets[i] : pe_push_text(&blob, forwarders[i]));
    }
    pe_close(pe, &blob, ".edata", PE_RDATA);
    pe_directory(pe, 0, header, blob.size);
}

// The image gets DIR64 relocations for the sites in pe->relocations.
static inline void
pe_relocate(struct pe_builder *pe, uint32_t site)
{
    pe->relocations[pe->relocation_count++] = site;
}

static inline void
pe_add_relocations(struct pe_builder *pe)
{
    static struct pe_blob blob;
    pe_open(pe, &blob);
    for (unsigned i = 0; i < pe->relocation_count; i++)
    {
        uint16_t entry = (uint16_t)(0xA000 | (pe->relocations[i] & 0xFFF));
        pe_push32(&blob, pe->relocations[i] & ~0xFFFu);
        pe_push32(&blob, 12);
        pe_push(&blob, &entry, sizeof entry);
        pe_push(&blob, "\0", 2);
    }
    pe_close(pe, &blob, ".reloc", PE_RELOC);
    pe_directory(pe, 5, blob.rva, blob.size);
}

// ---- the file ----

#define PE_FILE(pe) (PE_LFANEW + 4)
#define PE_OPT(pe)  (PE_LFANEW + 24)
#define PE_DIR(pe)  (PE_OPT(pe) + 112)
#define PE_SECT(pe) (PE_OPT(pe) + 240)

static inline void
pe_put16(struct pe_builder *pe, uint32_t offset, uint16_t value)
{
    memcpy(pe->data + offset, &value, sizeof value);
}

static inline void
pe_put32(struct pe_builder *pe, uint32_t offset, uint32_t value)
{
    memcpy(pe->data + offset, &value, sizeof value);
}

static inline void
pe_put64(struct pe_builder *pe, uint32_t offset, uint64_t value)
{
    memcpy(pe->data + offset, &value, sizeof value);
}

// File offset of an RVA, by the section table of the finished image.
static inline uint32_t
pe_offset(struct pe_builder *pe, uint32_t rva)
{
    uint32_t raw = 0x400;
    for (unsigned i = 0; i < pe->section_count; i++)
    {
        struct pe_section *section = &pe->sections[i];
        if (rva >= section->rva && rva < section->rva + section->raw_size)
        {
            return raw + (rva - section->rva);
        }
        raw += section->raw_size;
    }
    return 0;
}

static inline void
pe_checksum(struct pe_builder *pe)
{
    uint64_t sum = 0;
    pe_put32(pe, PE_OPT(pe) + 64, 0);
    for (size_t i = 0; i < pe->size; i += 2)
    {
        sum += pe->data[i] | (i + 1 < pe->size ? pe->data[i + 1] << 8 : 0);
    }
    while (sum > 0xFFFF)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    pe_put32(pe, PE_OPT(pe) + 64, (uint32_t)(sum + pe->size));
}

static inline void
pe_put_headers(struct pe_builder *pe)
{
    memcpy(pe->data, "MZ", 2);
    pe_put32(pe, 0x3C, PE_LFANEW);
    memcpy(pe->data + PE_LFANEW, "PE\0", 4);
    pe_put16(pe, PE_FILE(pe), 0x8664);
    pe_put16(pe, PE_FILE(pe) + 2, (uint16_t)pe->section_count);
    pe_put16(pe, PE_FILE(pe) + 16, 240);
    pe_put16(pe, PE_FILE(pe) + 18, 0x22);
    pe_put16(pe, PE_OPT(pe), 0x20B);
    pe_put32(pe, PE_OPT(pe) + 16, pe->entry);
    pe_put64(pe, PE_OPT(pe) + 24, PE_BASE);
    pe_put32(pe, PE_OPT(pe) + 32, 0x1000);
    pe_put32(pe, PE_OPT(pe) + 36, 0x200);
    pe_put32(pe, PE_OPT(pe) + 56, pe->next);
    pe_put32(pe, PE_OPT(pe) + 60, 0x400);
    pe_put16(pe, PE_OPT(pe) + 68, 1);
    pe_put32(pe, PE_OPT(pe) + 108, 16);
    for (unsigned i = 0; i < 16; i++)
    {
        pe_put32(pe, PE_DIR(pe) + i * 8, pe->directories[i][0]);
        pe_put32(pe, PE_DIR(pe) + i * 8 + 4, pe->directories[i][1]);
    }
}

static inline void
pe_finish(struct pe_builder *pe)
{
    pe->size = 0x400;
    for (unsigned i = 0; i < pe->section_count; i++)
    {
        pe->size += pe->sections[i].raw_size;
    }
    pe->data = calloc(1, pe->size);
    pe_put_headers(pe);
    uint32_t raw = 0x400;
    for (unsigned i = 0; i < pe->section_count; i++)
    {
        struct pe_section *section = &pe->sections[i];
        uint32_t row = PE_SECT(pe) + i * 40;
        memcpy(pe->data + row, section->name, 8);
        pe_put32(pe, row + 8, section->virtual_size);
        pe_put32(pe, row + 12, section->rva);
        pe_put32(pe, row + 16, section->raw_size);
        pe_put32(pe, row + 20, section->raw_size != 0 ? raw : 0);
        pe_put32(pe, row + 36, section->flags);
        memcpy(pe->data + raw, section->bytes, section->raw_size);
        raw += section->raw_size;
    }
    pe_checksum(pe);
}

static inline void
pe_end(struct pe_builder *pe)
{
    for (unsigned i = 0; i < pe->section_count; i++)
    {
        free(pe->sections[i].bytes);
    }
    free(pe->data);
    memset(pe, 0, sizeof *pe);
}

#endif
