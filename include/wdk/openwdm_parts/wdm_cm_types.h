// SPDX-License-Identifier: MIT
// Owns the registry: key rights, value types, information classes and callback structures.
#ifndef OPENWDM_WDM_CM_TYPES_H
#define OPENWDM_WDM_CM_TYPES_H

#include <openwdm_parts/wdm_security.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define KEY_QUERY_VALUE        0x0001
#define KEY_SET_VALUE          0x0002
#define KEY_CREATE_SUB_KEY     0x0004
#define KEY_ENUMERATE_SUB_KEYS 0x0008
#define KEY_NOTIFY             0x0010
#define KEY_CREATE_LINK        0x0020
#define KEY_WOW64_64KEY        0x0100
#define KEY_WOW64_32KEY        0x0200
#define KEY_WOW64_RES          0x0300
#define KEY_READ                                                                      \
    ((STANDARD_RIGHTS_READ | KEY_QUERY_VALUE | KEY_ENUMERATE_SUB_KEYS | KEY_NOTIFY) & \
     (~SYNCHRONIZE))
#define KEY_WRITE   ((STANDARD_RIGHTS_WRITE | KEY_SET_VALUE | KEY_CREATE_SUB_KEY) & (~SYNCHRONIZE))
#define KEY_EXECUTE ((KEY_READ) & (~SYNCHRONIZE))
#define KEY_ALL_ACCESS                                                             \
    ((STANDARD_RIGHTS_ALL | KEY_QUERY_VALUE | KEY_SET_VALUE | KEY_CREATE_SUB_KEY | \
      KEY_ENUMERATE_SUB_KEYS | KEY_NOTIFY | KEY_CREATE_LINK) &                     \
     (~SYNCHRONIZE))

#define REG_OPTION_RESERVED        0x00000000L
#define REG_OPTION_NON_VOLATILE    0x00000000L
#define REG_OPTION_VOLATILE        0x00000001L
#define REG_OPTION_CREATE_LINK     0x00000002L
#define REG_OPTION_BACKUP_RESTORE  0x00000004L
#define REG_OPTION_OPEN_LINK       0x00000008L
#define REG_OPTION_DONT_VIRTUALIZE 0x00000010L
#define REG_LEGAL_OPTION                                                         \
    (REG_OPTION_RESERVED | REG_OPTION_NON_VOLATILE | REG_OPTION_VOLATILE |       \
     REG_OPTION_CREATE_LINK | REG_OPTION_BACKUP_RESTORE | REG_OPTION_OPEN_LINK | \
     REG_OPTION_DONT_VIRTUALIZE)
#define REG_OPEN_LEGAL_OPTION                                                 \
    (REG_OPTION_RESERVED | REG_OPTION_BACKUP_RESTORE | REG_OPTION_OPEN_LINK | \
     REG_OPTION_DONT_VIRTUALIZE)
#define REG_CREATED_NEW_KEY          0x00000001L
#define REG_OPENED_EXISTING_KEY      0x00000002L
#define REG_STANDARD_FORMAT          1
#define REG_LATEST_FORMAT            2
#define REG_NO_COMPRESSION           4
#define REG_WHOLE_HIVE_VOLATILE      0x00000001L
#define REG_REFRESH_HIVE             0x00000002L
#define REG_NO_LAZY_FLUSH            0x00000004L
#define REG_FORCE_RESTORE            0x00000008L
#define REG_NOTIFY_CHANGE_NAME       0x00000001L
#define REG_NOTIFY_CHANGE_ATTRIBUTES 0x00000002L
#define REG_NOTIFY_CHANGE_LAST_SET   0x00000004L
#define REG_NOTIFY_CHANGE_SECURITY   0x00000008L
#define REG_NOTIFY_THREAD_AGNOSTIC   0x10000000L

#define REG_NONE                       0ul
#define REG_SZ                         1ul
#define REG_EXPAND_SZ                  2ul
#define REG_BINARY                     3ul
#define REG_DWORD                      4ul
#define REG_DWORD_LITTLE_ENDIAN        4ul
#define REG_DWORD_BIG_ENDIAN           5ul
#define REG_LINK                       6ul
#define REG_MULTI_SZ                   7ul
#define REG_RESOURCE_LIST              8ul
#define REG_FULL_RESOURCE_DESCRIPTOR   9ul
#define REG_RESOURCE_REQUIREMENTS_LIST 10ul
#define REG_QWORD                      11ul
#define REG_QWORD_LITTLE_ENDIAN        11ul

#define SERVICE_KERNEL_DRIVER      0x00000001
#define SERVICE_FILE_SYSTEM_DRIVER 0x00000002
#define SERVICE_ADAPTER            0x00000004
#define SERVICE_RECOGNIZER_DRIVER  0x00000008
#define SERVICE_DRIVER \
    (SERVICE_KERNEL_DRIVER | SERVICE_FILE_SYSTEM_DRIVER | SERVICE_RECOGNIZER_DRIVER)
#define SERVICE_BOOT_START     0x00000000
#define SERVICE_SYSTEM_START   0x00000001
#define SERVICE_AUTO_START     0x00000002
#define SERVICE_DEMAND_START   0x00000003
#define SERVICE_DISABLED       0x00000004
#define SERVICE_ERROR_IGNORE   0x00000000
#define SERVICE_ERROR_NORMAL   0x00000001
#define SERVICE_ERROR_SEVERE   0x00000002
#define SERVICE_ERROR_CRITICAL 0x00000003

    typedef enum _CM_SERVICE_NODE_TYPE
    {
        DriverType = SERVICE_KERNEL_DRIVER,
        FileSystemType = SERVICE_FILE_SYSTEM_DRIVER,
        AdapterType = SERVICE_ADAPTER,
        RecognizerType = SERVICE_RECOGNIZER_DRIVER
    } SERVICE_NODE_TYPE;
    typedef enum _CM_SERVICE_LOAD_TYPE
    {
        BootLoad = SERVICE_BOOT_START,
        SystemLoad = SERVICE_SYSTEM_START,
        AutoLoad = SERVICE_AUTO_START,
        DemandLoad = SERVICE_DEMAND_START,
        DisableLoad = SERVICE_DISABLED
    } SERVICE_LOAD_TYPE;
    typedef enum _CM_ERROR_CONTROL_TYPE
    {
        IgnoreError = SERVICE_ERROR_IGNORE,
        NormalError = SERVICE_ERROR_NORMAL,
        SevereError = SERVICE_ERROR_SEVERE,
        CriticalError = SERVICE_ERROR_CRITICAL
    } SERVICE_ERROR_TYPE;

    typedef enum _KEY_INFORMATION_CLASS
    {
        KeyBasicInformation,
        KeyNodeInformation,
        KeyFullInformation,
        KeyNameInformation,
        KeyCachedInformation,
        KeyFlagsInformation,
        KeyVirtualizationInformation,
        KeyHandleTagsInformation,
        KeyTrustInformation,
        KeyLayerInformation,
        MaxKeyInfoClass
    } KEY_INFORMATION_CLASS;

    typedef enum _KEY_VALUE_INFORMATION_CLASS
    {
        KeyValueBasicInformation,
        KeyValueFullInformation,
        KeyValuePartialInformation,
        KeyValueFullInformationAlign64,
        KeyValuePartialInformationAlign64,
        KeyValueLayerInformation,
        MaxKeyValueInfoClass
    } KEY_VALUE_INFORMATION_CLASS;

    typedef enum _KEY_SET_INFORMATION_CLASS
    {
        KeyWriteTimeInformation,
        KeyWow64FlagsInformation,
        KeyControlFlagsInformation,
        KeySetVirtualizationInformation,
        KeySetDebugInformation,
        KeySetHandleTagsInformation,
        KeySetLayerInformation,
        MaxKeySetInfoClass
    } KEY_SET_INFORMATION_CLASS;

    typedef struct _KEY_BASIC_INFORMATION
    {
        LARGE_INTEGER LastWriteTime;
        ULONG TitleIndex;
        ULONG NameLength;
        WCHAR Name[1];
    } KEY_BASIC_INFORMATION, *PKEY_BASIC_INFORMATION;

    typedef struct _KEY_NODE_INFORMATION
    {
        LARGE_INTEGER LastWriteTime;
        ULONG TitleIndex;
        ULONG ClassOffset;
        ULONG ClassLength;
        ULONG NameLength;
        WCHAR Name[1];
    } KEY_NODE_INFORMATION, *PKEY_NODE_INFORMATION;

    typedef struct _KEY_FULL_INFORMATION
    {
        LARGE_INTEGER LastWriteTime;
        ULONG TitleIndex;
        ULONG ClassOffset;
        ULONG ClassLength;
        ULONG SubKeys;
        ULONG MaxNameLen;
        ULONG MaxClassLen;
        ULONG Values;
        ULONG MaxValueNameLen;
        ULONG MaxValueDataLen;
        WCHAR Class[1];
    } KEY_FULL_INFORMATION, *PKEY_FULL_INFORMATION;

    typedef struct _KEY_NAME_INFORMATION
    {
        ULONG NameLength;
        WCHAR Name[1];
    } KEY_NAME_INFORMATION, *PKEY_NAME_INFORMATION;

    typedef struct _KEY_WRITE_TIME_INFORMATION
    {
        LARGE_INTEGER LastWriteTime;
    } KEY_WRITE_TIME_INFORMATION, *PKEY_WRITE_TIME_INFORMATION;

    typedef struct _KEY_VALUE_BASIC_INFORMATION
    {
        ULONG TitleIndex;
        ULONG Type;
        ULONG NameLength;
        WCHAR Name[1];
    } KEY_VALUE_BASIC_INFORMATION, *PKEY_VALUE_BASIC_INFORMATION;

    typedef struct _KEY_VALUE_FULL_INFORMATION
    {
        ULONG TitleIndex;
        ULONG Type;
        ULONG DataOffset;
        ULONG DataLength;
        ULONG NameLength;
        WCHAR Name[1];
    } KEY_VALUE_FULL_INFORMATION, *PKEY_VALUE_FULL_INFORMATION;

    typedef struct _KEY_VALUE_PARTIAL_INFORMATION
    {
        ULONG TitleIndex;
        ULONG Type;
        ULONG DataLength;
        UCHAR Data[1];
    } KEY_VALUE_PARTIAL_INFORMATION, *PKEY_VALUE_PARTIAL_INFORMATION;

    typedef struct _KEY_VALUE_PARTIAL_INFORMATION_ALIGN64
    {
        ULONG Type;
        ULONG DataLength;
        UCHAR Data[1];
    } KEY_VALUE_PARTIAL_INFORMATION_ALIGN64, *PKEY_VALUE_PARTIAL_INFORMATION_ALIGN64;

    typedef struct _KEY_VALUE_ENTRY
    {
        PUNICODE_STRING ValueName;
        ULONG DataLength;
        ULONG DataOffset;
        ULONG Type;
    } KEY_VALUE_ENTRY, *PKEY_VALUE_ENTRY;

    // Registry callbacks (NF:wdm.CmRegisterCallbackEx).
    typedef enum _REG_NOTIFY_CLASS
    {
        RegNtDeleteKey,
        RegNtPreDeleteKey = RegNtDeleteKey,
        RegNtSetValueKey,
        RegNtPreSetValueKey = RegNtSetValueKey,
        RegNtDeleteValueKey,
        RegNtPreDeleteValueKey = RegNtDeleteValueKey,
        RegNtSetInformationKey,
        RegNtPreSetInformationKey = RegNtSetInformationKey,
        RegNtRenameKey,
        RegNtPreRenameKey = RegNtRenameKey,
        RegNtEnumerateKey,
        RegNtPreEnumerateKey = RegNtEnumerateKey,
        RegNtEnumerateValueKey,
        RegNtPreEnumerateValueKey = RegNtEnumerateValueKey,
        RegNtQueryKey,
        RegNtPreQueryKey = RegNtQueryKey,
        RegNtQueryValueKey,
        RegNtPreQueryValueKey = RegNtQueryValueKey,
        RegNtQueryMultipleValueKey,
        RegNtPreQueryMultipleValueKey = RegNtQueryMultipleValueKey,
        RegNtPreCreateKey,
        RegNtPostCreateKey,
        RegNtPreOpenKey,
        RegNtPostOpenKey,
        RegNtKeyHandleClose,
        RegNtPreKeyHandleClose = RegNtKeyHandleClose,
        RegNtPostDeleteKey,
        RegNtPostSetValueKey,
        RegNtPostDeleteValueKey,
        RegNtPostSetInformationKey,
        RegNtPostRenameKey,
        RegNtPostEnumerateKey,
        RegNtPostEnumerateValueKey,
        RegNtPostQueryKey,
        RegNtPostQueryValueKey,
        RegNtPostQueryMultipleValueKey,
        RegNtPostKeyHandleClose,
        RegNtPreCreateKeyEx,
        RegNtPostCreateKeyEx,
        RegNtPreOpenKeyEx,
        RegNtPostOpenKeyEx,
        RegNtPreFlushKey,
        RegNtPostFlushKey,
        RegNtPreLoadKey,
        RegNtPostLoadKey,
        RegNtPreUnLoadKey,
        RegNtPostUnLoadKey,
        RegNtPreQueryKeySecurity,
        RegNtPostQueryKeySecurity,
        RegNtPreSetKeySecurity,
        RegNtPostSetKeySecurity,
        RegNtCallbackObjectContextCleanup,
        RegNtPreRestoreKey,
        RegNtPostRestoreKey,
        RegNtPreSaveKey,
        RegNtPostSaveKey,
        RegNtPreReplaceKey,
        RegNtPostReplaceKey,
        RegNtPreQueryKeyName,
        RegNtPostQueryKeyName,
        RegNtPreSaveMergedKey,
        RegNtPostSaveMergedKey,
        MaxRegNtNotifyClass
    } REG_NOTIFY_CLASS,
        *PREG_NOTIFY_CLASS;

    typedef struct _REG_DELETE_KEY_INFORMATION
    {
        PVOID Object;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_DELETE_KEY_INFORMATION, *PREG_DELETE_KEY_INFORMATION, REG_FLUSH_KEY_INFORMATION,
        *PREG_FLUSH_KEY_INFORMATION;

    typedef struct _REG_SET_VALUE_KEY_INFORMATION
    {
        PVOID Object;
        PUNICODE_STRING ValueName;
        ULONG TitleIndex;
        ULONG Type;
        PVOID Data;
        ULONG DataSize;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_SET_VALUE_KEY_INFORMATION, *PREG_SET_VALUE_KEY_INFORMATION;

    typedef struct _REG_DELETE_VALUE_KEY_INFORMATION
    {
        PVOID Object;
        PUNICODE_STRING ValueName;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_DELETE_VALUE_KEY_INFORMATION, *PREG_DELETE_VALUE_KEY_INFORMATION;

    typedef struct _REG_SET_INFORMATION_KEY_INFORMATION
    {
        PVOID Object;
        KEY_SET_INFORMATION_CLASS KeySetInformationClass;
        PVOID KeySetInformation;
        ULONG KeySetInformationLength;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_SET_INFORMATION_KEY_INFORMATION, *PREG_SET_INFORMATION_KEY_INFORMATION;

    typedef struct _REG_ENUMERATE_KEY_INFORMATION
    {
        PVOID Object;
        ULONG Index;
        KEY_INFORMATION_CLASS KeyInformationClass;
        PVOID KeyInformation;
        ULONG Length;
        PULONG ResultLength;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_ENUMERATE_KEY_INFORMATION, *PREG_ENUMERATE_KEY_INFORMATION;

    typedef struct _REG_ENUMERATE_VALUE_KEY_INFORMATION
    {
        PVOID Object;
        ULONG Index;
        KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass;
        PVOID KeyValueInformation;
        ULONG Length;
        PULONG ResultLength;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_ENUMERATE_VALUE_KEY_INFORMATION, *PREG_ENUMERATE_VALUE_KEY_INFORMATION;

    typedef struct _REG_QUERY_KEY_INFORMATION
    {
        PVOID Object;
        KEY_INFORMATION_CLASS KeyInformationClass;
        PVOID KeyInformation;
        ULONG Length;
        PULONG ResultLength;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_QUERY_KEY_INFORMATION, *PREG_QUERY_KEY_INFORMATION;

    typedef struct _REG_QUERY_VALUE_KEY_INFORMATION
    {
        PVOID Object;
        PUNICODE_STRING ValueName;
        KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass;
        PVOID KeyValueInformation;
        ULONG Length;
        PULONG ResultLength;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_QUERY_VALUE_KEY_INFORMATION, *PREG_QUERY_VALUE_KEY_INFORMATION;

    typedef struct _REG_QUERY_MULTIPLE_VALUE_KEY_INFORMATION
    {
        PVOID Object;
        PKEY_VALUE_ENTRY ValueEntries;
        ULONG EntryCount;
        PVOID ValueBuffer;
        PULONG BufferLength;
        PULONG RequiredBufferLength;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_QUERY_MULTIPLE_VALUE_KEY_INFORMATION, *PREG_QUERY_MULTIPLE_VALUE_KEY_INFORMATION;

    typedef struct _REG_RENAME_KEY_INFORMATION
    {
        PVOID Object;
        PUNICODE_STRING NewName;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_RENAME_KEY_INFORMATION, *PREG_RENAME_KEY_INFORMATION;

    typedef struct _REG_KEY_HANDLE_CLOSE_INFORMATION
    {
        PVOID Object;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_KEY_HANDLE_CLOSE_INFORMATION, *PREG_KEY_HANDLE_CLOSE_INFORMATION;

    typedef struct _REG_CREATE_KEY_INFORMATION
    {
        PUNICODE_STRING CompleteName;
        PVOID RootObject;
        PVOID ObjectType;
        ULONG CreateOptions;
        PUNICODE_STRING Class;
        PVOID SecurityDescriptor;
        PVOID SecurityQualityOfService;
        ACCESS_MASK DesiredAccess;
        ACCESS_MASK GrantedAccess;
        PULONG Disposition;
        PVOID *ResultObject;
        PVOID CallContext;
        PVOID RootObjectContext;
        PVOID Transaction;
        PVOID Reserved;
    } REG_CREATE_KEY_INFORMATION, REG_OPEN_KEY_INFORMATION, *PREG_CREATE_KEY_INFORMATION,
        *PREG_OPEN_KEY_INFORMATION;

    typedef struct _REG_CREATE_KEY_INFORMATION_V1
    {
        PUNICODE_STRING CompleteName;
        PVOID RootObject;
        PVOID ObjectType;
        ULONG Options;
        PUNICODE_STRING Class;
        PVOID SecurityDescriptor;
        PVOID SecurityQualityOfService;
        ACCESS_MASK DesiredAccess;
        ACCESS_MASK GrantedAccess;
        PULONG Disposition;
        PVOID *ResultObject;
        PVOID CallContext;
        PVOID RootObjectContext;
        PVOID Transaction;
        ULONG_PTR Version;
        PUNICODE_STRING RemainingName;
        ULONG Wow64Flags;
        ULONG Attributes;
        KPROCESSOR_MODE CheckAccessMode;
    } REG_CREATE_KEY_INFORMATION_V1, REG_OPEN_KEY_INFORMATION_V1, *PREG_CREATE_KEY_INFORMATION_V1,
        *PREG_OPEN_KEY_INFORMATION_V1;

    typedef struct _REG_PRE_CREATE_KEY_INFORMATION
    {
        PUNICODE_STRING CompleteName;
    } REG_PRE_CREATE_KEY_INFORMATION, REG_PRE_OPEN_KEY_INFORMATION,
        *PREG_PRE_CREATE_KEY_INFORMATION, *PREG_PRE_OPEN_KEY_INFORMATION;

    typedef struct _REG_POST_CREATE_KEY_INFORMATION
    {
        PUNICODE_STRING CompleteName;
        PVOID Object;
        NTSTATUS Status;
    } REG_POST_CREATE_KEY_INFORMATION, REG_POST_OPEN_KEY_INFORMATION,
        *PREG_POST_CREATE_KEY_INFORMATION, *PREG_POST_OPEN_KEY_INFORMATION;

    typedef struct _REG_POST_OPERATION_INFORMATION
    {
        PVOID Object;
        NTSTATUS Status;
        PVOID PreInformation;
        NTSTATUS ReturnStatus;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_POST_OPERATION_INFORMATION, *PREG_POST_OPERATION_INFORMATION;

    typedef struct _REG_LOAD_KEY_INFORMATION
    {
        PVOID Object;
        PUNICODE_STRING KeyName;
        PUNICODE_STRING SourceFile;
        ULONG Flags;
        PVOID TrustClassObject;
        PVOID UserEvent;
        ACCESS_MASK DesiredAccess;
        PHANDLE RootHandle;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_LOAD_KEY_INFORMATION, *PREG_LOAD_KEY_INFORMATION;

    typedef struct _REG_UNLOAD_KEY_INFORMATION
    {
        PVOID Object;
        PVOID UserEvent;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_UNLOAD_KEY_INFORMATION, *PREG_UNLOAD_KEY_INFORMATION;

    typedef struct _REG_CALLBACK_CONTEXT_CLEANUP_INFORMATION
    {
        PVOID Object;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_CALLBACK_CONTEXT_CLEANUP_INFORMATION, *PREG_CALLBACK_CONTEXT_CLEANUP_INFORMATION;

    typedef struct _REG_QUERY_KEY_SECURITY_INFORMATION
    {
        PVOID Object;
        PSECURITY_INFORMATION SecurityInformation;
        PSECURITY_DESCRIPTOR SecurityDescriptor;
        PULONG Length;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_QUERY_KEY_SECURITY_INFORMATION, *PREG_QUERY_KEY_SECURITY_INFORMATION;

    typedef struct _REG_SET_KEY_SECURITY_INFORMATION
    {
        PVOID Object;
        PSECURITY_INFORMATION SecurityInformation;
        PSECURITY_DESCRIPTOR SecurityDescriptor;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_SET_KEY_SECURITY_INFORMATION, *PREG_SET_KEY_SECURITY_INFORMATION;

    typedef struct _REG_RESTORE_KEY_INFORMATION
    {
        PVOID Object;
        HANDLE FileHandle;
        ULONG Flags;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_RESTORE_KEY_INFORMATION, *PREG_RESTORE_KEY_INFORMATION;

    typedef struct _REG_SAVE_KEY_INFORMATION
    {
        PVOID Object;
        HANDLE FileHandle;
        ULONG Format;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_SAVE_KEY_INFORMATION, *PREG_SAVE_KEY_INFORMATION;

    typedef struct _REG_REPLACE_KEY_INFORMATION
    {
        PVOID Object;
        PUNICODE_STRING OldFileName;
        PUNICODE_STRING NewFileName;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_REPLACE_KEY_INFORMATION, *PREG_REPLACE_KEY_INFORMATION;

    typedef struct _REG_QUERY_KEY_NAME
    {
        PVOID Object;
        struct _OBJECT_NAME_INFORMATION *ObjectNameInfo;
        ULONG Length;
        PULONG ReturnLength;
        PVOID CallContext;
        PVOID ObjectContext;
        PVOID Reserved;
    } REG_QUERY_KEY_NAME, *PREG_QUERY_KEY_NAME;

    _Function_class_(EX_CALLBACK_FUNCTION)
    _IRQL_requires_same_
    typedef NTSTATUS NTAPI EX_CALLBACK_FUNCTION(_In_ PVOID CallbackContext,
                                                _In_opt_ PVOID Argument1,
                                                _In_opt_ PVOID Argument2);
    typedef EX_CALLBACK_FUNCTION *PEX_CALLBACK_FUNCTION;

#ifdef __cplusplus
}
#endif

#endif
