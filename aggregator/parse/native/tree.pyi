from lxml import etree

BUILT_FROM: str
BUILT_FOR: str

class Node:
    @property
    def element(self) -> etree._Element: ...

def split(
    parent: etree._Element, names: tuple[str, ...]
) -> tuple[list[Node], list[etree._Element]]: ...
def any_in_xml(elements: list[etree._Element]) -> bool: ...
