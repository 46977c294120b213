#include "bnc_plugin.h"
