# What the other compiled modules take from ``dates``.

cdef object UNKNOWN
cdef object time_of(str text, long long earliest, long long latest)
