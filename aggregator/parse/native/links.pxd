# What the other compiled modules take from ``links``.

cpdef str plain_link(str text)
