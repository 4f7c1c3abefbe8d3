/* Reads and writes the state of ksmd's hot loop; see state.h. */
#include "state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "ksmstate"
#define NAME_BYTES 24

#define DEFINE_ARRAY(type, name) type *restrict name;
#define DEFINE_NUMBER(name) double name;
STATE_ARRAYS(DEFINE_ARRAY)
STATE_NUMBERS(DEFINE_NUMBER)

int32_t passesToMake;
int32_t mmCapacity;
int32_t leavesPerMm;

struct section {
    const char *name;
    uint64_t size;
    uint64_t length;
    void *data;
};

enum {
#define INDEX_ARRAY(type, name) AT_##name,
#define INDEX_NUMBER(name) AT_##name,
    STATE_ARRAYS(INDEX_ARRAY) STATE_NUMBERS(INDEX_NUMBER) SECTIONS
};

static struct section sections[SECTIONS] = {
#define ARRAY_SECTION(type, name) {#name, sizeof(type), 0, NULL},
#define NUMBER_SECTION(name) {#name, sizeof(double), 0, NULL},
    STATE_ARRAYS(ARRAY_SECTION) STATE_NUMBERS(NUMBER_SECTION)
};

void fail(int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(status);
}

static void readBytes(FILE *file, void *into, size_t bytes)
{
    if (fread(into, 1, bytes, file) != bytes) fail(2, "the state file ends early");
}

static void writeBytes(FILE *file, const void *from, size_t bytes)
{
    if (fwrite(from, 1, bytes, file) != bytes) fail(2, "the state file cannot be written");
}

/* Bytes of a section's elements with what fills them up. */
static size_t paddedBytes(const struct section *section)
{
    return (section->size * section->length + 7) & ~(size_t)7;
}

static struct section *sectionNamed(const char *name)
{
    for (int at = 0; at < SECTIONS; at++)
        if (strcmp(sections[at].name, name) == 0) return &sections[at];
    fail(2, "the state file has a section '%s' that nobody knows", name);
}

static double numberIn(int at)
{
    if (sections[at].length != 1) fail(2, "section '%s' is not one number", sections[at].name);
    return *(double *)sections[at].data;
}

void readState(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail(2, "cannot open '%s'", path);
    char magic[sizeof MAGIC - 1];
    uint64_t count;
    readBytes(file, magic, sizeof magic);
    if (memcmp(magic, MAGIC, sizeof magic) != 0) fail(2, "'%s' is no state file", path);
    readBytes(file, &count, sizeof count);
    for (uint64_t i = 0; i < count; i++) {
        char name[NAME_BYTES + 1] = {0};
        uint64_t shape[2];
        readBytes(file, name, NAME_BYTES);
        readBytes(file, shape, sizeof shape);
        struct section *section = sectionNamed(name);
        if (shape[0] != section->size) fail(2, "section '%s' has elements of %d bytes", name, (int)shape[0]);
        section->length = shape[1];
        section->data = malloc(paddedBytes(section) + 8);
        if (section->data == NULL) fail(2, "not enough memory");
        readBytes(file, section->data, paddedBytes(section));
    }
    fclose(file);
    for (int at = 0; at < SECTIONS; at++)
        if (sections[at].data == NULL) fail(2, "the state file lacks a section '%s'", sections[at].name);
#define BIND_ARRAY(type, name) name = sections[AT_##name].data;
#define BIND_NUMBER(name) name = numberIn(AT_##name);
    STATE_ARRAYS(BIND_ARRAY)
    STATE_NUMBERS(BIND_NUMBER)
    passesToMake = (int32_t)sections[AT_changeFrom].length - 1;
    mmCapacity = (int32_t)sections[AT_slotItems].length;
    leavesPerMm = (int32_t)sections[AT_leafOf].length / mmCapacity;
}

void writeState(const char *path)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) fail(2, "cannot write '%s'", path);
#define STORE_NUMBER(name) *(double *)sections[AT_##name].data = name;
    STATE_NUMBERS(STORE_NUMBER)
    uint64_t count = SECTIONS;
    writeBytes(file, MAGIC, sizeof MAGIC - 1);
    writeBytes(file, &count, sizeof count);
    for (int at = 0; at < SECTIONS; at++) {
        const struct section *section = &sections[at];
        char name[NAME_BYTES] = {0};
        memcpy(name, section->name, strlen(section->name));
        writeBytes(file, name, sizeof name);
        writeBytes(file, &section->size, sizeof section->size);
        writeBytes(file, &section->length, sizeof section->length);
        writeBytes(file, section->data, paddedBytes(section));
    }
    if (fclose(file) != 0) fail(2, "'%s' cannot be written", path);
}
