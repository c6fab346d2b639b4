/* SPDX-License-Identifier: MIT */
/* Names, handles and reference counts: NF:wdm.ObReferenceObjectByHandle,
 * NF:wdm.ObfDereferenceObject, NF:wdm.ZwOpenSymbolicLinkObject, NF:wdm.ZwMakeTemporaryObject,
 * NF:ntifs.ObQueryNameString. */
#include "kernel_kit.h"

#include "bugcodes.h"
#include "ob/exports.h"

static POBJECT_TYPE thingType;
static unsigned deleted, closed, parsed;

static void
delete_thing(PVOID object)
{
    (void)object;
    deleted++;
}

static void
close_thing(PEPROCESS process, PVOID object, ACCESS_MASK access, ULONG processCount, ULONG count)
{
    (void)process;
    (void)object;
    (void)access;
    CHECK(processCount <= count);
    closed++;
}

static NTSTATUS
parse_thing(PVOID object,
            PVOID type,
            PACCESS_STATE accessState,
            KPROCESSOR_MODE mode,
            ULONG attributes,
            PUNICODE_STRING complete,
            PUNICODE_STRING remaining,
            PVOID context,
            PSECURITY_QUALITY_OF_SERVICE qos,
            PVOID *result)
{
    (void)type;
    (void)accessState;
    (void)mode;
    (void)attributes;
    (void)complete;
    (void)context;
    (void)qos;
    parsed++;
    if (remaining->Length != 0 && remaining->Buffer[0] != '\\')
    {
        return STATUS_OBJECT_NAME_INVALID;
    }
    ObReference(object);
    *result = object;
    return STATUS_SUCCESS;
}

static UNICODE_STRING
string(PCWSTR text)
{
    UNICODE_STRING s = {.Buffer = (PWSTR)text};
    while (text[s.Length / 2] != 0)
    {
        s.Length += 2;
    }
    s.MaximumLength = s.Length + 2;
    return s;
}

static void
make_type(OB_PARSE_METHOD parse)
{
    const OB_TYPE_INITIALIZER initializer = {.ValidAccessMask = 0x1f0003,
                                             .GenericMapping = {1, 2, 0, 0x1f0003},
                                             .MaintainHandleCount = TRUE,
                                             .UseDefaultObject = TRUE,
                                             .Delete = delete_thing,
                                             .Close = close_thing,
                                             .Parse = parse};
    CHECK_EQ(ObCreateObjectType(L"Thing", &initializer, MM_TAG('T', 'h', 'n', 'g'), &thingType),
             STATUS_SUCCESS);
}

static NTSTATUS
make_thing(PCWSTR name, ULONG attributes, ULONG references, PVOID *thing, PHANDLE handle)
{
    UNICODE_STRING s = name != NULL ? string(name) : (UNICODE_STRING){0};
    OBJECT_ATTRIBUTES a = {
        .Length = sizeof(a), .ObjectName = name != NULL ? &s : NULL, .Attributes = attributes};
    PVOID object;
    CHECK_EQ(ObCreateObject(thingType, &a, KernelMode, 64, &object), STATUS_SUCCESS);
    return ObInsertNewObject(object, GENERIC_READ, references, thing, handle);
}

static NTSTATUS
find(PCWSTR name, PVOID *object)
{
    const UNICODE_STRING s = string(name);
    return ObReferenceByName(&s, NULL, OBJ_CASE_INSENSITIVE, NULL, KernelMode, 0, NULL, object);
}

static void
temporary_body(void *context)
{
    HANDLE handle, second;
    PVOID object;
    (void)context;
    make_type(NULL);
    CHECK_EQ(make_thing(L"\\Device\\One", 0, 0, NULL, &handle), STATUS_SUCCESS);
    CHECK(!ObpIsKernelHandle(handle));
    CHECK_EQ(find(L"\\device\\ONE", &object), STATUS_SUCCESS);
    CHECK_EQ(ObHeader(object)->PointerCount, 3); /* name, handle, this */
    ObDereference(object);
    CHECK_EQ(make_thing(L"\\Device\\One", 0, 0, NULL, &second), STATUS_OBJECT_NAME_COLLISION);
    CHECK_EQ(deleted, 1);
    CHECK_EQ(make_thing(L"\\Device\\One", OBJ_OPENIF | OBJ_KERNEL_HANDLE, 0, NULL, &second),
             STATUS_OBJECT_NAME_EXISTS);
    CHECK(ObpIsKernelHandle(second));
    CHECK(ObLookupHandle(second, UserMode) == NULL && ObLookupHandle(second, KernelMode) != NULL);
    CHECK_EQ(ZwClose(handle), STATUS_SUCCESS);
    CHECK_EQ(find(L"\\Device\\One", &object), STATUS_SUCCESS);
    ObDereference(object);
    CHECK_EQ(ZwClose(second), STATUS_SUCCESS);
    CHECK_EQ(find(L"\\Device\\One", &object), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_EQ(deleted, 3);
    CHECK_EQ(closed, 2);
    CHECK_EQ(ZwClose(handle), STATUS_INVALID_HANDLE);
    CHECK_EQ(thingType->ObjectCount, 0);
}

static void
permanent_body(void *context)
{
    PVOID object, found;
    (void)context;
    make_type(NULL);
    CHECK_EQ(make_thing(L"\\Device\\Two", OBJ_PERMANENT, 1, &object, NULL), STATUS_SUCCESS);
    ObDereference(object);
    CHECK_EQ(deleted, 0);
    CHECK_EQ(find(L"\\Device\\Two", &found), STATUS_SUCCESS);
    CHECK(found == object);
    ObMakeTemporaryObject(found);
    CHECK_EQ(find(L"\\Device\\Two", &object), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_EQ(deleted, 0);
    ObfDereferenceObject(found);
    CHECK_EQ(deleted, 1);
    CHECK_EQ(find(L"\\Nowhere\\Two", &object), STATUS_OBJECT_PATH_NOT_FOUND);
    CHECK_EQ(find(L"Device", &object), STATUS_OBJECT_PATH_SYNTAX_BAD);
    CHECK_EQ(find(L"\\Device\\\\x", &object), STATUS_OBJECT_NAME_INVALID);
}

static void
links_body(void *context)
{
    PVOID object, found;
    (void)context;
    make_type(parse_thing);
    CHECK_EQ(make_thing(L"\\Device\\Three", OBJ_PERMANENT, 1, &object, NULL), STATUS_SUCCESS);
    const UNICODE_STRING name = string(L"\\DosDevices\\Drei");
    const UNICODE_STRING target = string(L"\\Device\\Three");
    CHECK_EQ(ObCreateLink(&name, &target), STATUS_SUCCESS);
    CHECK_EQ(ObCreateLink(&name, &target), STATUS_OBJECT_NAME_COLLISION);
    CHECK_EQ(find(L"\\??\\drei", &found), STATUS_SUCCESS);
    CHECK(found == object && parsed == 1);
    ObDereference(found);
    CHECK_EQ(find(L"\\GLOBAL??\\Global\\drei\\rest", &found), STATUS_SUCCESS);
    CHECK_EQ(parsed, 2);
    ObDereference(found);
    UNICODE_STRING loopName = string(L"\\??\\Loop");
    CHECK_EQ(ObCreateLink(&loopName, &loopName), STATUS_SUCCESS);
    CHECK_EQ(find(L"\\??\\Loop", &found), STATUS_OBJECT_NAME_NOT_FOUND);
    OBJECT_ATTRIBUTES a = {.Length = sizeof(a), .ObjectName = (PUNICODE_STRING)&name};
    HANDLE handle;
    WCHAR buffer[64];
    UNICODE_STRING text = {.Buffer = buffer, .MaximumLength = 4};
    ULONG length;
    CHECK_EQ(ZwOpenSymbolicLinkObject(&handle, GENERIC_READ, &a), STATUS_SUCCESS);
    CHECK_EQ(ZwQuerySymbolicLinkObject(handle, &text, &length), STATUS_BUFFER_TOO_SMALL);
    text.MaximumLength = sizeof(buffer);
    CHECK_EQ(ZwQuerySymbolicLinkObject(handle, &text, NULL), STATUS_SUCCESS);
    CHECK_EQ(text.Length, target.Length);
    CHECK_EQ(ZwClose(handle), STATUS_SUCCESS);
    CHECK_EQ(ObDeleteLink(&name), STATUS_SUCCESS);
    CHECK_EQ(find(L"\\??\\drei", &found), STATUS_OBJECT_NAME_NOT_FOUND);
    UCHAR info[200];
    CHECK_EQ(ObQueryNameString(object, (PVOID)info, 4, &length), STATUS_INFO_LENGTH_MISMATCH);
    CHECK_EQ(ObQueryNameString(object, (PVOID)info, length, &length), STATUS_SUCCESS);
    CHECK_EQ(((POBJECT_NAME_INFORMATION)info)->Name.Length, target.Length);
    CHECK(memcmp(((POBJECT_NAME_INFORMATION)info)->Name.Buffer, L"\\Device\\Three", 26) == 0);
}

static BOOLEAN
count_entry(const OB_ENUMERATION *entry, PVOID context)
{
    unsigned *count = context;
    const WCHAR expected[] = {'T', (WCHAR)('0' + *count / 1000), (WCHAR)('0' + *count / 100 % 10),
                              (WCHAR)('0' + *count / 10 % 10), (WCHAR)('0' + *count % 10)};
    CHECK(memcmp(entry->Name->Buffer, expected, sizeof(expected)) == 0);
    (*count)++;
    return TRUE;
}

static void
many_body(void *context)
{
    (void)context;
    make_type(NULL);
    CHECK_EQ(ObCreateBootDirectory(L"\\Many"), STATUS_SUCCESS);
    for (unsigned i = 0; i < 1000; i++)
    {
        const unsigned n = i * 7 % 1000;
        WCHAR name[] = L"\\Many\\T0000";
        name[7] = (WCHAR)('0' + n / 1000);
        name[8] = (WCHAR)('0' + n / 100 % 10);
        name[9] = (WCHAR)('0' + n / 10 % 10);
        name[10] = (WCHAR)('0' + n % 10);
        CHECK_EQ(make_thing(name, OBJ_PERMANENT, 0, NULL, NULL), STATUS_SUCCESS);
    }
    unsigned count = 0;
    CHECK_EQ(ObEnumerateDirectory(L"\\Many", count_entry, &count), STATUS_SUCCESS);
    CHECK_EQ(count, 1000);
}

static void
handles_body(void *context)
{
    HANDLE handles[500];
    PVOID object;
    (void)context;
    make_type(NULL);
    for (unsigned i = 0; i < 500; i++)
    {
        CHECK_EQ(make_thing(NULL, 0, 0, NULL, &handles[i]), STATUS_SUCCESS);
        CHECK_EQ((ULONG64)handles[i], (i + 1) * 4);
    }
    CHECK_EQ(ObReferenceObjectByHandle(handles[7], 2, thingType, UserMode, &object, NULL),
             STATUS_ACCESS_DENIED);
    CHECK_EQ(ObReferenceObjectByHandle(handles[7], 1, thingType, UserMode, &object, NULL),
             STATUS_SUCCESS);
    ObfDereferenceObject(object);
    CHECK_EQ(ObReferenceObjectByHandle(handles[7], 0, *PsThreadType, KernelMode, &object, NULL),
             STATUS_OBJECT_TYPE_MISMATCH);
    CHECK_EQ(ObReferenceObjectByHandle((HANDLE)4000, 0, NULL, KernelMode, &object, NULL),
             STATUS_INVALID_HANDLE);
    CHECK_EQ(ObReferenceObjectByHandle(NULL, 0, NULL, KernelMode, &object, NULL),
             STATUS_INVALID_HANDLE);
    CHECK_EQ(ObReferenceObjectByHandle((HANDLE)-1, 0, *PsProcessType, KernelMode, &object, NULL),
             STATUS_SUCCESS);
    CHECK(object == kitProcess);
    ObfDereferenceObject(object);
    ObCloseAllHandles(&kitProcess->Ob);
    CHECK_EQ(deleted, 500);
}

static void
deferred_body(void *context)
{
    PVOID object;
    HANDLE handle;
    (void)context;
    make_type(NULL);
    CHECK_EQ(make_thing(NULL, 0, 1, &object, &handle), STATUS_SUCCESS);
    ZwClose(handle);
    const KIRQL irql = KfRaiseIrql(DISPATCH_LEVEL);
    CHECK_EQ(ObfDereferenceObject(object), 0);
    CHECK_EQ(deleted, 0);
    KeLowerIrql(irql);
    LARGE_INTEGER delay = {.QuadPart = -10000};
    KeDelayExecutionThread(KernelMode, FALSE, &delay);
    CHECK_EQ(deleted, 1);
}

static void
over_dereference_body(void *context)
{
    HANDLE handle;
    PVOID object;
    (void)context;
    make_type(NULL);
    CHECK_EQ(make_thing(NULL, 0, 1, &object, &handle), STATUS_SUCCESS);
    ObfDereferenceObject(object);
    ObfDereferenceObject(object);
}

static void
dead_object_body(void *context)
{
    HANDLE handle;
    PVOID object;
    (void)context;
    make_type(NULL);
    CHECK_EQ(make_thing(NULL, 0, 1, &object, &handle), STATUS_SUCCESS);
    ZwClose(handle);
    ObfDereferenceObject(object);
    host_unpoison(ObHeader(object), sizeof(OBJECT_HEADER));
    ObfReferenceObject(object);
}

static void
good(void **state)
{
    (void)state;
    kit_run(temporary_body);
    kit_run(permanent_body);
    kit_run(links_body);
    kit_run(many_body);
    kit_run(handles_body);
    kit_run(deferred_body);
}

static void
bad_references(void **state)
{
    (void)state;
    kit_bugcheck(over_dereference_body, REFERENCE_BY_POINTER, 0, 0);
    kit_bugcheck(dead_object_body, REFERENCE_BY_POINTER, 0, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(bad_references)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
