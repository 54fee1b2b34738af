# What the other compiled modules take from ``tree``.

from lxml.includes.etreepublic cimport _Document
from lxml.includes.tree cimport xmlNode

cdef class Node:
    """An element of an lxml tree, without the Python object that lxml makes for one."""

    cdef _Document document  # keeps the tree alive
    cdef xmlNode* node

cdef bint is_text(xmlNode* node) noexcept
cdef str text_of(xmlNode* node)
cdef str attribute(xmlNode* node, const char* name)
cdef list attributes_of(xmlNode* node)
cdef bint in_xml(xmlNode* node) noexcept
