# cython: language_level=3, boundscheck=False, wraparound=False
"""Access to libxml2's tree through lxml's own C interface ("lxml FAQ", the public C-API)."""

cimport cython

from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.string cimport strcmp, strlen
from lxml.includes cimport etreepublic
from lxml.includes.etreepublic cimport LXML_VERSION_STRING
from lxml.includes.tree cimport (
    XML_CDATA_SECTION_NODE, XML_ELEMENT_NODE, XML_TEXT_NODE, xmlAttr, xmlNode,
)

from lxml import etree

cdef extern from *:
    """
    #ifndef SOURCES
    #define SOURCES ""
    #endif
    """
    const char* SOURCES

BUILT_FROM = SOURCES.decode()
"""The digest of the sources, passed by ``setup.py``."""
BUILT_FOR = LXML_VERSION_STRING.decode()
if etree.__version__ != BUILT_FOR:  # its structures may differ
    raise ImportError(f"built for lxml {BUILT_FOR}, but lxml {etree.__version__} is here")
etreepublic.import_lxml__etree()


@cython.final
@cython.no_gc  # it is never part of a reference cycle
@cython.freelist(8)
cdef class Node:
    @property
    def element(self):
        """The element as an lxml object."""
        return etreepublic.elementFactory(self.document, self.node)


cpdef tuple split(etreepublic._Element parent, names):
    """The child elements with a local name in ``names`` as Nodes, and the others as lxml's."""
    cdef list found = [], others = []
    cdef xmlNode* child = parent._c_node.children
    cdef Node one
    while child is not NULL:
        if child.type == XML_ELEMENT_NODE:
            if (<bytes> child.name).decode().lower() in names:
                one = Node.__new__(Node)
                one.document = parent._doc
                one.node = child
                found.append(one)
            else:
                others.append(etreepublic.elementFactory(parent._doc, child))
        elif not is_text(child):
            others.append(etreepublic.elementFactory(parent._doc, child))
        child = child.next
    return found, others


def any_in_xml(list elements):
    """Whether one of them has an xml:base, xml:lang or the like."""
    cdef etreepublic._Element one
    for one in elements:
        if in_xml(one._c_node):
            return True
    return False


cdef bint is_text(xmlNode* node) noexcept:
    return node.type == XML_TEXT_NODE or node.type == XML_CDATA_SECTION_NODE


cdef inline str _content(xmlNode* node):
    return PyUnicode_DecodeUTF8(<char*> node.content, strlen(<char*> node.content), NULL)


cdef str text_of(xmlNode* node):
    """The complete text of an element; None if it contains elements."""
    cdef xmlNode* child = node.children
    cdef list parts
    if child is NULL:
        return ""
    if child.next is NULL and is_text(child):
        return _content(child)
    parts = []
    while child is not NULL:
        if not is_text(child):
            return None
        parts.append(_content(child))
        child = child.next
    return "".join(parts)


cdef str attribute(xmlNode* node, const char* name):
    """An attribute without namespace; None if it is missing."""
    cdef xmlAttr* one = node.properties
    while one is not NULL:
        if one.ns is NULL and strcmp(<const char*> one.name, name) == 0:
            return etreepublic.attributeValue(node, one)
        one = one.next
    return None


cdef list attributes_of(xmlNode* node):
    """All attributes as pairs of name and value, in order."""
    return etreepublic.collectAttributes(node, 3) if node.properties is not NULL else []


cdef bint in_xml(xmlNode* node) noexcept:
    """Whether an attribute is XML's own: xml:base, xml:lang, xml:space or xml:id."""
    cdef xmlAttr* one = node.properties
    while one is not NULL:
        if one.ns is not NULL and strcmp(
            <const char*> one.ns.href, b"http://www.w3.org/XML/1998/namespace"
        ) == 0:
            return True
        one = one.next
    return False
