/* expect: loft/core/park.h: only a C++ compiler has std::condition_variable */
/* flags: -std=c11 -DLOFT_PARK_CXX */
#include <loft/core/park.h>
