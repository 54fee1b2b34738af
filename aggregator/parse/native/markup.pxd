# What the other compiled modules take from ``markup``.

cpdef str flat(str markup, object base)
