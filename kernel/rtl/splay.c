// SPDX-License-Identifier: MIT
// Splay links: binary trees that bring what was used last to the root. The root is its own parent.
// Owns no state: trees are the caller's, and so is their synchronization.
#include "rtlp.h"

#include <ntddk.h>

#include "exports.h"

static BOOLEAN
RtlpSplayIsRoot(PRTL_SPLAY_LINKS Links)
{
    return Links->Parent == Links;
}

static BOOLEAN
RtlpSplayIsLeft(PRTL_SPLAY_LINKS Links)
{
    return Links->Parent->LeftChild == Links;
}

// Puts New (or nothing) where Old is.
static VOID
RtlpSplayReplace(PRTL_SPLAY_LINKS Old, PRTL_SPLAY_LINKS New)
{
    if (RtlpSplayIsRoot(Old))
    {
        if (New != NULL)
        {
            New->Parent = New;
        }
        return;
    }
    if (RtlpSplayIsLeft(Old))
    {
        Old->Parent->LeftChild = New;
    }
    else
    {
        Old->Parent->RightChild = New;
    }
    if (New != NULL)
    {
        New->Parent = Old->Parent;
    }
}

// Rotates Links above its parent.
static VOID
RtlpSplayPromote(PRTL_SPLAY_LINKS Links)
{
    const PRTL_SPLAY_LINKS parent = Links->Parent;
    const BOOLEAN left = RtlpSplayIsLeft(Links);
    PRTL_SPLAY_LINKS moved;

    RtlpSplayReplace(parent, Links);
    if (left)
    {
        moved = Links->RightChild;
        parent->LeftChild = moved;
        Links->RightChild = parent;
    }
    else
    {
        moved = Links->LeftChild;
        parent->RightChild = moved;
        Links->LeftChild = parent;
    }
    if (moved != NULL)
    {
        moved->Parent = parent;
    }
    parent->Parent = Links;
}

DDI PRTL_SPLAY_LINKS
RtlSplay(_Inout_ PRTL_SPLAY_LINKS Links)
{
    while (!RtlpSplayIsRoot(Links))
    {
        const PRTL_SPLAY_LINKS parent = Links->Parent;

        if (!RtlpSplayIsRoot(parent))
        {
            // Two steps at a time: the grandparent first if all three are in line.
            RtlpSplayPromote(RtlpSplayIsLeft(Links) == RtlpSplayIsLeft(parent) ? parent : Links);
        }
        RtlpSplayPromote(Links);
    }
    return Links;
}

DDI PRTL_SPLAY_LINKS
RtlSubtreeSuccessor(_In_ PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS node = Links->RightChild;

    while (node != NULL && node->LeftChild != NULL)
    {
        node = node->LeftChild;
    }
    return node;
}

DDI PRTL_SPLAY_LINKS
RtlSubtreePredecessor(_In_ PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS node = Links->LeftChild;

    while (node != NULL && node->RightChild != NULL)
    {
        node = node->RightChild;
    }
    return node;
}

DDI PRTL_SPLAY_LINKS
RtlRealSuccessor(_In_ PRTL_SPLAY_LINKS Links)
{
    if (Links->RightChild != NULL)
    {
        return RtlSubtreeSuccessor(Links);
    }
    while (!RtlpSplayIsRoot(Links) && !RtlpSplayIsLeft(Links))
    {
        Links = Links->Parent;
    }
    return RtlpSplayIsRoot(Links) ? NULL : Links->Parent;
}

DDI PRTL_SPLAY_LINKS
RtlRealPredecessor(_In_ PRTL_SPLAY_LINKS Links)
{
    if (Links->LeftChild != NULL)
    {
        return RtlSubtreePredecessor(Links);
    }
    while (!RtlpSplayIsRoot(Links) && RtlpSplayIsLeft(Links))
    {
        Links = Links->Parent;
    }
    return RtlpSplayIsRoot(Links) ? NULL : Links->Parent;
}

// Takes Links out of its tree and returns a node from which the root can be found, or NULL.
static PRTL_SPLAY_LINKS
RtlpSplayRemove(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS heir;
    PRTL_SPLAY_LINKS below;

    if (Links->LeftChild == NULL || Links->RightChild == NULL)
    {
        heir = Links->LeftChild != NULL ? Links->LeftChild : Links->RightChild;
        RtlpSplayReplace(Links, heir);
        return RtlpSplayIsRoot(Links) ? heir : Links->Parent;
    }
    heir = RtlSubtreePredecessor(Links);
    below = heir->Parent == Links ? heir : heir->Parent;
    RtlpSplayReplace(heir, heir->LeftChild);
    heir->LeftChild = Links->LeftChild;
    heir->RightChild = Links->RightChild;
    RtlpSplayReplace(Links, heir);
    if (heir->LeftChild != NULL)
    {
        heir->LeftChild->Parent = heir;
    }
    heir->RightChild->Parent = heir;
    return below;
}

DDI PRTL_SPLAY_LINKS
RtlDelete(_In_ PRTL_SPLAY_LINKS Links)
{
    const PRTL_SPLAY_LINKS parent = RtlpSplayRemove(Links);

    return parent == NULL ? NULL : RtlSplay(parent);
}

DDI VOID
RtlDeleteNoSplay(_In_ PRTL_SPLAY_LINKS Links, _Inout_ PRTL_SPLAY_LINKS *Root)
{
    PRTL_SPLAY_LINKS node = RtlpSplayRemove(Links);

    while (node != NULL && !RtlpSplayIsRoot(node))
    {
        node = node->Parent;
    }
    *Root = node;
}
