# What the other compiled modules take from ``references``.

cdef str written(str markup, Py_ssize_t at, Py_ssize_t* end)
