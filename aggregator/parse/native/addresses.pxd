# What the other compiled modules take from ``addresses``.

cpdef str written_address(str value, object base)
