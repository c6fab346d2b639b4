/* SPDX-License-Identifier: MIT */
/*
 * Private to kernel/cm: keys as they are stored (nodes) and as they are opened (key objects).
 */
#ifndef CM_CMP_H
#define CM_CMP_H

#include "cm/cm.h"

#include "bugcodes.h"
#include "rtl/assert.h"
#include "rtl/ddi.h"

#define CMP_TAG      MM_TAG('C', 'M', ' ', ' ')
#define CMP_DATA_TAG MM_TAG('C', 'M', 'D', 'a')

#define CMP_MAX_NAME       512u   /* bytes of a key's name: 256 characters */
#define CMP_MAX_VALUE_NAME 32766u /* bytes of a value's name: 16,383 characters */
#define CMP_MAX_DEPTH      512u

/* ---- the tree (hive.c) -------------------------------------------------------------------- */

#define CMP_VOLATILE 0x01u
#define CMP_LINK     0x02u /* its value SymbolicLinkValue says where lookups go on */
#define CMP_DELETED  0x04u
#define CMP_FIXED    0x08u /* \Registry, \Registry\Machine, \Registry\User: no keys but hives */
#define CMP_ROOT     0x10u /* root of a hive: is not deleted or renamed */

typedef struct _CMP_VALUE
{
    UNICODE_STRING Name;
    ULONG Type;
    ULONG Size;
    PUCHAR Data; /* NULL when Size is 0 */
} CMP_VALUE, *PCMP_VALUE;

typedef struct _CMP_NODE
{
    ULONG References; /* one of the tree, one of each key object and notification */
    ULONG Flags;
    ULONG Id; /* what CmCallbackGetKeyObjectID tells drivers */
    struct _CMP_NODE *Parent;
    UNICODE_STRING Name;
    UNICODE_STRING Class;
    LARGE_INTEGER LastWriteTime;
    PSECURITY_DESCRIPTOR Security; /* self-relative; NULL grants everything */
    struct _CMP_NODE **Children;   /* stable ones first, each part sorted without case */
    ULONG ChildCount;
    ULONG ChildLimit;
    PCMP_VALUE Values; /* in the order they were first set */
    ULONG ValueCount;
    ULONG ValueLimit;
    ULONG Wow64Flags;
    ULONG ControlFlags;
} CMP_NODE, *PCMP_NODE;

extern PCMP_NODE CmpRoot;
extern POBJECT_TYPE CmpKeyObjectType;

static inline void
CmpReferenceNode(PCMP_NODE Node)
{
    Node->References++;
}

void CmpDereferenceNode(PCMP_NODE Node);

/* Without case. */
LONG CmpCompare(PCUNICODE_STRING A, PCUNICODE_STRING B);

NTSTATUS
CmpCopyString(PCUNICODE_STRING Source, PUNICODE_STRING Copy);

void CmpFreeString(PUNICODE_STRING String);

PCMP_NODE
CmpFindChild(PCMP_NODE Parent, PCUNICODE_STRING Name);

/* A new, empty key. The caller has checked names and rules. */
NTSTATUS
CmpCreateNode(PCMP_NODE Parent, PCUNICODE_STRING Name, ULONG Flags, PCMP_NODE *Node);

/* Takes a key without subkeys out of the tree; values go with it. */
void CmpDeleteNode(PCMP_NODE Node);

/* The name must be free. */
NTSTATUS
CmpRenameNode(PCMP_NODE Node, PCUNICODE_STRING Name);

PCMP_VALUE
CmpFindValue(PCMP_NODE Node, PCUNICODE_STRING Name);

/* *Changed is FALSE when the value had this type and data already. */
NTSTATUS
CmpSetNodeValue(PCMP_NODE Node,
                PCUNICODE_STRING Name,
                ULONG Type,
                const void *Data,
                ULONG Size,
                PBOOLEAN Changed);

void CmpDeleteNodeValue(PCMP_NODE Node, PCMP_VALUE Value);

/* "\REGISTRY\MACHINE\..." in pool with CMP_TAG. */
NTSTATUS
CmpFullName(PCMP_NODE Node, PUNICODE_STRING Name);

/* Splits the next component off Rest, past separators. FALSE: nothing is left. */
BOOLEAN
CmpNextName(PUNICODE_STRING Rest, PUNICODE_STRING Name);

/* ---- key objects (key.c) ------------------------------------------------------------------ */

typedef struct _CMP_KEY
{
    PCMP_NODE Node;
    LIST_ENTRY Notifications;  /* CMP_NOTIFY.KeyEntry: end with the last handle */
    LIST_ENTRY Contexts;       /* CMP_CONTEXT.Entry, callback.c */
    UNICODE_STRING ObjectName; /* what CmCallbackGetKeyObjectID gave out, kept until the end */
    ULONG HandleTags;
    BOOLEAN Opened; /* callbacks have been told of it */
} CMP_KEY, *PCMP_KEY;

/* How ZwOpenKey and ZwCreateKey talk to the parse procedure. */
typedef struct _CMP_PARSE
{
    BOOLEAN Create;
    ULONG Options;
    PUNICODE_STRING Class;
    PSECURITY_DESCRIPTOR SecurityDescriptor;
    ULONG Disposition;
} CMP_PARSE, *PCMP_PARSE;

NTSTATUS
CmpInitKeys(void);

/* The key behind a handle, referenced. STATUS_KEY_DELETED when it is gone. */
NTSTATUS
CmpReferenceKey(HANDLE Handle, ACCESS_MASK Access, PCMP_KEY *Key);

/* ---- notifications (notify.c) ------------------------------------------------------------- */

/* Something of the kind Filter has happened to Node. */
void CmpReportChange(PCMP_NODE Node, ULONG Filter);

/* All notifications of Key end with Status. */
void CmpEndNotifications(PCMP_KEY Key, NTSTATUS Status);

/* Node is deleted: whoever watches it learns so. */
void CmpNodeDeleted(PCMP_NODE Node);

/* ---- callbacks (callback.c) --------------------------------------------------------------- */

#define CMP_MAX_CALLBACKS 32u

/* One registry operation as the callbacks see it: the pre-notification's structure, and where in it
 * the two contexts are. */
typedef struct _CMP_OPERATION
{
    REG_NOTIFY_CLASS Pre;
    REG_NOTIFY_CLASS Post;
    PVOID Information;
    PVOID *CallContext;
    PVOID *ObjectContext;
    PCMP_KEY Key; /* whose ObjectContext; NULL for none */
    ULONG Called; /* callbacks that have had the pre-notification and allowed it */
    ULONG64 Cookies[CMP_MAX_CALLBACKS];
    PVOID Contexts[CMP_MAX_CALLBACKS];
} CMP_OPERATION, *PCMP_OPERATION;

extern ULONG CmpCallbackCount;

/* TRUE: go on with the operation. FALSE: *Status is what the caller returns. */
BOOLEAN
CmpPreCallbacks(PCMP_OPERATION Operation, NTSTATUS *Status);

/* Object is what post-notifications name. Returns the status for the caller. */
NTSTATUS
CmpPostCallbacks(PCMP_OPERATION Operation, PVOID Object, NTSTATUS Status);

/* Key dies: the contexts that callbacks gave it are handed back. */
void CmpCleanContexts(PCMP_KEY Key);

/* Fills an operation for a structure that has Object, CallContext and ObjectContext. */
#define CMP_OPERATION_INIT(Operation, Class, Info, TheKey)   \
    do                                                       \
    {                                                        \
        (Operation)->Pre = RegNtPre##Class;                  \
        (Operation)->Post = RegNtPost##Class;                \
        (Operation)->Information = (Info);                   \
        (Operation)->CallContext = &(Info)->CallContext;     \
        (Operation)->ObjectContext = &(Info)->ObjectContext; \
        (Operation)->Key = (TheKey);                         \
        (Operation)->Called = 0;                             \
    } while (0)

/* ---- answers (query.c) -------------------------------------------------------------------- */

/* Composes an answer of a fixed part and variable parts: what fits is written. */
typedef struct _CMP_ANSWER
{
    PUCHAR Buffer;
    ULONG Length;
    ULONG Required;
} CMP_ANSWER, *PCMP_ANSWER;

#endif
