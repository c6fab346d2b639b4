/* SPDX-License-Identifier: MIT */
/*
 * The keys that every machine has, and the registry as the rest of the kernel sees it: without
 * handles and without callbacks. PASSIVE_LEVEL.
 */
#include "cmp.h"

#include "rtl/rtl.h"

#define CMP_SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"

/* ---- paths -------------------------------------------------------------------------------- */

/* Follows Path from the root, through links; with Create, makes what is missing. */
static NTSTATUS
CmpWalkInternal(PCUNICODE_STRING Path, BOOLEAN Create, PCMP_NODE *Found)
{
    static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"SymbolicLinkValue");
    UNICODE_STRING rest = *Path, name;
    PCMP_NODE node = CmpRoot;
    if (!CmpNextName(&rest, &name) || CmpCompare(&name, &CmpRoot->Name) != 0)
    {
        return STATUS_OBJECT_PATH_NOT_FOUND;
    }
    while (CmpNextName(&rest, &name))
    {
        PCMP_NODE child = CmpFindChild(node, &name);
        if (name.Length > CMP_MAX_NAME)
        {
            return STATUS_INVALID_PARAMETER;
        }
        if (child == NULL)
        {
            const NTSTATUS status =
                !Create ? STATUS_OBJECT_NAME_NOT_FOUND
                : (node->Flags & CMP_FIXED)
                    ? STATUS_INVALID_PARAMETER
                    : CmpCreateNode(node, &name, node->Flags & CMP_VOLATILE, &child);
            if (!NT_SUCCESS(status))
            {
                return status;
            }
        }
        else if (child->Flags & CMP_LINK)
        {
            /* The kernel's own links lead to keys without links on the way. */
            const CMP_VALUE *value = CmpFindValue(child, &linkName);
            UNICODE_STRING target = {0};
            if (value != NULL)
            {
                target.Buffer = (PWSTR)value->Data;
                target.Length = target.MaximumLength = (USHORT)value->Size;
            }
            const NTSTATUS status = value == NULL ? STATUS_OBJECT_NAME_NOT_FOUND
                                                  : CmpWalkInternal(&target, FALSE, &child);
            if (!NT_SUCCESS(status))
            {
                return status;
            }
        }
        node = child;
    }
    *Found = node;
    return STATUS_SUCCESS;
}

NTSTATUS
CmSetValue(PCUNICODE_STRING Path,
           PCUNICODE_STRING ValueName,
           ULONG Type,
           const void *Data,
           ULONG Size)
{
    PCMP_NODE node;
    BOOLEAN changed = FALSE;
    NTSTATUS status = CmpWalkInternal(Path, TRUE, &node);
    if (NT_SUCCESS(status) && ValueName != NULL)
    {
        status = CmpSetNodeValue(node, ValueName, Type, Data, Size, &changed);
        if (changed)
        {
            CmpReportChange(node, REG_NOTIFY_CHANGE_LAST_SET);
        }
    }
    return status;
}

static void
CmpDeleteTree(PCMP_NODE Node)
{
    while (Node->ChildCount != 0)
    {
        CmpDeleteTree(Node->Children[Node->ChildCount - 1]);
    }
    CmpReferenceNode(Node);
    CmpDeleteNode(Node);
    CmpNodeDeleted(Node);
    CmpDereferenceNode(Node);
}

NTSTATUS
CmDelete(PCUNICODE_STRING Path, PCUNICODE_STRING ValueName)
{
    PCMP_NODE node;
    NTSTATUS status = CmpWalkInternal(Path, FALSE, &node);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (ValueName != NULL)
    {
        PCMP_VALUE value = CmpFindValue(node, ValueName);
        if (value == NULL)
        {
            return STATUS_OBJECT_NAME_NOT_FOUND;
        }
        CmpDeleteNodeValue(node, value);
        CmpReportChange(node, REG_NOTIFY_CHANGE_LAST_SET);
        return STATUS_SUCCESS;
    }
    if (node->Flags & (CMP_ROOT | CMP_FIXED))
    {
        return STATUS_CANNOT_DELETE;
    }
    PCMP_NODE parent = node->Parent;
    CmpDeleteTree(node);
    CmpReportChange(parent, REG_NOTIFY_CHANGE_NAME);
    return STATUS_SUCCESS;
}

NTSTATUS
CmForEachEntry(PCUNICODE_STRING Path,
               BOOLEAN (*Routine)(const CM_ENTRY *Entry, PVOID Context),
               PVOID Context)
{
    PCMP_NODE node;
    const NTSTATUS status = CmpWalkInternal(Path, FALSE, &node);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    for (ULONG index = 0; index < node->ValueCount; index++)
    {
        const CMP_VALUE *value = &node->Values[index];
        const CM_ENTRY entry = {
            .Name = &value->Name, .Type = value->Type, .Data = value->Data, .Size = value->Size};
        if (!Routine(&entry, Context))
        {
            return STATUS_SUCCESS;
        }
    }
    for (ULONG index = 0; index < node->ChildCount; index++)
    {
        const CM_ENTRY entry = {.Name = &node->Children[index]->Name, .Type = ~0u, .IsKey = TRUE};
        if (!Routine(&entry, Context))
        {
            return STATUS_SUCCESS;
        }
    }
    return STATUS_SUCCESS;
}

/* ---- services ----------------------------------------------------------------------------- */

static NTSTATUS
CmpSetIfMissing(PCMP_NODE Node, PCWSTR Name, ULONG Type, const void *Data, ULONG Size)
{
    UNICODE_STRING name;
    BOOLEAN changed;
    RtlInitUnicodeString(&name, Name);
    return CmpFindValue(Node, &name) != NULL
               ? STATUS_SUCCESS
               : CmpSetNodeValue(Node, &name, Type, Data, Size, &changed);
}

/* "\SystemRoot\System32\drivers\<last part>"; a byte becomes a character. */
static ULONG
CmpImagePath(const char *FileName, PWSTR Buffer, ULONG Count)
{
    static const WCHAR directory[] = L"\\SystemRoot\\System32\\drivers\\";
    const char *name = FileName;
    ULONG length = 0;
    for (const char *c = FileName; *c != 0; c++)
    {
        name = *c == '/' || *c == '\\' ? c + 1 : name;
    }
    while (directory[length] != 0)
    {
        Buffer[length] = directory[length];
        length++;
    }
    while (*name != 0 && length < Count - 1)
    {
        Buffer[length++] = (UCHAR)*name++;
    }
    Buffer[length++] = 0;
    return length * (ULONG)sizeof(WCHAR);
}

NTSTATUS
CmCreateService(PCUNICODE_STRING ServiceName, const char *FileName)
{
    static UNICODE_STRING services = RTL_CONSTANT_STRING(CMP_SERVICES);
    static UNICODE_STRING parameters = RTL_CONSTANT_STRING(L"Parameters");
    const ULONG type = SERVICE_KERNEL_DRIVER, start = SERVICE_DEMAND_START,
                error = SERVICE_ERROR_NORMAL;
    WCHAR image[300];
    PCMP_NODE parent, node, child;
    NTSTATUS status = CmpWalkInternal(&services, TRUE, &parent);
    if (!NT_SUCCESS(status) || ServiceName->Length == 0)
    {
        return status;
    }
    node = CmpFindChild(parent, ServiceName);
    if (node == NULL)
    {
        status = CmpCreateNode(parent, ServiceName, 0, &node);
    }
    if (NT_SUCCESS(status) && CmpFindChild(node, &parameters) == NULL)
    {
        status = CmpCreateNode(node, &parameters, 0, &child);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = CmpSetIfMissing(node, L"Type", REG_DWORD, &type, sizeof(type));
    if (NT_SUCCESS(status))
    {
        status = CmpSetIfMissing(node, L"Start", REG_DWORD, &start, sizeof(start));
    }
    if (NT_SUCCESS(status))
    {
        status = CmpSetIfMissing(node, L"ErrorControl", REG_DWORD, &error, sizeof(error));
    }
    if (NT_SUCCESS(status) && FileName != NULL)
    {
        const ULONG size = CmpImagePath(FileName, image, RTL_NUMBER_OF(image));
        status = CmpSetIfMissing(node, L"ImagePath", REG_EXPAND_SZ, image, size);
    }
    if (NT_SUCCESS(status) && ServiceName->Length < sizeof(image))
    {
        __builtin_memcpy(image, ServiceName->Buffer, ServiceName->Length);
        image[ServiceName->Length / sizeof(WCHAR)] = 0;
        status = CmpSetIfMissing(node, L"DisplayName", REG_SZ, image,
                                 ServiceName->Length + (ULONG)sizeof(WCHAR));
    }
    return status;
}

/* ---- boot --------------------------------------------------------------------------------- */

typedef struct _CMP_BOOT_VALUE
{
    PCWSTR Path; /* NULL: that of the value before */
    PCWSTR Name; /* NULL: only the key */
    PCWSTR Text; /* NULL: a REG_DWORD */
    ULONG Number;
} CMP_BOOT_VALUE;

#define CMP_CONTROL L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\"

static const CMP_BOOT_VALUE CmpBootValues[] = {
    {L"\\Registry\\Machine\\System\\Select", L"Current", NULL, 1},
    {NULL, L"Default", NULL, 1},
    {NULL, L"Failed", NULL, 0},
    {NULL, L"LastKnownGood", NULL, 1},
    {L"\\Registry\\Machine\\System\\Setup", L"SystemSetupInProgress", NULL, 0},
    {L"\\Registry\\Machine\\System\\CurrentControlSet\\Services", NULL, NULL, 0},
    {L"\\Registry\\Machine\\System\\CurrentControlSet\\Enum", NULL, NULL, 0},
    {L"\\Registry\\Machine\\System\\CurrentControlSet\\Hardware Profiles\\0001", NULL, NULL, 0},
    {CMP_CONTROL L"Class", NULL, NULL, 0},
    {CMP_CONTROL L"DeviceClasses", NULL, NULL, 0},
    {CMP_CONTROL L"ServiceGroupOrder", NULL, NULL, 0},
    {CMP_CONTROL L"GroupOrderList", NULL, NULL, 0},
    {CMP_CONTROL L"CrashControl", L"CrashDumpEnabled", NULL, 0},
    {CMP_CONTROL L"Power", NULL, NULL, 0},
    {CMP_CONTROL L"WMI\\Security", NULL, NULL, 0},
    {CMP_CONTROL L"ProductOptions", L"ProductType", L"WinNT", 0},
    {CMP_CONTROL L"ComputerName\\ComputerName", L"ComputerName", L"OPENWDM", 0},
    {CMP_CONTROL L"Session Manager", L"ProtectionMode", NULL, 1},
    {CMP_CONTROL L"Session Manager\\Memory Management", L"ClearPageFileAtShutdown", NULL, 0},
    {CMP_CONTROL L"Session Manager\\Environment", L"OS", L"Windows_NT", 0},
    {NULL, L"PROCESSOR_ARCHITECTURE", L"AMD64", 0},
    {NULL, L"windir", L"C:\\Windows", 0},
    {CMP_CONTROL L"Windows", L"SystemDirectory", L"C:\\Windows\\system32", 0},
    {L"\\Registry\\Machine\\Software\\Classes", NULL, NULL, 0},
    {L"\\Registry\\Machine\\Software\\Policies", NULL, NULL, 0},
    {L"\\Registry\\Machine\\Software\\Microsoft\\Windows\\CurrentVersion", NULL, NULL, 0},
    {L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion", L"SystemRoot",
     L"C:\\Windows", 0},
    {NULL, L"ProductName", L"Windows 10 Pro", 0},
    {NULL, L"CurrentVersion", L"6.3", 0},
    {L"\\Registry\\Machine\\Hardware\\Description\\System", L"Identifier", L"AT/AT COMPATIBLE", 0},
    {L"\\Registry\\Machine\\Hardware\\Description\\System\\CentralProcessor\\0", L"FeatureSet",
     NULL, 0},
    {L"\\Registry\\Machine\\Hardware\\DeviceMap", NULL, NULL, 0},
    {L"\\Registry\\Machine\\Hardware\\ResourceMap", NULL, NULL, 0},
    {L"\\Registry\\User\\.Default\\Software", NULL, NULL, 0},
};

static NTSTATUS
CmpBootSet(PCWSTR Path, PCWSTR Name, PCWSTR Text, ULONG Number)
{
    UNICODE_STRING path, name, text;
    RtlInitUnicodeString(&path, Path);
    if (Name == NULL)
    {
        return CmSetValue(&path, NULL, 0, NULL, 0);
    }
    RtlInitUnicodeString(&name, Name);
    if (Text == NULL)
    {
        return CmSetValue(&path, &name, REG_DWORD, &Number, sizeof(Number));
    }
    RtlInitUnicodeString(&text, Text);
    return CmSetValue(&path, &name, REG_SZ, Text, text.Length + (ULONG)sizeof(WCHAR));
}

/* The numbers that the machine was started with (`--os`). */
static NTSTATUS
CmpBootVersion(void)
{
    static const PCWSTR path =
        L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion";
    WCHAR text[12];
    UNICODE_STRING build = {0, sizeof(text) - sizeof(WCHAR), text};
    NTSTATUS status = CmpBootSet(path, L"CurrentMajorVersionNumber", NULL, RtlVersion.MajorVersion);
    if (NT_SUCCESS(status))
    {
        status = CmpBootSet(path, L"CurrentMinorVersionNumber", NULL, RtlVersion.MinorVersion);
    }
    if (NT_SUCCESS(status))
    {
        status = RtlIntegerToUnicodeString(RtlVersion.BuildNumber, 10, &build);
    }
    if (NT_SUCCESS(status))
    {
        text[build.Length / sizeof(WCHAR)] = 0;
        status = CmpBootSet(path, L"CurrentBuildNumber", text, 0);
    }
    return NT_SUCCESS(status) ? CmpBootSet(path, L"CurrentBuild", text, 0) : status;
}

/* \Registry\Machine and \Registry\User with the roots of their hives, and CurrentControlSet. */
static NTSTATUS
CmpBootHives(void)
{
    static const struct
    {
        PCWSTR Name;
        ULONG Flags;
        BOOLEAN User;
    } hives[] = {{L"HARDWARE", CMP_ROOT | CMP_VOLATILE, FALSE},
                 {L"SAM", CMP_ROOT, FALSE},
                 {L"SECURITY", CMP_ROOT, FALSE},
                 {L"SOFTWARE", CMP_ROOT, FALSE},
                 {L"SYSTEM", CMP_ROOT, FALSE},
                 {L".DEFAULT", CMP_ROOT, TRUE},
                 {L"S-1-5-18", CMP_ROOT, TRUE}};
    static UNICODE_STRING machineName = RTL_CONSTANT_STRING(L"MACHINE");
    static UNICODE_STRING userName = RTL_CONSTANT_STRING(L"USER");
    static UNICODE_STRING setName = RTL_CONSTANT_STRING(L"ControlSet001");
    static UNICODE_STRING currentName = RTL_CONSTANT_STRING(L"CurrentControlSet");
    static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"SymbolicLinkValue");
    static const WCHAR target[] = L"\\Registry\\Machine\\System\\ControlSet001";
    PCMP_NODE machine, user, node = NULL, system = NULL, link;
    BOOLEAN changed;
    NTSTATUS status = CmpCreateNode(CmpRoot, &machineName, CMP_FIXED | CMP_ROOT, &machine);
    if (NT_SUCCESS(status))
    {
        status = CmpCreateNode(CmpRoot, &userName, CMP_FIXED | CMP_ROOT, &user);
    }
    for (ULONG index = 0; NT_SUCCESS(status) && index < RTL_NUMBER_OF(hives); index++)
    {
        UNICODE_STRING name;
        RtlInitUnicodeString(&name, hives[index].Name);
        status =
            CmpCreateNode(hives[index].User ? user : machine, &name, hives[index].Flags, &node);
        system = hives[index].Name[1] == 'Y' ? node : system;
    }
    if (NT_SUCCESS(status))
    {
        status = CmpCreateNode(system, &setName, 0, &node);
    }
    if (NT_SUCCESS(status))
    {
        status = CmpCreateNode(system, &currentName, CMP_LINK | CMP_VOLATILE, &link);
    }
    return NT_SUCCESS(status) ? CmpSetNodeValue(link, &linkName, REG_LINK, target,
                                                sizeof(target) - sizeof(WCHAR), &changed)
                              : status;
}

NTSTATUS
CmInitSystem(void)
{
    NTSTATUS status = CmpInitKeys();
    PCWSTR path = NULL;
    if (NT_SUCCESS(status))
    {
        status = CmpBootHives();
    }
    for (ULONG index = 0; NT_SUCCESS(status) && index < RTL_NUMBER_OF(CmpBootValues); index++)
    {
        const CMP_BOOT_VALUE *value = &CmpBootValues[index];
        path = value->Path != NULL ? value->Path : path;
        status = CmpBootSet(path, value->Name, value->Text, value->Number);
    }
    return NT_SUCCESS(status) ? CmpBootVersion() : status;
}
