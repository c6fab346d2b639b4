/* SPDX-License-Identifier: MIT */
/* GUID and DEFINE_GUID. With INITGUID (initguid.h) DEFINE_GUID defines, otherwise it declares. */
#include "ntdef.h"

#ifndef GUID_DEFINED
#define GUID_DEFINED

typedef struct _GUID
{
    ULONG Data1;
    unsigned short Data2;
    unsigned short Data3;
    unsigned char Data4[8];
} GUID;

#endif

#ifdef DEFINE_GUID
#undef DEFINE_GUID
#endif
#ifdef INITGUID
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
    EXTERN_C const GUID name;                                        \
    const DECLSPEC_SELECTANY GUID name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) EXTERN_C const GUID name
#endif

#ifndef _GUIDDEF_H_
#define _GUIDDEF_H_

#define DEFINE_OLEGUID(name, l, w1, w2) DEFINE_GUID(name, l, w1, w2, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)

typedef GUID *LPGUID;
typedef const GUID *LPCGUID;
typedef GUID IID;
typedef IID *LPIID;
typedef GUID CLSID;
typedef CLSID *LPCLSID;
typedef GUID FMTID;

#define IID_NULL   GUID_NULL
#define CLSID_NULL GUID_NULL

#ifdef __cplusplus
#define REFGUID  const GUID &
#define REFIID   const IID &
#define REFCLSID const IID &
#define REFFMTID const IID &
#else
#define REFGUID  const GUID *
#define REFIID   const IID *
#define REFCLSID const IID *
#define REFFMTID const IID *
#endif

FORCEINLINE int
WdkIsEqualGuid(const GUID *Guid1, const GUID *Guid2)
{
    return __builtin_memcmp(Guid1, Guid2, sizeof(GUID)) == 0;
}

#ifdef __cplusplus
#define InlineIsEqualGUID(rguid1, rguid2) WdkIsEqualGuid(&(rguid1), &(rguid2))
#define IsEqualGUID(rguid1, rguid2)       WdkIsEqualGuid(&(rguid1), &(rguid2))
extern "C++"
{
    inline bool operator==(REFGUID a, REFGUID b)
    {
        return WdkIsEqualGuid(&a, &b) != 0;
    }
    inline bool operator!=(REFGUID a, REFGUID b)
    {
        return !(a == b);
    }
}
#else
#define InlineIsEqualGUID(rguid1, rguid2) WdkIsEqualGuid(rguid1, rguid2)
#define IsEqualGUID(rguid1, rguid2)       WdkIsEqualGuid(rguid1, rguid2)
#endif
#define IsEqualIID(riid1, riid2)       IsEqualGUID(riid1, riid2)
#define IsEqualCLSID(rclsid1, rclsid2) IsEqualGUID(rclsid1, rclsid2)

#endif
