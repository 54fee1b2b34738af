# What the other compiled modules take from ``markup``.

cpdef str clean_at_once(str markup, object base)
