/* SPDX-License-Identifier: MIT */
/*
 * ob: object types, reference counts, names, handles. What other folders may use.
 * No lock: nothing here blocks between reading and changing a table. Procedures of a type run at
 * PASSIVE_LEVEL in the thread that caused them, except Delete, which a worker runs when the last
 * reference went away at raised IRQL.
 */
#ifndef OB_OB_H
#define OB_OB_H

#include "ntddk.h"

#include "ke/ke.h"
#include "mm/mm.h"

#include "ob/exports.h"

/* ---- types -------------------------------------------------------------------------------- */

typedef enum _OB_OPEN_REASON
{
    ObCreateHandle,
    ObOpenHandle,
    ObDuplicateHandle,
    ObInheritHandle
} OB_OPEN_REASON;

/* A new handle in Process. A failure undoes it. HandleCount counts the new one. */
typedef NTSTATUS (*OB_OPEN_METHOD)(OB_OPEN_REASON Reason,
                                   PEPROCESS Process,
                                   PVOID Object,
                                   ACCESS_MASK GrantedAccess,
                                   ULONG HandleCount);

/* A handle went away. Counts are those before it did: 1 means the last one (of the process, at
 * all). */
typedef void (*OB_CLOSE_METHOD)(PEPROCESS Process,
                                PVOID Object,
                                ACCESS_MASK GrantedAccess,
                                ULONG ProcessHandleCount,
                                ULONG SystemHandleCount);

/* The last reference went away; the memory is freed on return. */
typedef void (*OB_DELETE_METHOD)(PVOID Object);

/* Name lookup reached ParseObject with RemainingName left (may be empty; starts with '\'
 * otherwise). Returns STATUS_SUCCESS and a referenced object, or STATUS_REPARSE with a new absolute
 * path in CompleteName->Buffer (from MmAllocatePool(PagedPool..., OB_NAME_TAG); ob frees it and the
 * old one), or an error. Context is the caller's ParseContext. */
typedef NTSTATUS (*OB_PARSE_METHOD)(PVOID ParseObject,
                                    PVOID ObjectType,
                                    PACCESS_STATE AccessState,
                                    KPROCESSOR_MODE AccessMode,
                                    ULONG Attributes,
                                    PUNICODE_STRING CompleteName,
                                    PUNICODE_STRING RemainingName,
                                    PVOID Context,
                                    PSECURITY_QUALITY_OF_SERVICE SecurityQos,
                                    PVOID *Object);

/* Full name of an object whose name is not (only) in the name space. */
typedef NTSTATUS (*OB_QUERYNAME_METHOD)(PVOID Object,
                                        BOOLEAN HasObjectName,
                                        POBJECT_NAME_INFORMATION Information,
                                        ULONG Length,
                                        PULONG ReturnLength,
                                        KPROCESSOR_MODE Mode);

/* FALSE: the handle must not be closed now. */
typedef BOOLEAN (*OB_OKAYTOCLOSE_METHOD)(PEPROCESS Process,
                                         PVOID Object,
                                         HANDLE Handle,
                                         KPROCESSOR_MODE PreviousMode);

/* One line about the object for the `objects` command and reports. */
typedef void (*OB_DUMP_METHOD)(PVOID Object, char *Line, SIZE_T LineSize);

typedef struct _OB_TYPE_INITIALIZER
{
    ULONG ValidAccessMask;
    GENERIC_MAPPING GenericMapping;
    BOOLEAN MaintainHandleCount; /* per-process counts are kept for Close */
    BOOLEAN UseDefaultObject;    /* not waitable: waits return at once */
    BOOLEAN SecurityRequired;    /* also unnamed objects have a descriptor */
    BOOLEAN ObjectCallbacks;     /* drivers may watch its handles (ObRegisterCallbacks) */
    ULONG WaitOffset;            /* offset of the DISPATCHER_HEADER in the object, when waitable */
    OB_DUMP_METHOD Dump;
    OB_OPEN_METHOD Open;
    OB_CLOSE_METHOD Close;
    OB_DELETE_METHOD Delete;
    OB_PARSE_METHOD Parse;
    OB_QUERYNAME_METHOD QueryName;
    OB_OKAYTOCLOSE_METHOD OkayToClose;
    PVOID (*Secured)(PVOID Object); /* the object whose descriptor protects this one */
} OB_TYPE_INITIALIZER;

/* Names the type struct of wdm.h (POBJECT_TYPE); its content is ours. */
struct _OBJECT_TYPE
{
    LIST_ENTRY TypeListEntry;
    UNICODE_STRING Name;
    ULONG Index; /* 1, 2, ... in order of creation */
    ULONG ObjectCount;
    ULONG HandleCount;
    ULONG Key; /* pool tag */
    OB_TYPE_INITIALIZER Info;
    LIST_ENTRY ObjectList; /* OBJECT_HEADER.TypeEntry */
};

NTSTATUS
ObCreateObjectType(_In_ PCWSTR Name,
                   _In_ const OB_TYPE_INITIALIZER *Initializer,
                   _In_ ULONG Tag,
                   _Out_ POBJECT_TYPE *Type);

/* ---- objects ------------------------------------------------------------------------------ */

struct _OB_DIRECTORY;

typedef struct _OBJECT_HEADER
{
    LONG64 PointerCount;
    LONG64 HandleCount;
    POBJECT_TYPE Type;
    LIST_ENTRY TypeEntry;
    struct _OB_DIRECTORY *Directory; /* where the name is entered; referenced */
    UNICODE_STRING Name;             /* last component; empty when unnamed */
    LIST_ENTRY DirectoryEntry;       /* in Directory, by insertion */
    struct _OBJECT_HEADER *HashNext;
    PSECURITY_DESCRIPTOR SecurityDescriptor;
    PVOID Creator;                     /* return address in the driver that created it, or NULL */
    struct _OBJECT_HEADER *DeleteNext; /* queue of deferred deletions */
    HANDLE CreateRoot;                 /* what Name is relative to, until inserted */
    ULONG CreateAttributes;
    ULONG Signature; /* OB_SIGNATURE while the object exists */
    ULONG Size;      /* of the body */
    USHORT Flags;    /* OB_FLAG_... */
    USHORT Spare;
    ULONG Spare2;
} OBJECT_HEADER, *POBJECT_HEADER;

C_ASSERT(sizeof(OBJECT_HEADER) % 16 == 0);

#define OB_FLAG_PERMANENT 0x0001
#define OB_FLAG_NEW       0x0004 /* created, not inserted */
#define OB_FLAG_EXCLUSIVE 0x0008
#define OB_FLAG_USER      0x0020 /* created for user mode */
#define OB_FLAG_DELETED   0x0010 /* Delete runs or has run */

#define OB_SIGNATURE 0x6a624f21u

#define OB_NAME_TAG MM_TAG('O', 'b', 'N', 'm')

static inline POBJECT_HEADER
ObHeader(const void *Object)
{
    return (POBJECT_HEADER)Object - 1;
}

static inline PVOID
ObBody(POBJECT_HEADER Header)
{
    return Header + 1;
}

/* A zeroed object of Size bytes with one reference. ObjectAttributes may be NULL; its name is kept
 * for ObInsertObject. The memory of the object is nonpaged. */
NTSTATUS
ObCreateObject(_In_ POBJECT_TYPE Type,
               _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
               _In_ KPROCESSOR_MODE AccessMode,
               _In_ SIZE_T Size,
               _Out_ PVOID *Object);

/* Enters the object's name into the name space and, if Handle is not NULL, makes a handle. Consumes
 * the caller's reference, on failure and also on success: what is left is one reference for the
 * name, one for the handle, and AdditionalReferences for the caller (added on success). With
 * OBJ_OPENIF and an existing object of the same type: STATUS_OBJECT_NAME_EXISTS and a handle to
 * that one. */
NTSTATUS
ObInsertNewObject(_In_ PVOID Object,
                  _In_ ACCESS_MASK DesiredAccess,
                  _In_ ULONG AdditionalReferences,
                  _Out_opt_ PVOID *NewObject,
                  _Out_opt_ PHANDLE Handle);

/* Creates a handle to an object that parsing created (files). Attributes: OBJ_KERNEL_HANDLE, ... */
NTSTATUS
ObCreateHandleForObject(_In_ PVOID Object,
                        _In_ OB_OPEN_REASON Reason,
                        _In_ ACCESS_MASK GrantedAccess,
                        _In_ ULONG Attributes,
                        _Out_ PHANDLE Handle);

/* Opens by name: walks directories, links and parse procedures. Type NULL: any. */
NTSTATUS
ObOpenByName(_In_ POBJECT_ATTRIBUTES ObjectAttributes,
             _In_opt_ POBJECT_TYPE Type,
             _In_ KPROCESSOR_MODE AccessMode,
             _In_ ACCESS_MASK DesiredAccess,
             _In_opt_ PVOID ParseContext,
             _Out_ PHANDLE Handle);

/* As ObOpenByName, giving a reference instead of a handle. */
NTSTATUS
ObReferenceByName(_In_ PCUNICODE_STRING Name,
                  _In_opt_ HANDLE RootDirectory,
                  _In_ ULONG Attributes,
                  _In_opt_ POBJECT_TYPE Type,
                  _In_ KPROCESSOR_MODE AccessMode,
                  _In_ ACCESS_MASK DesiredAccess,
                  _In_opt_ PVOID ParseContext,
                  _Out_ PVOID *Object);

/* Makes the object temporary: its name, and the reference the name has, go once no handle is left.
 * Same as ObMakeTemporaryObject. */
void ObMakeTemporary(_In_ PVOID Object);

/* Takes the name out of the name space at once, and drops the reference it had (IoDeleteDevice). */
void ObRemoveName(_In_ PVOID Object);

static inline void
ObReference(_In_ PVOID Object)
{
    ObHeader(Object)->PointerCount++;
}

/* Drops a reference; see ObfDereferenceObject. Dropping one too many is bug check 0x18. */
void ObDereference(_In_ PVOID Object);

/* Full path as Windows prints it ("\Device\Foo"). Length 0: unnamed. Truncates to fit. */
void ObQueryPath(_In_ PVOID Object, _Out_ PUNICODE_STRING Path);

/* ---- handles ------------------------------------------------------------------------------ */

typedef struct _OB_HANDLE_ENTRY
{
    POBJECT_HEADER Object; /* NULL: free */
    ACCESS_MASK GrantedAccess;
    ULONG Attributes; /* OBJ_INHERIT, OB_HANDLE_PROTECT; next free index while free */
    PVOID Creator;    /* return address in the driver that made the handle, or NULL */
} OB_HANDLE_ENTRY, *POB_HANDLE_ENTRY;

#define OB_HANDLE_PROTECT 0x00000001 /* must not be closed */

typedef struct _OB_HANDLE_TABLE
{
    POB_HANDLE_ENTRY Entries; /* [0] is never used */
    ULONG Count;
    ULONG FirstFree;
    ULONG Used;
} OB_HANDLE_TABLE, *POB_HANDLE_TABLE;

/* A process as ob sees it; ps adds to it. */
typedef struct _OB_PROCESS
{
    MM_PROCESS Mm;
    OB_HANDLE_TABLE Handles;
} OB_PROCESS, *POB_PROCESS;

/* The kernel's handles: those of the system process. Recognisable: bit 31 and all above are set. */
extern POB_PROCESS ObSystemProcess;

#define OB_KERNEL_HANDLE_BITS 0xffffffff80000000ull

static inline BOOLEAN
ObpIsKernelHandle(HANDLE Handle)
{
    ULONG64 value = (ULONG64)Handle;
    return (value & OB_KERNEL_HANDLE_BITS) == OB_KERNEL_HANDLE_BITS && value < (ULONG64)-8;
}

/* The hot path: handle to entry, in the current process or the kernel's table. NULL when invalid,
 * or when user mode names a kernel handle. Pseudo handles (-1, -2) are not entries. */
static inline POB_HANDLE_ENTRY
ObLookupHandle(HANDLE Handle, KPROCESSOR_MODE AccessMode)
{
    POB_HANDLE_TABLE table = &((POB_PROCESS)KiCurrentThread()->ApcProcess)->Handles;
    ULONG64 value = (ULONG64)Handle;
    if (__builtin_expect((value & OB_KERNEL_HANDLE_BITS) != 0, 0))
    {
        if (AccessMode != KernelMode || !ObpIsKernelHandle(Handle))
        {
            return NULL;
        }
        table = &ObSystemProcess->Handles;
        value &= ~OB_KERNEL_HANDLE_BITS;
    }
    value >>= 2;
    if (value >= table->Count || table->Entries[value].Object == NULL)
    {
        return NULL;
    }
    return &table->Entries[value];
}

/* As ObCreateHandleForObject, in the table of Process; Source is where it was duplicated from. */
NTSTATUS
ObCreateHandleInProcess(_In_ POB_PROCESS Source,
                        _In_ POB_PROCESS Process,
                        _In_ PVOID Object,
                        _In_ OB_OPEN_REASON Reason,
                        _In_ ACCESS_MASK GrantedAccess,
                        _In_ ULONG Attributes,
                        _Out_ PHANDLE Handle);

/* Gives Child, which has no handles yet, those of Parent with OBJ_INHERIT, with the same values. */
NTSTATUS
ObInheritHandles(_In_ POB_PROCESS Parent, _Inout_ POB_PROCESS Child);

/* Routines of ObRegisterCallbacks, until FALSE (unload reports). */
void ObForEachObserver(BOOLEAN (*Routine)(PVOID Function, PVOID Context), PVOID Context);

/* Closes every handle of a process that ends. */
void ObCloseAllHandles(_In_ POB_PROCESS Process);

NTSTATUS
ObCloseHandleInProcess(_In_ POB_PROCESS Process, _In_ HANDLE Handle, _In_ KPROCESSOR_MODE Mode);

/* ps: how many handles Process has to Object. */
ULONG
ObProcessHandleCount(_In_ POB_PROCESS Process, _In_ PVOID Object);

/* Every handle of Process, until FALSE (handle leaks of drivers). */
void ObForEachHandle(_In_ POB_PROCESS Process,
                     BOOLEAN (*Routine)(HANDLE Handle, const OB_HANDLE_ENTRY *Entry, PVOID Context),
                     PVOID Context);

/* se decides what access an object's security descriptor grants; NULL: everything that is valid. */
extern NTSTATUS (*ObAccessCheck)(_In_opt_ PSECURITY_DESCRIPTOR Descriptor,
                                 _In_ ACCESS_MASK Desired,
                                 _In_ const GENERIC_MAPPING *Mapping,
                                 _In_ ULONG ValidMask,
                                 _In_ KPROCESSOR_MODE AccessMode,
                                 _Out_ PACCESS_MASK Granted);

/* What ACCESS_STATE.AuxData points at. */
typedef struct _OB_AUX_DATA
{
    PPRIVILEGE_SET PrivilegesUsed; /* the state's own, or from pool (PrivilegesAllocated) */
    GENERIC_MAPPING GenericMapping;
} OB_AUX_DATA, *POB_AUX_DATA;

/* What else ob asks of se; all NULL until se has started. */
typedef struct _OB_SECURITY_HOOKS
{
    /* A self-relative copy of a descriptor of Mode's memory. */
    NTSTATUS (*Capture)(PSECURITY_DESCRIPTOR Descriptor,
                        KPROCESSOR_MODE Mode,
                        PSECURITY_DESCRIPTOR *Copy);
    /* The descriptor of a new object in a container with Parent. */
    NTSTATUS (*Assign)(PSECURITY_DESCRIPTOR Parent,
                       PSECURITY_DESCRIPTOR Explicit,
                       BOOLEAN Container,
                       const GENERIC_MAPPING *Mapping,
                       KPROCESSOR_MODE Mode,
                       PSECURITY_DESCRIPTOR *Descriptor);
    /* Does the current thread hold SE_..._PRIVILEGE? */
    BOOLEAN (*HasPrivilege)(ULONG Privilege);
    VOID(NTAPI *CaptureSubject)(PSECURITY_SUBJECT_CONTEXT Subject);
    VOID(NTAPI *ReleaseState)(PACCESS_STATE State);
} OB_SECURITY_HOOKS;

extern OB_SECURITY_HOOKS ObSecurity;

/* The object whose descriptor protects Object: itself, or a file's device. */
static inline PVOID
ObSecured(_In_ PVOID Object)
{
    const POBJECT_TYPE type = ObHeader(Object)->Type;
    return type->Info.Secured == NULL ? Object : type->Info.Secured(Object);
}

static inline PSECURITY_DESCRIPTOR *
ObSecurityOf(_In_ PVOID Object)
{
    return &ObHeader(ObSecured(Object))->SecurityDescriptor;
}

/* May the callbacks of a driver at Function be registered: is it in an image that was linked with
 * /INTEGRITYCHECK? NULL: everywhere. */
extern BOOLEAN (*ObMayRegisterCallback)(PVOID Function);

/* ps hands its current process/thread pseudo handles to ob. Returns a body without reference. */
extern PVOID (*ObPseudoHandle)(HANDLE Handle);

/* ---- name space --------------------------------------------------------------------------- */

typedef struct _OB_ENUMERATION
{
    PCUNICODE_STRING Name;
    PVOID Object;
    POBJECT_TYPE Type;
    UNICODE_STRING LinkTarget; /* symbolic links only */
} OB_ENUMERATION;

/* Calls Routine for the entries of a directory, sorted by name without case, until FALSE. */
NTSTATUS
ObEnumerateDirectory(_In_ PCWSTR Path,
                     BOOLEAN (*Routine)(const OB_ENUMERATION *Entry, PVOID Context),
                     PVOID Context);

/* Every object of Type in order of creation, until FALSE (unload reports). */
void ObEnumerateType(_In_ POBJECT_TYPE Type,
                     BOOLEAN (*Routine)(PVOID Object, PVOID Context),
                     PVOID Context);

/* Registered routines of callback objects, until FALSE (unload reports). */
void
ObForEachCallback(BOOLEAN (*Routine)(PVOID Function, PVOID Caller, PVOID Context), PVOID Context);

/* Creates a permanent directory (boot). */
NTSTATUS
ObCreateBootDirectory(_In_ PCWSTR Path);

/* Creates or removes a permanent symbolic link (IoCreateSymbolicLink, IoDeleteSymbolicLink). */
NTSTATUS
ObCreateLink(_In_ PCUNICODE_STRING Name, _In_ PCUNICODE_STRING Target);

NTSTATUS
ObDeleteLink(_In_ PCUNICODE_STRING Name);

/* Needs mm; ps sets ObSystemProcess before the first handle. */
NTSTATUS
ObInitSystem(void);

extern POBJECT_TYPE ObTypeObjectType;
extern POBJECT_TYPE ObDirectoryObjectType;
extern POBJECT_TYPE ObSymbolicLinkObjectType;

#endif
